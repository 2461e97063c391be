#include "reaper.h"
#include "clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { LOOK_EVERY_MS = 250 };

struct reaper {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
	int highest;
	int64_t deadline_ms[REAPER_FDS];
};

static void
cut_late_ones(struct reaper *r)
{
	int64_t now = clock_monotonic_ms();
	for (int fd = 0; fd <= r->highest; fd++) {
		if (r->deadline_ms[fd] && r->deadline_ms[fd] <= now) {
			shutdown(fd, SHUT_RDWR); /* the server notices and closes it */
			r->deadline_ms[fd] = 0;
		}
	}
}

static void *
run(void *arg)
{
	struct reaper *r = arg;
	pthread_mutex_lock(&r->lock);
	while (!r->stop) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += LOOK_EVERY_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&r->wake, &r->lock, &until);
		cut_late_ones(r);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

enum err
reaper_start(struct reaper **ret)
{
	struct reaper *r = calloc(1, sizeof(*r));
	pthread_condattr_t attr;
	if (!r)
		return ERR_NOMEM;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&r->thread, NULL, run, r)) {
		free(r);
		return ERR_NOMEM;
	}
	*ret = r;
	return OK;
}

void
reaper_stop(struct reaper *r)
{
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->wake);
	free(r);
}

void
reaper_set(struct reaper *r, int fd, int64_t within_ms)
{
	if (fd < 0 || fd >= REAPER_FDS)
		return;
	pthread_mutex_lock(&r->lock);
	r->deadline_ms[fd] = within_ms ? clock_monotonic_ms() + within_ms : 0;
	if (fd > r->highest)
		r->highest = fd;
	pthread_mutex_unlock(&r->lock);
}

void
reaper_forget(struct reaper *r, int fd)
{
	reaper_set(r, fd, 0);
}
