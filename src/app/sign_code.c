/* A shared link: who are you, and a code by mail to prove it. */
#include "app_text.h"
#include "app_token.h"
#include "link.h"
#include "post.h"
#include "signer.h"
#include "utf8.h"

enum { TRIES_MAX = 5, SENDS_MAX = 5 };
static const int64_t CODE_LIFE_MS = 10 * 60 * 1000, RESEND_MS = 60 * 1000, HOUR_MS = 3600 * 1000;

static enum err
shared_find(struct app *a, struct str token, struct link_found *ret)
{
	*ret = (struct link_found){0};
	TRY(link_find(a, token, ret));
	if (ret->kind != LINK_SHARED || !ret->p)
		return ERR_WRONG_STATE;
	return link_blocked(ret);
}

static enum err
check_cmd(struct app *a, const struct link_found *l, const struct identify_cmd *cmd, struct faults *f,
    struct identify_cmd *ret)
{
	f->n = 0;
	check_line(a, f, STR("company"), cmd->company, NAME_MAX, true, &ret->company);
	check_line(a, f, STR("title"), cmd->title, NAME_MAX, false, &ret->title);
	check_line(a, f, STR("name"), cmd->name, NAME_MAX, true, &ret->name);
	check_mail(a, f, STR("mail"), cmd->mail, &ret->mail);
	if (f->n == 0 && l->p->state == PARTICIPANT_CONFIRMED && !str_eq(ret->mail, participant_mail(l->p)))
		fault_add(f, STR("mail"),
		    "この依頼はすでに署名されています。署名した方のメールアドレスを入力してください。",
		    "This request has been signed already. Please enter the address of the person who "
		    "signed.");
	return faults_result(f);
}

/* At most one code a minute to one address, five an hour for one participant. */
static enum err
may_send(struct app *a, struct tx *tx, struct str participant, struct str mail)
{
	struct row_challenge_list list;
	TRY(q_challenges_since(tx, a->arena, participant, a->now_ms - HOUR_MS, &list));
	if (list.n >= SENDS_MAX)
		return ERR_RATE;
	for (size_t i = 0; i < list.n; i++)
		if (str_eq(list.v[i].mail, mail) && a->now_ms - list.v[i].created_ms < RESEND_MS)
			return ERR_RATE;
	return OK;
}

static struct str
visitor_words(struct app *a, struct str company, struct str name, struct str mail)
{
	return arena_printf(
	    a->arena, "%.*s <%.*s>", STR_ARG(who_words(a->arena, company, name)), STR_ARG(mail));
}

/* Counting and sending are one transaction in the writers' turn: two requests at once send one code. */
static enum err
challenge_store(
    struct app *a, struct tx *tx, const struct link_found *l, const struct identify_cmd *cmd, struct str id)
{
	int64_t n;
	TRY(may_send(a, tx, l->p->id, cmd->mail));
	TRY(q_challenge_replace(tx, l->p->id, cmd->mail, a->now_ms, &n));
	TRY(q_challenge_add(tx, id, l->p->id, cmd->company, cmd->title, cmd->name, cmd->mail,
	    a->origin.language, a->now_ms, &n));
	return post_order(a, tx, &(struct post_order){POST_CODE, l->d.e.id, l->p->id, id});
}

static enum err
request_once(struct app *a, struct str token, const struct identify_cmd *cmd, struct faults *faults,
    struct str *ret_challenge)
{
	struct identify_cmd clean = {0};
	struct link_found l;
	struct str id = id_new(a->arena);
	TRY(shared_find(a, token, &l));
	TRY(check_cmd(a, &l, cmd, faults, &clean));
	if (!envelope_open((enum envelope_state)l.d.e
	                       .state)) { /* coming back after the conclusion is no event of the contract */
		struct tx tx CLEANUP(tx_end) = {0};
		TRY(tx_write(a->store, &tx));
		TRY(challenge_store(a, &tx, &l, &clean, id));
		TRY(tx_commit(&tx));
		job_kick(a);
		*ret_challenge = id;
		return OK;
	}
	struct change c CLEANUP(change_end) = {0};
	TRY(change_start(&c, a, &l.d.e, ENVELOPE_ACT_SIGNER));
	change_event(&c, &(struct change_what){.kind = AUDIT_CODE_SENT,
	                     .participant = l.p->id,
	                     .actor = visitor_words(a, clean.company, clean.name, clean.mail),
	                     .entry = entry_words(ENTRY_URL, false)});
	TRY(change_begin(&c));
	TRY(challenge_store(a, &c.tx, &l, &clean, id));
	c.jobs = true;
	TRY(change_commit(&c));
	*ret_challenge = id;
	return OK;
}

