/* Kills a writing process again and again: every row that was acknowledged must be there after opening again.
 */
#include "clock.h"
#include "store_fixture.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

enum { KILLS = 300, THREADS = 8, ACKS_MAX = 4000000, CHECK_EVERY = 30 };

struct child_thread {
	struct store *store;
	int64_t next;
	int to_parent;
};

static void *
write_and_tell(void *user)
{
	struct child_thread *t = user;
	for (;; t->next += THREADS)
		if (add_row(t->store, t->next) != OK ||
		    write(t->to_parent, &t->next, sizeof(t->next)) != sizeof(t->next))
			_exit(1);
	return NULL;
}

static void
child(const char *folder, int64_t base, int to_parent)
{
	struct store *s;
	struct child_thread t[THREADS];
	pthread_t thread;
	if (store_open(folder, &s) != OK)
		_exit(1);
	for (int i = 0; i < THREADS; i++) {
		t[i] = (struct child_thread){s, base + i, to_parent};
		if (pthread_create(&thread, NULL, write_and_tell, &t[i]))
			_exit(1);
	}
	for (;;)
		pause();
}

static size_t
one_life(struct fixture *f, int64_t base, int64_t *acks, size_t n)
{
	int ends[2], status;
	int64_t id;
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child(f->folder, base, ends[1]);
	}
	close(ends[1]);
	/* Most lives are long enough for work, however slow the machine; some end before the first answer. */
	int64_t late = clock_monotonic_ms() + (random_below(8) ? 5000 : 8);
	struct pollfd p = {.fd = ends[0], .events = POLLIN};
	poll(&p, 1, (int)(late - clock_monotonic_ms()));
	int64_t until = clock_monotonic_ms() + (int64_t)random_below(25);
	for (int64_t left; (left = until - clock_monotonic_ms()) > 0 && poll(&p, 1, (int)left) > 0;) {
		if (read(ends[0], &id, sizeof(id)) != sizeof(id))
			break;
		acks[n++] = id;
		assert_true(n < ACKS_MAX);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status)); /* it was working until then */
	while (read(ends[0], &id, sizeof(id)) == sizeof(id))
		acks[n++] = id;
	close(ends[0]);
	return n;
}

static size_t
missing(struct fixture *f, const int64_t *acks, size_t from, size_t n)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct store *s = fixture_open(f);
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_job_by_dedup row;
	size_t lost = 0;
	assert_int_equal(tx_read(s, &tx), OK);
	for (size_t i = from; i < n; i++) {
		char id[32];
		struct str name = str_make(id, (size_t)snprintf(id, sizeof(id), "%lld", (long long)acks[i]));
		lost += q_job_by_dedup(&tx, &a, name, &row) != OK;
		arena_reset(&a);
	}
	tx_end(&tx);
	store_close(s);
	return lost;
}

static void
acknowledged_rows_survive_kills(void **state)
{
	struct fixture f;
	int64_t *acks = malloc(ACKS_MAX * sizeof(*acks));
	size_t n = 0, checked = 0, lost = 0;
	fixture_make(&f);
	store_close(fixture_open(&f));
	for (int i = 1; i <= KILLS && !lost; i++) {
		n = one_life(&f, (int64_t)i * 10000000, acks, n);
		if (i % CHECK_EVERY)
			continue;
		lost = missing(&f, acks, checked, n);
		checked = n;
	}
	int64_t rows = count_by(&f, ROWS);
	printf("%d kills, %zu acknowledged, %lld there, %zu lost\n", KILLS, n, (long long)rows, lost);
	assert_true(n > KILLS);
	assert_int_equal(count_by(&f, SOUND), 1);
	free(acks);
	fixture_remove(&f);
	assert_int_equal(lost, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(acknowledged_rows_survive_kills)};
	if (id_init() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
