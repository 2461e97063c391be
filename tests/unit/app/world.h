/* One installation with its administrator for a whole test program: the real store, blobs and letters, and
 * the fakes of fakes.h. */
#ifndef TEST_WORLD_H
#define TEST_WORLD_H

#include "app.h"
#include "fakes.h"
#include "query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#define assert_ok(expr) assert_int_equal((expr), OK)
#define assert_err(expr, e) assert_string_equal(err_info(expr)->name, err_info(e)->name)
#define assert_str(s, literal) assert_string_equal(world_c(s), (literal))
#define assert_has(s, literal) assert_true(str_find((s), str_c(literal)) >= 0)
#define assert_lacks(s, literal) assert_true(str_find((s), str_c(literal)) < 0)

#define ADMIN_MAIL "soumu@example.co.jp"
#define ADMIN_PASSWORD "correct horse battery"

struct world {
	char folder[64], database[96];
	struct store *store;
	struct blobs *blobs;
	struct app_config config;
	struct arena memory, arena;
	struct user user;
	struct app app;
	int64_t now_ms;
};
extern struct world world;

/* cmocka group fixtures. */
int
world_open(void **state);
int
world_close(void **state);

/* An application for another thread, with an arena of its own. */
struct app
world_app(struct arena *arena);
void
later(int64_t ms);
const char *
world_c(struct str s);

/* Runs every job that is due, and those that they order. Answers how many ran. */
unsigned
jobs_run(void);

/* One signer as a draft; places and so on are filled in when a seal is required. */
struct draft_participant
signer_of(const char *name, const char *mail, unsigned order, unsigned entry);
void
with_seal(struct draft_participant *p);
void
with_request(struct draft_participant *p, const char *name, bool required);
struct str
draft_made(const char *title, struct draft_participant *p, unsigned n);
/* Drafted, sent, certified, and told to those whose turn it is. */
struct str
sent(const char *title, struct draft_participant *p, unsigned n);

/* The last path element of the link in that mail, and the digits of a code. */
struct str
token_in(const struct mail *m);
struct str
code_in(const struct mail *m);
/* The newest mail of that kind to the address; it must be there. */
const struct mail *
mail_to(const char *to, const char *word);
/* By the link in the newest request to the address. */
struct str
session_by_mail(const char *to);
/* By a shared link: identify, take the code from the mail, enter it. */
struct str
session_by_code(struct str token, const char *company, const char *name, const char *mail);
struct str
shared_token(struct str envelope, unsigned i);

struct sign_view
sign_viewed(struct str session);
struct envelope_view *
viewed(struct str envelope);
/* Reviewed, everything submitted, a seal made if one is asked for: ready for 締結を確定. */
void
walk(struct str session);
enum err
confirm(struct str session, bool *ret_concluded);
/* Walks and confirms. */
bool
signed_by(struct str session);

/* Every event follows from the one before, and the envelope holds the head. Answers the number of events of
 * that name. */
unsigned
audit_count(struct str envelope, const char *event);
struct row_envelope
envelope_row_of(struct str envelope);
struct str
blob_text(const struct file_ref *f);
/* One number from the database by a connection of its own. */
int64_t
number(const char *sql);
/* True when any column of any table holds the text. */
bool
database_holds(struct str text);

#endif