enum err
app_code_request(struct app *a, struct str token, const struct identify_cmd *cmd, struct faults *faults,
    struct str *ret_challenge)
{
	AGAIN(request_once(a, token, cmd, faults, ret_challenge));
}

static enum err
challenge_find(
    struct app *a, struct tx *tx, const struct link_found *l, struct str challenge, struct row_challenge *ret)
{
	TRY(q_challenge_get(tx, a->arena, challenge, ret));
	return str_eq(ret->participant_id, l->p->id) ? OK : ERR_NOT_FOUND;
}

/* y***@example.co.jp */
static struct str
mask(struct arena *a, struct str mail)
{
	ptrdiff_t at = str_chr(mail, '@');
	if (at <= 0)
		return STR("***");
	return arena_printf(
	    a, "%.*s***%.*s", STR_ARG(str_slice(mail, 0, 1)), STR_ARG(str_slice(mail, (size_t)at, mail.n)));
}

enum err
app_code_view(struct app *a, struct str token, struct str challenge, struct challenge_view *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_challenge row;
	struct link_found l;
	TRY(shared_find(a, token, &l));
	TRY(tx_read(a->store, &tx));
	TRY(challenge_find(a, &tx, &l, challenge, &row));
	*ret = (struct challenge_view){.mail = mask(a->arena, row.mail),
	    .resend_at_ms = row.created_ms + RESEND_MS,
	    .expires_ms = row.created_ms + CODE_LIFE_MS};
	return OK;
}

/* Full-width digits and spaces are forgiven. */
static struct str
digits(struct arena *a, struct str typed)
{
	struct str key;
	char found[16];
	size_t n = 0;
	if (typed.n > 64 || utf8_key(a, typed, &key) != OK)
		return STR_NONE;
	for (size_t i = 0; i < key.n && n < sizeof(found); i++)
		if (key.p[i] != ' ' && key.p[i] != '-')
			found[n++] = key.p[i];
	return arena_str(a, str_make(found, n));
}

/* The try is counted before anything is compared, in the writers' turn: guesses in parallel get five looks in
 * all. */
static enum err
try_code(struct app *a, const struct row_challenge *row, struct str code, unsigned *ret_left, bool *ret_right)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_challenge_try counted;
	TRY(tx_write(a->store, &tx));
	enum err e = q_challenge_try(&tx, a->arena, row->id, TRIES_MAX, &counted);
	if (e == ERR_NOT_FOUND)
		return row->ended_ms ? ERR_CODE_EXPIRED : ERR_CODE_DEAD;
	TRY(e);
	TRY(tx_commit(&tx));
	*ret_left = counted.tries < TRIES_MAX ? TRIES_MAX - (unsigned)counted.tries : 0;
	*ret_right = bytes_equal_const(digits(a->arena, code), token_code(a, row->id));
	return OK;
}

