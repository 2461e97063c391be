#include "change.h"

enum err
change_start(struct change *c, struct app *a, const struct row_envelope *e, enum envelope_act act)
{
	c->a = a;
	c->e = *e;
	c->act = act;
	return envelope_after((enum envelope_state)e->state, act, &c->state);
}

struct str
change_event(struct change *c, const struct change_what *what)
{
	struct app *a = c->a;
	if (c->events_n == CHANGE_EVENTS_MAX) {
		(void)BUG("too many events in one change");
		return STR_NONE;
	}
	struct row_audit *r = &c->events[c->events_n];
	*r = (struct row_audit){.envelope_id = c->e.id,
	    .seq = c->e.audit_seq + c->events_n + 1,
	    .at_ms = a->now_ms,
	    .event = audit_name(what->kind),
	    .participant_id = what->participant,
	    .actor = what->actor,
	    .detail = what->detail,
	    .entry = what->entry,
	    .authentication = what->authentication,
	    .ip = a->origin.ip,
	    .user_agent = a->origin.user_agent,
	    .prev = c->events_n ? c->events[c->events_n - 1].hash : c->e.audit_hash};
	struct audit_event event = {r->envelope_id, r->seq, r->at_ms, r->event, r->participant_id, r->actor,
	    r->detail, r->entry, r->authentication, r->ip, r->user_agent, r->prev};
	r->hash = audit_hash(a->arena, &event);
	c->events_n++;
	return r->hash;
}

#ifdef MUTANT_NO_SWAP
/* For the test that must notice it: acts on what it read, whatever happened since. */
static enum err
forget_what_was_read(struct change *c)
{
	struct row_envelope now;
	TRY(q_envelope_get(&c->tx, c->a->arena, c->e.id, &now));
	c->e.version = now.version;
	for (unsigned i = 0; i < c->events_n; i++)
		c->events[i].seq += now.audit_seq - c->e.audit_seq;
	return OK;
}
#endif

enum err
change_apply(struct change *c)
{
#ifdef MUTANT_NO_SWAP
	TRY(forget_what_was_read(c));
#endif
	/* what nobody did moves nothing to the top of anybody's list */
	int64_t at_ms = c->act == ENVELOPE_ACT_ARCHIVE ? c->e.updated_ms : c->a->now_ms;
	const struct row_audit *last = c->events_n ? &c->events[c->events_n - 1] : NULL;
	TRY(change_one(
	    c, q_envelope_swap(&c->tx, c->e.id, c->e.version, c->state, last ? last->seq : c->e.audit_seq,
	           last ? last->hash : c->e.audit_hash, at_ms, &c->n)));
	for (unsigned i = 0; i < c->events_n; i++) {
		const struct row_audit *r = &c->events[i];
		TRY(change_one(c, q_audit_add(&c->tx, r->envelope_id, r->seq, r->at_ms, r->event,
		                      r->participant_id, r->actor, r->detail, r->entry, r->authentication,
		                      r->ip, r->user_agent, r->prev, r->hash, &c->n)));
		TRY(change_one(c, q_ledger_add(&c->tx, r->envelope_id, r->seq, &c->n)));
	}
	return OK;
}

enum err
change_begin(struct change *c)
{
	TRY(tx_write(c->a->store, &c->tx));
	return change_apply(c);
}

enum err
change_begin_within(struct change *c, const struct change *other)
{
	c->within = true;
	c->tx = other->tx;
	return change_apply(c);
}

enum err
change_one(struct change *c, enum err e)
{
	if (e == ERR_STALE)
		return ERR_DB_BUSY;
	TRY(e);
	return c->n == 1 ? OK : ERR_DB_BUSY;
}

enum err
job_order(struct app *a, struct tx *tx, const char *kind, struct str dedup, struct str payload)
{
	int64_t n;
	return q_job_add(tx, id_new(a->arena), str_c(kind), dedup, payload, a->now_ms, &n);
}

void
job_kick(struct app *a)
{
	if (a->kick)
		a->kick(a->kick_self);
}

enum err
change_job_at(struct change *c, const char *kind, struct str dedup, struct str payload, int64_t due_ms)
{
	int64_t n;
	c->jobs = true;
	return q_job_add(&c->tx, id_new(c->a->arena), str_c(kind), dedup, payload, due_ms, &n);
}

enum err
change_job(struct change *c, const char *kind, struct str dedup, struct str payload)
{
	return change_job_at(c, kind, dedup, payload, c->a->now_ms);
}

enum err
change_commit(struct change *c)
{
	TRY(tx_commit(&c->tx));
	if (c->jobs)
		job_kick(c->a);
	return OK;
}

void
change_end(struct change *c)
{
	if (!c->within)
		tx_end(&c->tx);
}
