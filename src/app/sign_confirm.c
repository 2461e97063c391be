/* 締結を確定: the act. One participant agrees to one version's bytes; the last one also orders the seal. */
#include "post.h"
#include "signer.h"

static enum err
confirmed_before(struct app *a, const struct signer *s, bool *ret_concluded)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_consent consent;
	TRY(tx_read(a->store, &tx));
	TRY(q_consent_get(&tx, a->arena, s->p->id, &consent));
	*ret_concluded = consent.last;
	return OK;
}

static enum err
consent_write(struct change *c, const struct signer *s, struct str hash, bool last)
{
	struct app *a = c->a;
	bool english = str_eq(a->origin.language, STR("en"));
	const struct row_signer_session *w = &s->s;
	/* the recorded party is who confirms, not who looked first */
	TRY(change_one(
	    c, q_participant_set_signer(&c->tx, s->p->id, w->company, w->title, w->name, w->mail, &c->n)));
	TRY(change_one(
	    c, q_consent_add(&c->tx, s->p->id, c->e.id, c->e.document_sha256, a->now_ms, w->entry,
	           w->code_sent_ms, w->code_verified_ms, authentication_words(w->entry, false),
	           consent_words(a, &c->e, english), a->origin.ip, a->origin.user_agent, hash, last, &c->n)));
	return change_one(c, q_participant_set_state(&c->tx, s->p->id, PARTICIPANT_CONFIRMED, &c->n));
}

static enum err
confirm_once(struct app *a, struct str session, struct str document_sha256, bool *ret_concluded)
{
	struct change c CLEANUP(change_end) = {0};
	struct signer s = {0};
	struct turns turns;
	unsigned confirmed;
	TRY(signer_load(a, session, &s));
	if (!str_eq(document_sha256, s.d.e.document_sha256))
		return ERR_STALE;
	if (s.p->state == PARTICIPANT_CONFIRMED)
		return confirmed_before(a, &s, ret_concluded);
	TRY(participant_may_act((enum envelope_state)s.d.e.state, (enum participant_state)s.p->state,
	    party_has_turn(s.d.parties, s.d.n, s.i)));
	struct progress g = signer_progress(&s);
	TRY(progress_may_confirm(&g));

	s.d.parties[s.i].state = PARTICIPANT_CONFIRMED; /* as it will be */
	bool last = party_count(s.d.parties, s.d.n, &confirmed) == confirmed;
	TRY(change_start(&c, a, &s.d.e, last ? ENVELOPE_ACT_LAST_CONSENT : ENVELOPE_ACT_CONSENT));
	struct str hash = signer_event(&c, &s, AUDIT_CONSENTED, s.d.e.document_sha256);
	turns_note(&c, &s.d, s.d.parties, &turns);

	TRY(change_begin(&c));
	TRY(consent_write(&c, &s, hash, last));
	TRY(turns_apply(&c, &s.d, &turns));
	if (last)
		TRY(change_job(
		    &c, "approve", arena_printf(a->arena, "approve %.*s", STR_ARG(s.d.e.id)), s.d.e.id));
	else
		TRY(change_post(&c, POST_SIGNED, s.p->id));
	TRY(change_commit(&c));
	*ret_concluded = last;
	return OK;
}

enum err
app_sign_confirm(struct app *a, struct str session, struct str document_sha256, bool *ret_concluded)
{
	AGAIN(confirm_once(a, session, document_sha256, ret_concluded));
}
