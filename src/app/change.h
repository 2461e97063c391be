/* A change of one envelope: compare-and-swap, audit rows, whatever else changes, and job rows, all in one
 * transaction.
 *
 * The state it starts from is read before, outside the writers' turn; the swap notices when another change
 * came first, and the use case is run again from its reading (AGAIN). */
#ifndef APP_CHANGE_H
#define APP_CHANGE_H

#include "audit.h"
#include "dossier.h"

enum { CHANGE_EVENTS_MAX = 16, CHANGE_TRIES = 200 };

struct change {
	struct app *a;
	struct row_envelope e; /* as read */
	enum envelope_act act;
	enum envelope_state state; /* after it */
	struct row_audit events[CHANGE_EVENTS_MAX];
	unsigned events_n;
	struct tx tx;
	int64_t n; /* rows changed by the last statement */
	bool jobs, within;
};

struct change_what {
	enum audit_kind kind;
	struct str participant, actor, detail, entry, authentication;
};

/* Checks that the act is possible and notes the state it leads to. */
MUST_CHECK enum err
change_start(struct change *c, struct app *a, const struct row_envelope *e, enum envelope_act act);
/* An audit row. Before change_begin(). Answers its hash. */
struct str
change_event(struct change *c, const struct change_what *what);
/* Opens the transaction. ERR_DB_BUSY when the envelope moved meanwhile. */
MUST_CHECK enum err
change_begin(struct change *c);
/* What change_begin() does after opening c->tx, for whoever opened it already. */
MUST_CHECK enum err
change_apply(struct change *c);
/* The same within the transaction of another change, which commits for both. */
MUST_CHECK enum err
change_begin_within(struct change *c, const struct change *other);
/* For a statement that must change exactly one row: ERR_DB_BUSY when it did not, or when somebody was
 * quicker. */
MUST_CHECK enum err
change_one(struct change *c, enum err e);
/* A job row, due now. Adding the same dedup again does nothing. */
MUST_CHECK enum err
change_job(struct change *c, const char *kind, struct str dedup, struct str payload);
/* The same, due later. */
MUST_CHECK enum err
change_job_at(struct change *c, const char *kind, struct str dedup, struct str payload, int64_t due_ms);
/* Commits, and wakes the workers when there are jobs. */
MUST_CHECK enum err
change_commit(struct change *c);
/* Rolls back what was not committed. */
void
change_end(struct change *c);

/* For what belongs to no envelope: a job row in any transaction. */
MUST_CHECK enum err
job_order(struct app *a, struct tx *tx, const char *kind, struct str dedup, struct str payload);
void
job_kick(struct app *a);

/* Runs a use case again as long as another change came first. */
#define AGAIN(expr)                                                                                          \
	do {                                                                                                 \
		enum err again_err_ = ERR_DB_BUSY;                                                           \
		for (unsigned again_ = 0; again_ < CHANGE_TRIES && again_err_ == ERR_DB_BUSY; again_++)      \
			again_err_ = (expr);                                                                 \
		return again_err_;                                                                           \
	} while (0)

#endif
