#include "organisation_event.h"

#include "query.h"

enum err
organisation_event(struct app *a, struct tx *tx, struct str organisation, enum audit_kind kind,
    struct str actor, struct str detail)
{
	struct row_organisation_audit_head head;
	int64_t n;
	TRY(q_organisation_audit_head(tx, a->arena, organisation, &head));
	struct audit_event e = {.envelope = organisation,
	    .seq = head.audit_seq + 1,
	    .at_ms = a->now_ms,
	    .event = audit_name(kind),
	    .actor = actor,
	    .detail = detail,
	    .ip = a->origin.ip,
	    .user_agent = a->origin.user_agent,
	    .prev = head.audit_hash};
	struct str hash = audit_hash(a->arena, &e);
	TRY(q_organisation_audit_swap(tx, organisation, head.audit_seq, e.seq, hash, &n));
	if (n != 1)
		return ERR_DB_BUSY;
	TRY(q_organisation_audit_add(tx, organisation, e.seq, e.at_ms, e.event, e.actor, e.detail, e.ip,
	    e.user_agent, e.prev, hash, &n));
	return q_ledger_add(tx, organisation, e.seq, &n);
}
