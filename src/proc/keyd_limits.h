/* How much keyd signs: so often for a job, for so many jobs a minute. Whoever got hold of the role that asks
 * shall not be able to have things signed by the thousand unnoticed. */
#ifndef PROC_KEYD_LIMITS_H
#define PROC_KEYD_LIMITS_H

#include "keys.h"

enum {
	KEYD_JOB_LENGTH = 40,
	KEYD_JOBS_REMEMBERED = 1024,
	KEYD_SIGNATURES_A_JOB = 8, /* by each key; a job needs two at most, and may have to begin again */
	KEYD_JOB_WINDOW_MS = 600000
};

struct keyd_limits {
	long rate_per_minute; /* 0: no limit */
	double tokens;        /* jobs that may follow at once; as many as come in a minute are saved up */
	int64_t filled_ms, told_ms;
	struct keyd_job {
		char name[KEYD_JOB_LENGTH];
		int64_t since_ms;
		unsigned signatures[2];
	} jobs[KEYD_JOBS_REMEMBERED]; /* since_ms 0: none */
};

void
keyd_limits_start(struct keyd_limits *l, long rate_per_minute, int64_t now_ms);
/* Counts one signature. ERR_RATE when it is one too many: the job may come again later. now_ms: of a clock
 * that does not go back. Tells the log of refusals, once a minute. */
MUST_CHECK enum err
keyd_limits_take(struct keyd_limits *l, const char *job, enum key_id key, int64_t now_ms);

#endif
