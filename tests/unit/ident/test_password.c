#include "clock.h"
#include "id.h"
#include "password.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static void
a_password_matches_its_hash_only(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct str one, two;
	struct str password = STR("正しい馬 battery staple");
	assert_int_equal(password_hash(&a, password, &one), OK);
	assert_int_equal(password_hash(&a, password, &two), OK);
	assert_false(str_eq(one, two)); /* salted */
	assert_true(str_starts(one, STR("$argon2id$v=19$m=19456,t=2,p=1$")));
	assert_int_equal(password_check(one, password), OK);
	assert_int_equal(password_check(one, STR("正しい馬 battery stapl")), ERR_BAD_LOGIN);
	assert_int_equal(password_check(one, STR_NONE), ERR_BAD_LOGIN);
}

static void
hostile_input_never_matches(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct str hash;
	char *long_one = arena_alloc(&a, 5000);
	memset(long_one, 'x', 5000);
	assert_int_equal(password_hash(&a, str_make(long_one, 5000), &hash), ERR_INVALID);
	assert_int_equal(password_hash(&a, STR_NONE, &hash), ERR_INVALID);
	assert_int_equal(password_check(STR_NONE, STR("anything")), ERR_BAD_LOGIN);
	assert_int_equal(password_check(STR_NONE, STR_NONE), ERR_BAD_LOGIN);
	assert_int_equal(password_check(STR("$argon2id$"), STR("anything")), ERR_BAD_LOGIN);
	assert_int_equal(password_check(str_make(long_one, 5000), STR("anything")), ERR_BAD_LOGIN);
}

/* Whether an account exists must not show in the time: the unknown one hashes, too. */
static void
unknown_accounts_cost_the_same(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct str hash;
	int64_t known = INT64_MAX, unknown = INT64_MAX;
	assert_int_equal(password_hash(&a, STR("0123456789"), &hash), OK);
	for (int i = 0; i < 5; i++) {
		int64_t t0 = clock_monotonic_ms();
		assert_int_equal(password_check(hash, STR("wrong")), ERR_BAD_LOGIN);
		int64_t t1 = clock_monotonic_ms();
		assert_int_equal(password_check(STR_NONE, STR("wrong")), ERR_BAD_LOGIN);
		int64_t t2 = clock_monotonic_ms();
		known = t1 - t0 < known ? t1 - t0 : known;
		unknown = t2 - t1 < unknown ? t2 - t1 : unknown;
	}
	printf("known %lld ms, unknown %lld ms\n", (long long)known, (long long)unknown);
	assert_true(unknown * 3 >= known && known * 3 >= unknown);
}

static long
peak_kib(void)
{
	char line[256];
	long kib = 0;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

static void *
check_wrong(void *unused)
{
	return (void *)(intptr_t)password_check(STR_NONE, STR("wrong"));
}

static void
a_storm_of_logins_keeps_memory_bounded(void **state)
{
	pthread_t threads[16];
	void *result;
	for (size_t i = 0; i < 16; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, check_wrong, NULL), 0);
	for (size_t i = 0; i < 16; i++) {
		pthread_join(threads[i], &result);
		assert_int_equal((intptr_t)result, ERR_BAD_LOGIN);
	}
	printf("peak %ld KiB\n", peak_kib());
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	assert_true(peak_kib() < 64 * 1024);
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_password_matches_its_hash_only),
	    cmocka_unit_test(hostile_input_never_matches),
	    cmocka_unit_test(unknown_accounts_cost_the_same),
	    cmocka_unit_test(a_storm_of_logins_keeps_memory_bounded),
	};
	if (id_init() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