static enum err
enter_once(struct app *a, struct str token, const struct row_challenge *row, struct str *ret_session)
{
	struct change c CLEANUP(change_end) = {0};
	struct link_found l;
	struct str session;
	int64_t n;
	TRY(shared_find(a, token, &l));
	struct row_signer_session s = {.participant_id = l.p->id,
	    .entry = ENTRY_URL,
	    .company = row->company,
	    .title = row->title,
	    .name = row->name,
	    .mail = row->mail,
	    .code_sent_ms = row->created_ms,
	    .code_verified_ms = a->now_ms};
	if (l.p->state == PARTICIPANT_CONFIRMED) {
		struct tx tx CLEANUP(tx_end) = {0};
		if (!str_eq(row->mail, participant_mail(l.p)))
			return ERR_FORBIDDEN;
		TRY(tx_write(a->store, &tx));
		TRY(q_challenge_use(&tx, row->id, a->now_ms, &n));
		if (n != 1)
			return ERR_CODE_EXPIRED;
		TRY(signer_session_start(a, &tx, &s, &session));
		TRY(tx_commit(&tx));
		*ret_session = session;
		return OK;
	}
	TRY(change_start(&c, a, &l.d.e, ENVELOPE_ACT_SIGNER));
	struct change_what what = {.participant = l.p->id,
	    .actor = visitor_words(a, row->company, row->name, row->mail),
	    .entry = entry_words(ENTRY_URL, false),
	    .authentication = authentication_words(ENTRY_URL, false)};
	what.kind = AUDIT_CODE_VERIFIED;
	change_event(&c, &what);
	what.kind = AUDIT_OPENED;
	change_event(&c, &what);
	TRY(change_begin(&c));
	TRY(q_challenge_use(&c.tx, row->id, a->now_ms, &n));
	if (n != 1)
		return ERR_CODE_EXPIRED; /* used in the meantime */
	/* whoever opened the mail link counts as the addressee */
	bool another = l.p->opened_ms && !str_eq(participant_mail(l.p), row->mail);
	int64_t state = l.p->state == PARTICIPANT_NOTIFIED || another ? PARTICIPANT_OPENED : l.p->state;
	TRY(change_one(
	    &c, q_participant_set_opened(&c.tx, l.p->id, state, a->now_ms, a->origin.language, &c.n)));
	TRY(change_one(&c,
	    q_participant_set_signer(&c.tx, l.p->id, row->company, row->title, row->name, row->mail, &c.n)));
	if (another) {
		TRY(q_signer_session_end_others(&c.tx, l.p->id, ENTRY_URL, row->mail, &n));
		TRY(change_one(&c, q_participant_restart(&c.tx, l.p->id, a->now_ms, &c.n)));
	}
	TRY(signer_session_start(a, &c.tx, &s, &session));
	TRY(change_commit(&c));
	*ret_session = session;
	return OK;
}

static enum err
enter(struct app *a, struct str token, const struct row_challenge *row, struct str *ret_session)
{
	AGAIN(enter_once(a, token, row, ret_session));
}

static enum err
challenge_load(struct app *a, struct str token, struct str challenge, struct row_challenge *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct link_found l;
	TRY(shared_find(a, token, &l));
	TRY(tx_read(a->store, &tx));
	enum err e = challenge_find(a, &tx, &l, challenge, ret);
	return e == ERR_NOT_FOUND ? ERR_CODE_EXPIRED : e;
}

/* A wrong try, for the trail; only while there is a road to go on. */
static enum err
wrong_once(struct app *a, struct str token, const struct row_challenge *row)
{
	struct change c CLEANUP(change_end) = {0};
	struct link_found l;
	TRY(shared_find(a, token, &l));
	if (!envelope_open((enum envelope_state)l.d.e.state))
		return OK;
	TRY(change_start(&c, a, &l.d.e, ENVELOPE_ACT_SIGNER));
	change_event(&c, &(struct change_what){.kind = AUDIT_CODE_WRONG,
	                     .participant = l.p->id,
	                     .actor = visitor_words(a, row->company, row->name, row->mail),
	                     .entry = entry_words(ENTRY_URL, false)});
	TRY(change_begin(&c));
	return change_commit(&c);
}

static enum err
wrong(struct app *a, struct str token, const struct row_challenge *row)
{
	AGAIN(wrong_once(a, token, row));
}

enum err
app_code_verify(struct app *a, struct str token, struct str challenge, struct str code,
    struct str *ret_session, unsigned *ret_left)
{
	struct row_challenge row;
	bool right = false;
	*ret_left = 0;
	TRY(challenge_load(a, token, challenge, &row));
	if (a->now_ms - row.created_ms >= CODE_LIFE_MS)
		return ERR_CODE_EXPIRED;
	TRY(try_code(a, &row, code, ret_left, &right));
	if (!right) {
		TRY(wrong(a, token, &row));
		return *ret_left ? ERR_CODE_WRONG : ERR_CODE_DEAD;
	}
	return enter(a, token, &row, ret_session);
}
