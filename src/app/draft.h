/* Pieces that several ways of making a draft share. */
#ifndef APP_DRAFT_H
#define APP_DRAFT_H

#include "change.h"
#include "intake.h"

struct draft_new {
	struct str contract, previous, title, message;
	int64_t round;
	const struct draft_participant *participants;
	unsigned participants_n;
};

/* Writes the envelope, its participants and the first audit row in one transaction. */
MUST_CHECK enum err
draft_store(struct app *a, const struct user *u, const struct intake *in, const struct draft_new *what,
    struct str *ret_envelope);
MUST_CHECK enum err
draft_participants_add(
    struct app *a, struct tx *tx, struct str envelope, const struct draft_participant *p, unsigned n);
/* A stored participant and the requests that belong to it, as a draft. */
void
draft_of_row(struct app *a, const struct row_participant *p, const struct row_request_list *requests,
    struct draft_participant *ret);
/* "株式会社○○ 山田 太郎": the sender, for the audit trail. */
struct str
user_words(struct app *a, const struct user *u);

#endif
