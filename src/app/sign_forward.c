/* 転送: whoever lacks the authority hands the request on. The successor is a participant of their own in the
 * same place; the delegator's links and sessions lead nowhere from then on, for their state says so. */
#include "app_text.h"
#include "app_token.h"
#include "link.h"
#include "post.h"
#include "signer.h"
#include "utf8.h"

static enum err
check_cmd(struct app *a, const struct forward_cmd *cmd, struct faults *f, struct forward_cmd *ret)
{
	struct str again;
	f->n = 0;
	*ret = *cmd;
	check_line(a, f, STR("company"), cmd->company, NAME_MAX, true, &ret->company);
	check_line(a, f, STR("name"), cmd->name, NAME_MAX, true, &ret->name);
	check_mail(a, f, STR("mail"), cmd->mail, &ret->mail);
	if (ret->mail.n && (utf8_mail(a->arena, cmd->mail_again, &again) != OK || !str_eq(again, ret->mail)))
		fault_add(f, STR("mail_again"), "確認用のメールアドレスが一致しません。",
		    "The two mail addresses differ.");
	check_text(a, f, STR("message"), cmd->message, MESSAGE_MAX, &ret->message);
	if (!cmd->authority)
		fault_add(f, STR("authority"), "転送先の方に署名権限があることを確認してください。",
		    "Please confirm that the person may sign.");
	return faults_result(f);
}

/* Everything that is asked of the delegator is asked of the successor. */
static enum err
successor_add(struct change *c, const struct row_participant *from, const struct row_request_list *requests,
    const struct forward_cmd *cmd, struct str id)
{
	struct app *a = c->a;
	int64_t generation = from->generation + 1, number = 0, n;
	int64_t entry = ENTRY_MAIL | (from->entry & ENTRY_URL);
	TRY(change_one(
	    c, q_participant_add(&c->tx, id, c->e.id, from->position, generation, from->turn,
	           PARTICIPANT_NOTIFIED, cmd->company, cmd->name, cmd->mail, entry, from->seal_required,
	           from->handwriting_allowed, from->places, from->id, cmd->message, &c->n)));
	for (size_t i = 0; i < requests->n; i++) {
		const struct row_request *r = &requests->v[i];
		if (str_eq(r->participant_id, from->id))
			TRY(change_one(c, q_request_add(&c->tx, id_new(a->arena), id, c->e.id, ++number,
			                      r->name, r->note, r->required, &c->n)));
	}
	TRY(q_link_add(&c->tx, token_hash(a->arena, token_link(a, LINK_MAIL, id, generation)), c->e.id, id,
	    LINK_MAIL, &n));
	if (entry & ENTRY_URL)
		TRY(q_link_add(&c->tx, token_hash(a->arena, token_link(a, LINK_SHARED, id, generation)),
		    c->e.id, id, LINK_SHARED, &n));
	return OK;
}

struct forwarder {
	struct dossier d;
	struct row_participant *p;
	struct row_request_list requests;
	struct change_what event;
};

static enum err
by_session(struct app *a, struct str session, struct forwarder *ret)
{
	struct signer s = {0};
	TRY(signer_load_acting(a, session, &s));
	*ret = (struct forwarder){.d = s.d,
	    .p = s.p,
	    .requests = s.requests,
	    .event = {.kind = AUDIT_FORWARDED,
	        .participant = s.p->id,
	        .actor = signer_words(a, &s),
	        .entry = entry_words(s.s.entry, false),
	        .authentication = authentication_words(s.s.entry, false)}};
	return OK;
}

/* Whoever holds a shared link that nobody has used: they are not known, and the trail says so. */
static enum err
by_link(struct app *a, struct str token, struct forwarder *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct link_found l = {0};
	TRY(link_find(a, token, &l));
	if (l.kind != LINK_SHARED || !l.p)
		return ERR_FORBIDDEN;
	enum err blocked = link_blocked(&l);
	if (blocked != OK)
		return blocked;
	if (l.p->opened_ms)
		return ERR_WRONG_STATE;
	*ret = (struct forwarder){.d = l.d,
	    .p = l.p,
	    .event = {.kind = AUDIT_FORWARDED,
	        .participant = l.p->id,
	        .actor = STR("締結用URLを受け取った方（未認証）"),
	        .entry = entry_words(ENTRY_URL, false)}};
	TRY(tx_read(a->store, &tx));
	return q_requests_of(&tx, a->arena, l.d.e.id, &ret->requests);
}

static enum err
forward_once(struct app *a, struct str session, struct str token, const struct forward_cmd *cmd)
{
	struct change c CLEANUP(change_end) = {0};
	struct forwarder f = {0};
	struct str id = id_new(a->arena);
	TRY(session.n ? by_session(a, session, &f) : by_link(a, token, &f));
	if (f.d.n >= PARTICIPANT_ROWS_MAX)
		return ERR_RATE;
	TRY(change_start(&c, a, &f.d.e, ENVELOPE_ACT_SIGNER));
	f.event.detail = arena_printf(a->arena, "%.*s <%.*s>",
	    STR_ARG(who_words(a->arena, cmd->company, cmd->name)), STR_ARG(cmd->mail));
	change_event(&c, &f.event);
	TRY(change_begin(&c));
	TRY(successor_add(&c, f.p, &f.requests, cmd, id));
	TRY(change_one(
	    &c, q_participant_set_forwarded(&c.tx, f.p->id, PARTICIPANT_DELEGATED, id, a->now_ms, &c.n)));
	TRY(change_post(&c, POST_FORWARDED, id));
	TRY(change_post(&c, POST_FORWARD_NOTICE, id));
	return change_commit(&c);
}

static enum err
forward_again(struct app *a, struct str session, struct str token, const struct forward_cmd *cmd)
{
	AGAIN(forward_once(a, session, token, cmd));
}

enum err
app_sign_forward(struct app *a, struct str session, struct str shared_token, const struct forward_cmd *cmd,
    struct faults *faults)
{
	struct forward_cmd clean;
	TRY(check_cmd(a, cmd, faults, &clean));
	return forward_again(a, session, shared_token, &clean);
}
