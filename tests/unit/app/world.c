#include "world.h"

#include "audit.h"
#include "blob_fs.h"
#include "queue.h"
#include "store_open.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct world world;

struct app
world_app(struct arena *arena)
{
	return (struct app){.store = world.store,
	    .blobs = world.blobs,
	    .config = &world.config,
	    .arena = arena,
	    .now_ms = world.now_ms,
	    .origin = {STR("192.0.2.7"), STR("Browser/1"), STR("ja")}};
}

void
later(int64_t ms)
{
	world.now_ms += ms;
	world.app.now_ms = world.now_ms;
}

const char *
world_c(struct str s)
{
	return arena_cstr(&world.arena, s);
}

int
world_open(void **state)
{
	/* in memory where there is such a folder: durability has its own tests */
	snprintf(world.folder, sizeof(world.folder), "%s/keiin-app-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(world.folder));
	snprintf(world.database, sizeof(world.database), "%s/keiin.db", world.folder);
	char blobs[96];
	snprintf(blobs, sizeof(blobs), "%s/blobs", world.folder);
	assert_int_equal(mkdir(blobs, 0700), 0);
	assert_ok(id_init());
	assert_ok(store_open(world.folder, &world.store));
	assert_ok(blobs_open_fs(&world.memory, blobs, &world.blobs));
	world.config = (struct app_config){.archive_after_ms = 300000,
	    .timestamp_alarm_ms = 900000,
	    .checkpoint_every_ms = 3600000,
	    .base_url = STR("https://keiin.example.jp"),
	    .product_name = STR("契印 Keiin"),
	    .mail_from = STR("no-reply@keiin.example.jp")};
	random_bytes(world.config.link_key, sizeof(world.config.link_key));
	world.now_ms = 1900000000000;
	world.app = world_app(&world.arena);

	struct faults faults = {0};
	struct setup_cmd cmd = {
	    STR("株式会社送信商事"), STR("送信 太郎"), STR(ADMIN_MAIL), STR(ADMIN_PASSWORD)};
	struct str token;
	struct user u;
	assert_ok(app_setup(&world.app, &cmd, &faults));
	assert_ok(app_login(&world.app, STR(ADMIN_MAIL), STR(ADMIN_PASSWORD), &token));
	assert_ok(app_session(&world.app, token, &u));
	world.user = (struct user){arena_str(&world.memory, u.id), arena_str(&world.memory, u.organisation),
	    arena_str(&world.memory, u.name), arena_str(&world.memory, u.mail)};
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	return remove(path);
}

int
world_close(void **state)
{
	store_close(world.store);
	arena_free(&world.memory);
	arena_free(&world.arena);
	fakes_free();
	nftw(world.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}

static enum err
job_run(struct app *a, const struct row_job *j)
{
	static const struct {
		const char *kind;
		enum err (*run)(struct app *a, struct str job, struct str payload);
	} kinds[] = {{"certify", app_job_certify}, {"approve", app_job_approve},
	    {"conclude", app_job_conclude}, {"certificate", app_job_certificate},
	    {"archive", app_job_archive}, {"checkpoint", app_job_checkpoint}, {"mail", app_job_mail}};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_eq(j->kind, str_c(kinds[i].kind)))
			return kinds[i].run(a, j->id, j->payload);
	return ERR_BUG;
}

unsigned
jobs_run(void)
{
	struct arena batch CLEANUP(arena_free) = {0};
	struct row_job_list jobs;
	int64_t next;
	unsigned ran = 0;
	struct queue_result results[8];
	size_t ended = 0;
	for (;;) {
		assert_ok(queue_turn(world.store, &batch, results, ended, world.now_ms, 8, &jobs, &next));
		if (jobs.n == 0)
			return ran;
		for (size_t i = 0; i < jobs.n; i++, ran++) {
			struct arena own CLEANUP(arena_free) = {0};
			struct app a = world_app(&own);
			enum err e = job_run(&a, &jobs.v[i]);
			results[i] = (struct queue_result){
			    &jobs.v[i], e, str_c(err_info(e)->name), e == OK ? 0 : world.now_ms + 1000};
		}
		ended = jobs.n;
	}
}

struct draft_participant
signer_of(const char *name, const char *mail, unsigned order, unsigned entry)
{
	return (struct draft_participant){.company = STR("株式会社相手先"),
	    .name = str_c(name),
	    .mail = str_c(mail),
	    .order = order,
	    .entry = entry};
}

void
with_seal(struct draft_participant *p)
{
	p->seal_required = true;
	p->places_n = 1;
	p->places[0] = (struct place){3, 140, 220, 12};
}

void
with_request(struct draft_participant *p, const char *name, bool required)
{
	p->requests[p->requests_n++] = (struct document_request){.name = str_c(name), .required = required};
}

struct str
draft_made(const char *title, struct draft_participant *p, unsigned n)
{
	struct faults faults = {0};
	struct str id;
	assert_ok(app_draft_create(&world.app, &world.user, arena_printf(&world.arena, "%s.pdf", title),
	    arena_printf(&world.arena, "%%PDF-1.7 %s", title), &id));
	struct draft_cmd cmd = {id, str_c(title), STR("よろしくお願いします。"), p, n};
	assert_ok(app_draft_save(&world.app, &world.user, &cmd, &faults));
	return id;
}

struct str
sent(const char *title, struct draft_participant *p, unsigned n)
{
	struct faults faults = {0};
	struct str id = draft_made(title, p, n);
	assert_ok(app_envelope_send(&world.app, &world.user, id, &faults));
	jobs_run();
	return id;
}

struct str
token_in(const struct mail *m)
{
	ptrdiff_t at = str_find(m->text, STR("https://keiin.example.jp/l/"));
	assert_true(at >= 0);
	struct str rest = str_slice(m->text, (size_t)at + strlen("https://keiin.example.jp/l/"), m->text.n),
	           token;
	assert_true(str_split(&rest, '\n', &token));
	assert_int_equal(token.n, 43);
	return token;
}

struct str
code_in(const struct mail *m)
{
	struct str rest = m->text, line;
	while (str_split(&rest, '\n', &line)) {
		unsigned long long v;
		if (line.n == 6 && str_to_u64(line, 999999, &v))
			return line;
	}
	fail_msg("no code in the mail");
	return STR_NONE;
}

const struct mail *
mail_to(const char *to, const char *word)
{
	const struct mail *m = fake_mail(to, word, 0);
	if (!m)
		fail_msg("no mail %s to %s", word, to);
	return m;
}

struct str
session_by_mail(const char *to)
{
	struct str session;
	const struct mail *m = fake_mail(to, "【修正版】", 0);
	if (!m)
		m = mail_to(to, "署名依頼");
	assert_ok(app_link_open(&world.app, token_in(m), &session));
	return session;
}

struct str
shared_token(struct str envelope, unsigned i)
{
	struct str url = viewed(envelope)->participants[i].shared_url;
	ptrdiff_t at = str_find(url, STR("/l/"));
	assert_true(at >= 0);
	return str_slice(url, (size_t)at + 3, url.n);
}

struct str
session_by_code(struct str token, const char *company, const char *name, const char *mail)
{
	struct identify_cmd cmd = {str_c(company), STR("課長"), str_c(name), str_c(mail)};
	struct faults faults = {0};
	struct str challenge, session;
	unsigned left;
	assert_ok(app_code_request(&world.app, token, &cmd, &faults, &challenge));
	jobs_run();
	later(1000);
	assert_ok(app_code_verify(
	    &world.app, token, challenge, code_in(mail_to(mail, "【認証コード】")), &session, &left));
	return session;
}

struct sign_view
sign_viewed(struct str session)
{
	struct sign_view v;
	assert_ok(app_sign_view(&world.app, session, &v));
	return v;
}

struct envelope_view *
viewed(struct str envelope)
{
	struct envelope_view *v = ARENA_NEW(&world.arena, struct envelope_view);
	assert_ok(app_envelope_view(&world.app, &world.user, envelope, v));
	return v;
}

void
walk(struct str session)
{
	struct sign_view v = sign_viewed(session);
	assert_ok(app_sign_reviewed(&world.app, session));
	for (unsigned i = 0; i < v.requests_n; i++)
		assert_ok(
		    app_sign_submit(&world.app, session, v.requests[i].id, STR("a.pdf"), STR("%PDF-1.4 a")));
	if (v.has_documents_step)
		assert_ok(app_sign_documents_done(&world.app, session));
	if (v.has_seal_step)
		assert_ok(app_sign_seal(
		    &world.app, session, STR("impression of 相手"), STR("text"), STR("相手"), 0));
}

enum err
confirm(struct str session, bool *ret_concluded)
{
	struct sign_view v;
	TRY(app_sign_view(&world.app, session, &v));
	return app_sign_confirm(&world.app, session, v.document_sha256, ret_concluded);
}

bool
signed_by(struct str session)
{
	bool concluded;
	walk(session);
	assert_ok(confirm(session, &concluded));
	return concluded;
}

struct row_envelope
envelope_row_of(struct str envelope)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_envelope e;
	assert_ok(tx_read(world.store, &tx));
	assert_ok(q_envelope_get(&tx, &world.arena, envelope, &e));
	return e;
}

