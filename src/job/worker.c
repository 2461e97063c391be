#include "worker.h"
#include "clock.h"
#include "log.h"
#include "queue.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { LEASE_MOST = 8, THREADS_MAX = 16, ERROR_PAUSE_MS = 1000 };

struct job_kind {
	const char *kind;
	enum err (*run)(struct app *a, struct str job, struct str payload);
	int64_t tries, first_wait_ms, longest_wait_ms;
};
static const struct job_kind kinds[] = {
#define JOB(kind, handler, tries, first, longest) {kind, handler, tries, first, longest},
#include "jobs.def"
#undef JOB
};

struct job_pool {
	struct job_config config;
	pthread_t threads[THREADS_MAX];
	unsigned threads_n;
	int stop_fd;
};

static const struct job_kind *
kind_of(struct str name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_eq(name, str_c(kinds[i].kind)))
			return &kinds[i];
	return NULL;
}

static int64_t
retry_at(const struct job_kind *k, const struct row_job *j, int64_t now_ms)
{
	if (j->attempts >= k->tries)
		return 0;
	int64_t wait = k->first_wait_ms;
	for (int64_t i = 1; i < j->attempts && wait < k->longest_wait_ms; i++)
		wait *= 2;
	return now_ms + (wait < k->longest_wait_ms ? wait : k->longest_wait_ms);
}

static void
run_one(struct app *app, const struct row_job *j, struct queue_result *ret)
{
	const struct job_kind *k = kind_of(j->kind);
	*ret = (struct queue_result){.job = j, .result = ERR_BUG, .words = STR("no such kind of job")};
	if (!k)
		return;
	app->now_ms = clock_utc_ms();
	ret->result = k->run(app, j->id, j->payload);
	ret->words = str_c(err_info(ret->result)->name);
	if (ret->result == OK)
		return;
	/* what is refused for good (ERR_INVALID, ERR_NOT_FOUND) does not get better by trying again */
	bool final = ret->result == ERR_INVALID || ret->result == ERR_NOT_FOUND;
	ret->retry_at_ms = final ? 0 : retry_at(k, j, clock_utc_ms());
	log_event(ret->retry_at_ms ? LOG_WARN : LOG_ERROR, "job", "kind=%.*s id=%.*s attempt=%lld error=%s",
	    STR_ARG(j->kind), STR_ARG(j->id), (long long)j->attempts, err_info(ret->result)->name);
}

static void
kick(struct job_pool *p)
{
	uint64_t one = 1;
	if (write(p->config.kick_fd, &one, sizeof(one)) < 0)
		log_event(LOG_DEBUG, "kick", "the counter is full");
}

static void
kick_from_app(void *self)
{
	kick(self);
}

/* What a thread has done and not yet told the queue; the rows live in one arena while the next turn's come
 * into the other. */
struct turns {
	struct arena memory[2];
	unsigned which;
	struct queue_result ended[LEASE_MOST];
	size_t ended_n;
};

/* Tells the queue what was done, takes a batch and runs it. *ret_next_ms: when this thread should look again.
 */
static enum err
turn(struct job_pool *p, struct app *app, struct turns *t, unsigned most, int64_t *ret_next_ms)
{
	struct row_job_list jobs;
	struct arena *fresh = &t->memory[t->which ^ 1];
	arena_reset(fresh);
	TRY(queue_turn(app->store, fresh, t->ended, t->ended_n, clock_utc_ms(), most, &jobs, ret_next_ms));
	t->which ^= 1;
	t->ended_n = 0;
	if (jobs.n == LEASE_MOST && p->threads_n > 1)
		kick(p); /* there may be more: let the others come, too */
	for (size_t i = 0; i < jobs.n; i++) {
		arena_reset(app->arena);
		run_one(app, &jobs.v[i], &t->ended[t->ended_n++]);
	}
	if (jobs.n)
		*ret_next_ms = 0;
	return OK;
}

/* Waits for a kick or until then; true when it is time to stop. */
static bool
wait_until(struct job_pool *p, int64_t at_ms)
{
	struct pollfd fds[2] = {
	    {.fd = p->stop_fd, .events = POLLIN}, {.fd = p->config.kick_fd, .events = POLLIN}};
	int64_t left = at_ms - clock_utc_ms();
	int n = poll(fds, 2, left <= 0 ? 0 : left > 60000 ? 60000 : (int)left);
	uint64_t count;
	if (n > 0 && (fds[0].revents & POLLIN))
		return true;
	if (n > 0 && (fds[1].revents & POLLIN) && read(p->config.kick_fd, &count, sizeof(count)) < 0)
		return false; /* another thread took the kick; look all the same */
	return false;
}

static void *
work(void *arg)
{
	struct job_pool *p = arg;
	struct arena memory = {0};
	struct turns turns = {0};
	struct app app = {.arena = &memory};
	int64_t next_ms = 0;
	if (p->config.worker_app(p->config.self, &app) != OK) {
		log_event(LOG_ERROR, "worker", "cannot be set up");
		return NULL;
	}
	app.arena = &memory;
	app.kick = kick_from_app;
	app.kick_self = p;
	app.origin = (struct origin){.language = STR("ja")};
	while (!wait_until(p, next_ms))
		if (turn(p, &app, &turns, LEASE_MOST, &next_ms) != OK)
			next_ms = clock_utc_ms() + ERROR_PAUSE_MS;
	if (turns.ended_n && turn(p, &app, &turns, 0, &next_ms) != OK)
		log_event(LOG_WARN, "stop", "what was done last could not be noted and will be done again");
	arena_free(&memory);
	arena_free(&turns.memory[0]);
	arena_free(&turns.memory[1]);
	return NULL;
}

enum err
job_pool_start(const struct job_config *config, struct job_pool **ret)
{
	struct job_pool *p = calloc(1, sizeof(*p));
	if (!p)
		return ERR_NOMEM;
	p->config = *config;
	p->stop_fd = eventfd(0, EFD_CLOEXEC);
	unsigned n = config->threads < THREADS_MAX ? config->threads : THREADS_MAX;
	p->threads_n = n;
	for (unsigned i = 0; i < n; i++)
		if (pthread_create(&p->threads[i], NULL, work, p))
			return ERR_NOMEM;
	*ret = p;
	return OK;
}

void
job_pool_stop(struct job_pool *p)
{
	uint64_t many = p->threads_n;
	/* never read, so that it stays readable for every thread */
	if (write(p->stop_fd, &many, sizeof(many)) != sizeof(many))
		log_event(LOG_ERROR, "stop", "the workers could not be told");
	for (unsigned i = 0; i < p->threads_n; i++)
		pthread_join(p->threads[i], NULL);
	close(p->stop_fd);
	free(p);
}
