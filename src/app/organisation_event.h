/* What happened to an organisation as a whole and to none of its contracts: audit rows in a chain of its
 * own. */
#ifndef APP_ORGANISATION_EVENT_H
#define APP_ORGANISATION_EVENT_H

#include "app.h"
#include "audit.h"

struct tx;

/* In the caller's transaction, which holds what the event tells of: the row, the new head of the
 * organisation's chain, a place in the log of all events. The organisation's id stands where events of
 * contracts have the envelope's. ERR_DB_BUSY when another event came first. */
MUST_CHECK enum err
organisation_event(struct app *a, struct tx *tx, struct str organisation, enum audit_kind kind,
    struct str actor, struct str detail);

#endif
