/* Before the start: keys and certificates that do not go together, or not long enough. */
#include "keys_fitness.h"
#include "config.h"
#include "id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const int64_t DAY_MS = 86400000;
static char dir[64] = "/tmp/keiin-fitness-XXXXXX";

static int
make_keys(void **state)
{
	struct keys_subject subject = {.organisation = STR("契印")};

	(void)state;
	return id_init() == OK && mkdtemp(dir) && keys_create(dir, KEY_P256, &subject) == OK ? 0 : -1;
}

static int
remove_keys(void **state)
{
	static const char *const names[] = {"ca.key", "ca.pem", "seal.key", "seal.pem", "tsa.key", "tsa.pem"};
	char path[128];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}

static void
exchange(const char *one, const char *other)
{
	char a[128], b[128], c[128];

	snprintf(a, sizeof(a), "%s/%s", dir, one);
	snprintf(b, sizeof(b), "%s/%s", dir, other);
	snprintf(c, sizeof(c), "%s/between", dir);
	assert_int_equal(rename(a, c) | rename(b, a) | rename(c, b), 0);
}

static void
keys_fit_their_certificates(void **state)
{
	struct keys_source source = {.dir = dir};

	(void)state;
	assert_int_equal(keys_fitness_insist(&source, false), OK);
	exchange("seal.pem", "tsa.pem");
	assert_int_equal(keys_fitness_insist(&source, true), ERR_CONFIG);
	exchange("seal.key", "tsa.key"); /* each fits again, but neither is for this use */
	assert_int_equal(keys_fitness_insist(&source, true), ERR_CONFIG);
	exchange("seal.pem", "tsa.pem");
	exchange("seal.key", "tsa.key");
	assert_int_equal(keys_fitness_insist(&source, false), OK);
}

static void
findings_depend_on_the_time(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct certificates certificates;
	struct keys_finding f;
	struct keys *keys;
	int64_t until_ms;

	(void)state;
	assert_int_equal(certificates_load(&a, dir, &certificates), OK);
	assert_int_equal(keys_load(dir, &keys), OK);
	for (enum key_id key = KEY_SEAL; key <= KEY_TSA; key++) {
		until_ms = keys_until_ms(keys, key);
		assert_int_equal(keys_check(keys, &certificates, key, until_ms - 1000, &f), OK);
		assert_int_equal(f.fault, KEYS_FIT);
		assert_int_equal(f.until_ms, until_ms);
		assert_int_equal(keys_check(keys, &certificates, key, until_ms + 1000, &f), OK);
		assert_int_equal(f.fault, KEYS_ENDED);
		assert_int_equal(keys_check(keys, &certificates, key, until_ms - 11 * 366 * DAY_MS, &f), OK);
		assert_int_equal(f.fault, KEYS_NOT_YET);
		assert_int_equal(keys_fitness_remind(key, until_ms, until_ms - 1000), OK);
		assert_int_equal(keys_fitness_remind(key, until_ms, until_ms), ERR_CONFIG);
	}
	keys_free(keys);
}

/* Where the key, its password or its PIN are is told to the role that holds keys, and to no other. */
static void
secrets_reach_one_role_only(void **state)
{
	static const char *const names[] = {
	    "seal.pkcs12=", "seal.pkcs12_password_file=", "seal.pkcs11_key=", "seal.pkcs11_pin_file="};
	struct arena a CLEANUP(arena_free) = {0};
	struct config c;

	(void)state;
	assert_int_equal(config_load(&a, NULL, &c), OK);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(str_find(config_encode(&a, &c, CONFIG_KEYD), str_c(names[i])) >= 0);
		assert_true(str_find(config_encode(&a, &c, CONFIG_WEB), str_c(names[i])) < 0);
		assert_true(str_find(config_encode(&a, &c, CONFIG_JOBS), str_c(names[i])) < 0);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(keys_fit_their_certificates),
	    cmocka_unit_test(findings_depend_on_the_time), cmocka_unit_test(secrets_reach_one_role_only)};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, make_keys, remove_keys);
}
