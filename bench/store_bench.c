/* Write transactions a second by the number of threads: store_bench FOLDER [SECONDS]. */
#include "clock.h"
#include "id.h"
#include "query.h"
#include "store_open.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS_MAX = 32, SAMPLES_MAX = 400000 };

struct bench_thread {
	struct store *store;
	int64_t until_ms, name;
	unsigned n;
	float *ms;
};

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void *
work(void *user)
{
	struct bench_thread *t = user;
	while (clock_monotonic_ms() < t->until_ms && t->n < SAMPLES_MAX) {
		struct tx tx CLEANUP(tx_end) = {0};
		char id[48];
		int64_t changed;
		struct str name = str_make(
		    id, (size_t)snprintf(id, sizeof(id), "%lld-%u-%d", (long long)t->name, t->n, getpid()));
		double began = now();
		if (tx_write(t->store, &tx) != OK ||
		    q_job_add(&tx, name, STR("bench"), name, STR("0123456789012345678901234567890123456789"),
		        0, &changed) != OK ||
		    tx_commit(&tx) != OK)
			exit(1);
		t->ms[t->n++] = (float)(now() - began);
	}
	return NULL;
}

static int
by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static void
run(struct store *s, unsigned threads, int64_t ms)
{
	static int64_t name;
	struct bench_thread t[THREADS_MAX];
	pthread_t id[THREADS_MAX];
	float *all = malloc(sizeof(float) * SAMPLES_MAX * threads);
	size_t n = 0;
	for (unsigned i = 0; i < threads; i++) {
		t[i] = (struct bench_thread){
		    s, clock_monotonic_ms() + ms, name++, 0, malloc(sizeof(float) * SAMPLES_MAX)};
		if (pthread_create(&id[i], NULL, work, &t[i]))
			exit(1);
	}
	for (unsigned i = 0; i < threads; i++) {
		pthread_join(id[i], NULL);
		memcpy(all + n, t[i].ms, t[i].n * sizeof(float));
		n += t[i].n;
		free(t[i].ms);
	}
	qsort(all, n, sizeof(float), by_size);
	printf("%2u threads: %6.0f transactions/s, p50 %.2f ms, p99 %.2f ms, max %.1f ms\n", threads,
	    (double)n * 1000 / (double)ms, (double)all[n / 2], (double)all[n * 99 / 100], (double)all[n - 1]);
	free(all);
}

int
main(int argc, char **argv)
{
	struct store *s;
	int64_t ms = 1000 * (argc > 2 ? atoi(argv[2]) : 3);
	if (argc < 2 || id_init() != OK || store_open(argv[1], &s) != OK)
		return 1;
	run(s, 1, ms);
	run(s, 8, ms);
	run(s, 32, ms);
	store_close(s);
	return 0;
}
