/* The workers of the role jobs: they lease due rows of the table job and run the handlers of jobs.def. */
#ifndef JOB_WORKER_H
#define JOB_WORKER_H

#include "app.h"

struct job_config {
	unsigned threads;
	int kick_fd; /* eventfd: written by whoever has committed new jobs */
	enum err (*worker_app)(void *self, struct app *ret); /* one for each thread */
	void *self;
};

struct job_pool;
MUST_CHECK enum err
job_pool_start(const struct job_config *config, struct job_pool **ret);
/* Finishes the jobs under way; what was leased and not begun comes back when its lease ends. */
void
job_pool_stop(struct job_pool *p);

#endif
