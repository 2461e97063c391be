#include "store_fixture.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void
a_transaction_left_alone_rolls_back(void **state)
{
	struct fixture f;
	fixture_make(&f);
	struct store *s = fixture_open(&f);
	int64_t changed;
	{
		struct tx tx CLEANUP(tx_end) = {0};
		assert_int_equal(tx_write(s, &tx), OK);
		assert_int_equal(q_job_add(&tx, STR("a"), STR("test"), STR("a"), STR("{}"), 0, &changed), OK);
	}
	assert_int_equal(add_row(s, 7), OK);
	assert_int_equal(count_by(&f, ROWS), 1);
	store_close(s);
	fixture_remove(&f);
}

static void
values_and_absence_survive(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct fixture f;
	fixture_make(&f);
	struct store *s = fixture_open(&f);
	int64_t changed;
	struct row_job_by_dedup row;
	struct row_job_list list;
	{
		struct tx tx CLEANUP(tx_end) = {0};
		assert_int_equal(tx_write(s, &tx), OK);
		assert_int_equal(
		    q_job_add(&tx, STR("id"), STR("mail"), STR("d"), STR("契\0印"), 5, &changed), OK);
		assert_int_equal(changed, 1);
		assert_int_equal(
		    q_job_add(&tx, STR("id2"), STR("mail"), STR("d"), STR("again"), 5, &changed), OK);
		assert_int_equal(changed, 0); /* the same work is not ordered twice */
		assert_int_equal(q_job_lease(&tx, &a, 1, 10, 100, 8, &list), OK);
		assert_int_equal(list.n, 1);
		assert_true(str_eq(list.v[0].payload, STR("契\0印")));
		assert_int_equal(tx_commit(&tx), OK);
	}
	struct tx tx CLEANUP(tx_end) = {0};
	assert_int_equal(tx_read(s, &tx), OK);
	assert_int_equal(q_job_by_dedup(&tx, &a, STR("d"), &row), OK);
	assert_null(row.last_error.p);
	assert_int_equal(row.state, 1);
	assert_int_equal(q_job_by_dedup(&tx, &a, STR("other"), &row), ERR_NOT_FOUND);
	tx_end(&tx);
	store_close(s);
	fixture_remove(&f);
}

static void
a_read_view_stands_still(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct fixture f;
	fixture_make(&f);
	struct store *s = fixture_open(&f);
	struct row_job_by_dedup row;
	assert_int_equal(add_row(s, 1), OK);
	struct tx view CLEANUP(tx_end) = {0};
	assert_int_equal(tx_read(s, &view), OK);
	assert_int_equal(q_job_by_dedup(&view, &a, STR("1"), &row), OK);
	assert_int_equal(add_row(s, 2), OK);
	assert_int_equal(q_job_by_dedup(&view, &a, STR("2"), &row), ERR_NOT_FOUND);
	tx_end(&view);
	assert_int_equal(tx_read(s, &view), OK);
	assert_int_equal(q_job_by_dedup(&view, &a, STR("2"), &row), OK);
	tx_end(&view);
	store_close(s);
	fixture_remove(&f);
}

struct writer {
	struct store *store;
	int64_t first, n, step, failed;
	bool some_roll_back;
};

static void *
write_rows(void *user)
{
	struct writer *w = user;
	for (int64_t i = 0; i < w->n; i++) {
		if (w->some_roll_back && i % 5 == 0) {
			struct tx tx CLEANUP(tx_end) = {0};
			int64_t changed;
			if (tx_write(w->store, &tx) != OK || q_job_release(&tx, 0, &changed) != OK)
				w->failed++;
			continue;
		}
		if (add_row(w->store, w->first + i * w->step) != OK)
			w->failed++;
	}
	return NULL;
}

enum { THREADS = 8, EACH = 200 };

static int64_t
write_by_threads(struct store *s, int64_t base, bool some_roll_back)
{
	pthread_t threads[THREADS];
	struct writer w[THREADS];
	int64_t failed = 0;
	for (int i = 0; i < THREADS; i++) {
		w[i] = (struct writer){s, base + i, EACH, THREADS, 0, some_roll_back};
		if (pthread_create(&threads[i], NULL, write_rows, &w[i]))
			abort();
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		failed += w[i].failed;
	}
	return failed;
}

static void
members_of_a_batch_roll_back_alone(void **state)
{
	struct fixture f;
	fixture_make(&f);
	struct store *s = fixture_open(&f);
	assert_int_equal(write_by_threads(s, 0, true), 0);
	assert_int_equal(count_by(&f, ROWS), THREADS * EACH * 4 / 5);
	store_close(s);
	fixture_remove(&f);
}

static void
two_processes_write_at_once(void **state)
{
	struct fixture f;
	fixture_make(&f);
	store_close(fixture_open(&f));
	pid_t pids[2];
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct store *s;
			if (store_open(f.folder, &s) != OK)
				_exit(1);
			_exit(write_by_threads(s, (int64_t)i * 1000000, false) ? 2 : 0);
		}
	}
	for (int i = 0; i < 2; i++) {
		int status;
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count_by(&f, ROWS), 2 * THREADS * EACH);
	assert_int_equal(count_by(&f, SOUND), 1);
	fixture_remove(&f);
}

