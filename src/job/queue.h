#ifndef JOB_QUEUE_H
#define JOB_QUEUE_H

#include "query.h"

enum { JOB_LEASE_MS = 120000 };

/* Takes every job back from a process that is known to be gone, so that nobody waits for its leases to run
 * out. For the one process that runs jobs on this store, before it begins. */
MUST_CHECK enum err
queue_recover(struct store *s);
/* Leases up to most due jobs. An empty list takes no write transaction; ret_next_ms: when to look again at
 * the latest. */
MUST_CHECK enum err
queue_lease(struct store *s, struct arena *a, int64_t now_ms, unsigned most, struct row_job_list *ret,
    int64_t *ret_next_ms);

struct queue_result {
	const struct row_job *job;
	enum err result;
	struct str words;    /* of what went wrong */
	int64_t retry_at_ms; /* 0: give up */
};
/* Ends several leased jobs in one transaction. A job whose lease another took meanwhile is left alone. */
MUST_CHECK enum err
queue_end(struct store *s, const struct queue_result *results, size_t n);

#endif
