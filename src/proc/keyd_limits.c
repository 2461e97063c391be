#include "keyd_limits.h"

#include "log.h"

#include <string.h>

static const int64_t MINUTE_MS = 60000;

void
keyd_limits_start(struct keyd_limits *l, long rate_per_minute, int64_t now_ms)
{
	*l = (struct keyd_limits){.rate_per_minute = rate_per_minute,
	    .tokens = (double)rate_per_minute,
	    .filled_ms = now_ms,
	    .told_ms = now_ms - MINUTE_MS};
}

/* The job's entry, or NULL when it is not remembered; then ret_oldest is the one to give up for it. */
static struct keyd_job *
entry_of(struct keyd_limits *l, const char *job, int64_t now_ms, struct keyd_job **ret_oldest)
{
	*ret_oldest = &l->jobs[0];
	for (size_t i = 0; i < KEYD_JOBS_REMEMBERED; i++) {
		struct keyd_job *j = &l->jobs[i];

		if (j->since_ms && strncmp(j->name, job, KEYD_JOB_LENGTH) == 0 &&
		    now_ms - j->since_ms < KEYD_JOB_WINDOW_MS)
			return j;
		if (j->since_ms < (*ret_oldest)->since_ms)
			*ret_oldest = j;
	}
	return NULL;
}

static bool
take_token(struct keyd_limits *l, int64_t now_ms)
{
	if (l->rate_per_minute == 0)
		return true;
	l->tokens += (double)(now_ms - l->filled_ms) * (double)l->rate_per_minute / (double)MINUTE_MS;
	if (l->tokens > (double)l->rate_per_minute)
		l->tokens = (double)l->rate_per_minute;
	l->filled_ms = now_ms;
#ifndef MUTANT_RATE
	if (l->tokens < 1)
		return false;
#endif
	l->tokens -= 1;
	return true;
}

static enum err
refuse(struct keyd_limits *l, const char *job, const char *limit, int64_t now_ms)
{
	if (now_ms - l->told_ms >= MINUTE_MS) {
		log_event(LOG_WARN, "limit", "job=%.40s refused for now: %s", job, limit);
		l->told_ms = now_ms;
	}
	return ERR_RATE;
}

enum err
keyd_limits_take(struct keyd_limits *l, const char *job, enum key_id key, int64_t now_ms)
{
	struct keyd_job *oldest, *j = entry_of(l, job, now_ms, &oldest);

	if (!j) {
		/* once for all signatures of the job: one that is begun is also finished */
		if (!take_token(l, now_ms))
			return refuse(l, job, "seal.rate_per_minute", now_ms);
		j = oldest;
		*j = (struct keyd_job){.since_ms = now_ms};
		memcpy(j->name, job, strnlen(job, KEYD_JOB_LENGTH - 1));
	}
#ifndef MUTANT_COUNT
	if (j->signatures[key] >= KEYD_SIGNATURES_A_JOB)
		return refuse(l, job, "too many signatures for one job", now_ms);
#endif
	j->signatures[key]++;
	return OK;
}