/* Files may grow no further: commits fail, nobody of the batch is told otherwise, and afterwards all goes on.
 */
static int
write_without_space(struct fixture *f)
{
	struct store *s;
	struct rlimit limit;
	signal(SIGXFSZ, SIG_IGN);
	if (store_open(f->folder, &s) != OK || add_row(s, -1) != OK)
		return 1;
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = 256 * 1024;
	setrlimit(RLIMIT_FSIZE, &limit);
	int64_t failed = write_by_threads(s, 0, false);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
	if (!failed)
		return 3;
	int64_t told = THREADS * EACH - failed + 1;
	if (count_by(f, ROWS) != told)
		return 4;
	if (add_row(s, -2) != OK || count_by(f, ROWS) != told + 1)
		return 5;
	return count_by(f, SOUND) == 1 ? 0 : 6;
}

static void
a_full_disk_loses_nothing_it_promised(void **state)
{
	struct fixture f;
	int status;
	fixture_make(&f);
	pid_t pid = fork();
	if (pid == 0) {
		if (!freopen("/dev/null", "w", stderr)) /* hundreds of failures are reported */
			_exit(9);
		_exit(write_without_space(&f));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	fixture_remove(&f);
}

static void
a_changed_migration_is_refused(void **state)
{
	struct fixture f;
	struct store *s;
	fixture_make(&f);
	store_close(fixture_open(&f));
	store_close(fixture_open(&f)); /* applied once only */
	count_by(&f, "UPDATE migration SET checksum = 'other' RETURNING number");
	assert_int_equal(store_open(f.folder, &s), ERR_DB);
	fixture_remove(&f);
}

static void
leasing_reads_an_index(void **state)
{
	struct fixture f;
	fixture_make(&f);
	store_close(fixture_open(&f));
	sqlite3 *db;
	sqlite3_stmt *st;
	assert_int_equal(sqlite3_open(f.database, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
	        "EXPLAIN QUERY PLAN SELECT id FROM job WHERE state = 0 AND class = 1 AND due_ms <= 5 "
	        "ORDER BY due_ms, id LIMIT 8",
	        -1, &st, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_non_null(
	    strstr((const char *)sqlite3_column_text(st, 3), "INDEX job_due (class=? AND due_ms<?)"));
	assert_int_equal(sqlite3_step(st), SQLITE_DONE); /* and sorts nothing */
	sqlite3_finalize(st);
	sqlite3_close(db);
	fixture_remove(&f);
}

static enum err
note_relaxed(struct store *s, const char *id, bool commit)
{
	struct tx tx CLEANUP(tx_end) = {0};
	int64_t changed;
	TRY(tx_write_relaxed(s, &tx));
	TRY(q_job_add(&tx, str_c(id), STR("test"), str_c(id), STR("{}"), 0, &changed));
	return commit ? tx_commit(&tx) : OK;
}

struct crowd {
	struct store *store;
	int number;
	enum err result;
};

/* Every second one waits for the disk, the others do not. */
static void *
write_among_others(void *arg)
{
	struct crowd *c = arg;
	char id[32];
	for (int i = 0; i < 50 && c->result == OK; i++) {
		snprintf(id, sizeof(id), "r%d-%d", c->number, i);
		c->result = c->number & 1 ? note_relaxed(c->store, id, true)
		                          : add_row(c->store, 1000 + c->number * 100 + i);
	}
	return NULL;
}

/* What does not wait for the disk is whole, seen and undone like anything else, among writers of both kinds.
 */
static void
relaxed_writers_stand_among_the_others(void **state)
{
	enum { WRITERS = 6 };
	struct fixture f;
	fixture_make(&f);
	struct store *s = fixture_open(&f);
	struct crowd crowd[WRITERS];
	pthread_t threads[WRITERS];
	assert_int_equal(note_relaxed(s, "kept", true), OK);
	assert_int_equal(note_relaxed(s, "left alone", false), OK);
	assert_int_equal(count_by(&f, ROWS), 1);
	for (int i = 0; i < WRITERS; i++) {
		crowd[i] = (struct crowd){s, i, OK};
		assert_int_equal(pthread_create(&threads[i], NULL, write_among_others, &crowd[i]), 0);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(crowd[i].result, OK);
	}
	assert_int_equal(count_by(&f, ROWS), 1 + WRITERS * 50);
	store_close(s);
	fixture_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_transaction_left_alone_rolls_back),
	    cmocka_unit_test(values_and_absence_survive),
	    cmocka_unit_test(a_read_view_stands_still),
	    cmocka_unit_test(members_of_a_batch_roll_back_alone),
	    cmocka_unit_test(two_processes_write_at_once),
	    cmocka_unit_test(relaxed_writers_stand_among_the_others),
	    cmocka_unit_test(a_full_disk_loses_nothing_it_promised),
	    cmocka_unit_test(a_changed_migration_is_refused),
	    cmocka_unit_test(leasing_reads_an_index),
	};
	if (id_init() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
