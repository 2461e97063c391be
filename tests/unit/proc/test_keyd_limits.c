/* How often keyd signs, by a clock that the test sets. */
#include "keyd_limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { T0 = 1000000 };

static struct keyd_limits limits;

static void
a_job_gets_so_many_signatures_by_each_key(void **state)
{
	char other[KEYD_JOB_LENGTH];

	(void)state;
	keyd_limits_start(&limits, 0, T0);
	for (int key = KEY_SEAL; key <= KEY_TSA; key++) {
		for (int i = 0; i < KEYD_SIGNATURES_A_JOB; i++)
			assert_int_equal(keyd_limits_take(&limits, "job", (enum key_id)key, T0 + i), OK);
		assert_int_equal(keyd_limits_take(&limits, "job", (enum key_id)key, T0 + 100), ERR_RATE);
	}
	/* others are not held up, and do not make it forgotten */
	for (int i = 0; i < KEYD_JOBS_REMEMBERED - 1; i++) {
		snprintf(other, sizeof(other), "other-%d", i);
		assert_int_equal(keyd_limits_take(&limits, other, KEY_SEAL, T0 + 200), OK);
	}
	assert_int_equal(keyd_limits_take(&limits, "job", KEY_SEAL, T0 + 300), ERR_RATE);
	/* a job that is tried again and again for hours is let in again */
	assert_int_equal(keyd_limits_take(&limits, "job", KEY_SEAL, T0 + KEYD_JOB_WINDOW_MS), OK);
}

static void
a_minute_has_so_many_jobs(void **state)
{
	int signed_n = 0;

	(void)state;
	keyd_limits_start(&limits, 60, T0);
	for (int i = 0; i < 100; i++) {
		char job[KEYD_JOB_LENGTH];

		snprintf(job, sizeof(job), "job-%d", i);
		signed_n += keyd_limits_take(&limits, job, i % 2 ? KEY_SEAL : KEY_TSA, T0) == OK;
	}
	assert_int_equal(signed_n, 60);
	assert_int_equal(keyd_limits_take(&limits, "late", KEY_SEAL, T0 + 900), ERR_RATE);
	assert_int_equal(keyd_limits_take(&limits, "late", KEY_SEAL, T0 + 1100), OK);
	assert_int_equal(keyd_limits_take(&limits, "late", KEY_TSA, T0 + 1200), OK); /* the same job */
	assert_int_equal(keyd_limits_take(&limits, "later", KEY_SEAL, T0 + 1200), ERR_RATE);
	/* an idle hour saves up a minute's worth and no more */
	for (int i = 0; i < 60; i++) {
		char job[KEYD_JOB_LENGTH];

		snprintf(job, sizeof(job), "again-%d", i);
		assert_int_equal(keyd_limits_take(&limits, job, KEY_SEAL, T0 + 3600000), OK);
	}
	assert_int_equal(keyd_limits_take(&limits, "one more", KEY_SEAL, T0 + 3600000), ERR_RATE);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_job_gets_so_many_signatures_by_each_key),
	    cmocka_unit_test(a_minute_has_so_many_jobs)};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
