/* A link is followed: looking changes nothing, for mail scanners look too; 「契約書を開く」 opens. */
#include "app_text.h"
#include "app_token.h"
#include "link.h"
#include "signer.h"

enum err
link_find(struct app *a, struct str token, struct link_found *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_link row;
	TRY(tx_read(a->store, &tx));
	TRY(q_link_get(&tx, a->arena, token_hash(a->arena, token), &row));
	TRY(dossier_read(a, &tx, row.envelope_id, &ret->d));
	ret->kind = (enum link_kind)row.kind;
	ret->i = row.participant_id.n ? dossier_find(&ret->d, row.participant_id) : ret->d.n;
	ret->p = ret->i < ret->d.n ? &ret->d.p[ret->i] : NULL;
	return OK;
}

enum err
link_blocked(const struct link_found *l)
{
	if (!l->p || l->p->state == PARTICIPANT_CONFIRMED)
		return envelope_dead((enum envelope_state)l->d.e.state);
	return participant_may_act((enum envelope_state)l->d.e.state, (enum participant_state)l->p->state,
	    party_has_turn(l->d.parties, l->d.n, l->i));
}

static bool
concluded(const struct link_found *l)
{
	/* a shared link never shows the contract by itself: who follows it is asked for the code first */
	return l->kind != LINK_SHARED && l->d.e.concluded_sha256.n > 0 &&
	       (!l->p || l->p->state == PARTICIPANT_CONFIRMED);
}

enum err
app_link_view(struct app *a, struct str token, struct link_view *ret)
{
	struct link_found l = {0};
	struct row_account sender;
	TRY(link_find(a, token, &l));
	struct tx tx CLEANUP(tx_end) = {0};
	TRY(tx_read(a->store, &tx));
	TRY(q_account_get(&tx, a->arena, l.d.e.account_id, &sender));
	*ret = (struct link_view){.kind = l.kind,
	    .title = l.d.e.title,
	    .sender_company = sender.organisation,
	    .sender_name = sender.name,
	    .message = l.d.e.message,
	    .participant_name = l.p && l.kind == LINK_MAIL ? l.p->name : STR_NONE,
	    .blocked = link_blocked(&l),
	    .concluded = concluded(&l),
	    .version = (unsigned)l.d.e.round};
	if (l.p && l.p->forward_message.n)
		ret->message = l.p->forward_message;
	return OK;
}

static enum err
open_again(struct app *a, const struct row_signer_session *session, struct str *ret_session)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct str token;
	TRY(tx_write(a->store, &tx));
	TRY(signer_session_start(a, &tx, session, &token));
	TRY(tx_commit(&tx));
	*ret_session = token;
	return OK;
}

static enum err
open_once(struct app *a, struct str token, struct str *ret_session)
{
	struct change c CLEANUP(change_end) = {0};
	struct link_found l = {0};
	struct str session;
	TRY(link_find(a, token, &l));
	if (l.kind != LINK_MAIL || !l.p)
		return l.kind == LINK_SHARED ? ERR_FORBIDDEN : ERR_WRONG_STATE;
	enum err blocked = link_blocked(&l);
	if (blocked != OK)
		return blocked;
	struct row_signer_session s = {.participant_id = l.p->id, .entry = ENTRY_MAIL};
	if (l.p->state == PARTICIPANT_CONFIRMED)
		return open_again(a, &s, ret_session);

	struct str who = arena_printf(a->arena, "%.*s <%.*s>",
	    STR_ARG(who_words(a->arena, l.p->company, l.p->name)), STR_ARG(l.p->mail));
	TRY(change_start(&c, a, &l.d.e, ENVELOPE_ACT_SIGNER));
	change_event(&c, &(struct change_what){.kind = AUDIT_OPENED,
	                     .participant = l.p->id,
	                     .actor = who,
	                     .entry = entry_words(ENTRY_MAIL, false),
	                     .authentication = authentication_words(ENTRY_MAIL, false)});
	TRY(change_begin(&c));
	int64_t state = l.p->state == PARTICIPANT_NOTIFIED ? PARTICIPANT_OPENED : l.p->state;
	TRY(change_one(
	    &c, q_participant_set_opened(&c.tx, l.p->id, state, a->now_ms, a->origin.language, &c.n)));
	if (l.p->signer_mail.n &&
	    !str_eq(l.p->signer_mail, l.p->mail)) { /* somebody else came by the shared link before */
		TRY(change_one(&c,
		    q_participant_set_signer(&c.tx, l.p->id, STR_NONE, STR_NONE, STR_NONE, STR_NONE, &c.n)));
		TRY(change_one(&c, q_participant_restart(&c.tx, l.p->id, a->now_ms, &c.n)));
		TRY(change_one(&c, q_participant_set_state(&c.tx, l.p->id, PARTICIPANT_OPENED, &c.n)));
	}
	TRY(signer_session_start(a, &c.tx, &s, &session));
	TRY(change_commit(&c));
	*ret_session = session;
	return OK;
}

enum err
app_link_open(struct app *a, struct str token, struct str *ret_session)
{
	AGAIN(open_once(a, token, ret_session));
}