unsigned
audit_count(struct str envelope, const char *event)
{
	struct arena own CLEANUP(arena_free) = {0};
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_audit_list list;
	struct row_envelope e;
	unsigned n = 0;
	assert_ok(tx_read(world.store, &tx));
	assert_ok(q_envelope_get(&tx, &own, envelope, &e));
	assert_ok(q_audit_of(&tx, &own, envelope, &list));
	struct audit_event *events = ARENA_ARRAY(&own, struct audit_event, list.n + 1);
	struct str *hashes = ARENA_ARRAY(&own, struct str, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		const struct row_audit *r = &list.v[i];
		events[i] =
		    (struct audit_event){r->envelope_id, r->seq, r->at_ms, r->event, r->participant_id,
		        r->actor, r->detail, r->entry, r->authentication, r->ip, r->user_agent, r->prev};
		hashes[i] = r->hash;
		n += str_eq(r->event, str_c(event));
	}
	assert_int_equal(audit_verify(&own, events, hashes, list.n), 0);
	assert_int_equal(e.audit_seq, list.n);
	assert_true(str_eq(e.audit_hash, hashes[list.n - 1]));
	return n;
}

struct str
blob_text(const struct file_ref *f)
{
	struct str s;
	assert_ok(blob_get(world.blobs, &f->blob, &world.arena, &s));
	return s;
}

static sqlite3 *
connect(void)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open_v2(world.database, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return db;
}

int64_t
number(const char *sql)
{
	sqlite3 *db = connect();
	sqlite3_stmt *st;
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

static bool
table_holds(sqlite3 *db, const char *table, struct str text)
{
	char sql[128];
	sqlite3_stmt *st;
	bool found = false;
	snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\"", table);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	while (!found && sqlite3_step(st) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(st); i++) {
			const void *p = sqlite3_column_blob(st, i);
			found |=
			    str_find(str_make(p, p ? (size_t)sqlite3_column_bytes(st, i) : 0), text) >= 0;
		}
	sqlite3_finalize(st);
	return found;
}

bool
database_holds(struct str text)
{
	sqlite3 *db = connect();
	sqlite3_stmt *st;
	bool found = false;
	assert_int_equal(
	    sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type = 'table'", -1, &st, NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		found |= table_holds(db, (const char *)sqlite3_column_text(st, 0), text);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return found;
}
