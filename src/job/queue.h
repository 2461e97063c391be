#ifndef JOB_QUEUE_H
#define JOB_QUEUE_H

#include "query.h"

enum { JOB_LEASE_MS = 120000 };

/* Takes every job back from a process that is known to be gone, so that nobody waits for its leases to run
 * out. For the one process that runs jobs on this store, before it begins. */
MUST_CHECK enum err
queue_recover(struct store *s);
struct queue_result {
	const struct row_job *job;
	enum err result;
	struct str words;    /* of what went wrong */
	int64_t retry_at_ms; /* 0: give up */
};
/* Ends the jobs of the last turn and leases up to most due ones for the next, in one transaction; with
 * nothing to end and nothing due in none. A job whose lease another took meanwhile is left alone.
 * ret_next_ms: when to look again at the latest. Nobody waits until this has reached the disk: a power cut
 * may bring a job back that was done, as a kill may, and handlers are written for that. */
MUST_CHECK enum err
queue_turn(struct store *s, struct arena *a, const struct queue_result *ended, size_t ended_n, int64_t now_ms,
    unsigned most, struct row_job_list *ret, int64_t *ret_next_ms);

#endif
