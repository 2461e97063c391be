/* Users come in and go. */
#include "app_text.h"
#include "app_token.h"
#include "password.h"
#include "query.h"
#include "utf8.h"

enum { TRIES_MAX = 5 };
static const int64_t LOCK_MS = 15 * 60 * 1000, IDLE_MS = 30 * 60 * 1000, LIFE_MS = 12LL * 3600 * 1000,
                     TOUCH_MS = 60 * 1000;

/* A try is counted, durably, before the password is looked at: guessing in parallel gains nothing. */
static enum err
count_try(struct app *a, struct str mail)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_login_try_count r;
	TRY(tx_write(a->store, &tx));
	TRY(q_login_try_count(&tx, a->arena, mail, a->now_ms, a->now_ms - LOCK_MS, &r));
	TRY(tx_commit(&tx));
	return r.tries > TRIES_MAX ? ERR_LOCKED : OK;
}

static enum err
account_by_mail(struct app *a, struct str mail, struct row_account *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	TRY(tx_read(a->store, &tx));
	return q_account_by_mail(&tx, a->arena, mail, ret);
}

enum err
app_login(struct app *a, struct str mail, struct str password, struct str *ret_token)
{
	struct str key, token;
	struct row_account account = {0};
	int64_t n;
	if (utf8_mail(a->arena, mail, &key) != OK)
		return ERR_BAD_LOGIN;
	TRY(count_try(a, key));
	enum err known = account_by_mail(a, key, &account);
	if (known != OK && known != ERR_NOT_FOUND)
		return known;
	TRY(password_check(
	    known == OK ? account.password : STR_NONE, password)); /* the same time for unknown addresses */
	if (known != OK)
		return ERR_BAD_LOGIN;

	struct tx tx CLEANUP(tx_end) = {0};
	token = token_random(a->arena);
	TRY(tx_write(a->store, &tx));
	TRY(q_login_try_forget(&tx, key, &n));
	TRY(q_account_session_purge(&tx, account.id, a->now_ms - LIFE_MS, a->now_ms - IDLE_MS, &n));
	TRY(q_account_session_add(&tx, token_hash(a->arena, token), account.id, a->now_ms, &n));
	TRY(tx_commit(&tx));
	*ret_token = token;
	return OK;
}

static enum err
session_get(struct app *a, struct str hash, struct row_account_session_get *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	TRY(tx_read(a->store, &tx));
	return q_account_session_get(&tx, a->arena, hash, ret);
}

enum err
app_session(struct app *a, struct str token, struct user *ret)
{
	struct row_account_session_get s;
	struct str hash = token_hash(a->arena, token);
	int64_t n;
	if (token.n == 0)
		return ERR_LOGIN;
	enum err e = session_get(a, hash, &s);
	if (e == ERR_NOT_FOUND)
		return ERR_LOGIN;
	TRY(e);
	if (a->now_ms - s.seen_ms >= IDLE_MS || a->now_ms - s.created_ms >= LIFE_MS)
		return ERR_LOGIN;
	if (a->now_ms - s.seen_ms >= TOUCH_MS) { /* once a minute is exact enough for 30 */
		struct tx tx CLEANUP(tx_end) = {0};
		TRY(tx_write(a->store, &tx));
		TRY(q_account_session_touch(&tx, hash, a->now_ms, &n));
		TRY(tx_commit(&tx));
	}
	*ret = (struct user){
	    .id = s.account_id, .organisation = s.organisation_id, .name = s.name, .mail = s.mail};
	return OK;
}

enum err
app_logout(struct app *a, struct str token)
{
	struct tx tx CLEANUP(tx_end) = {0};
	int64_t n;
	TRY(tx_write(a->store, &tx));
	TRY(q_account_session_end(&tx, token_hash(a->arena, token), &n));
	return tx_commit(&tx);
}
