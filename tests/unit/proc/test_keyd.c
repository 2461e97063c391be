/* The key keeper as it runs: locked down, over its socket. */
#include "ipc.h"
#include "keyd.h"
#include "keyd_limits.h"
#include "keyd_totals.h"
#include "lockdown.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static char folder[] = "/tmp/keiin-keyd-XXXXXX";

static void
signs_when_locked_down(void **state)
{
	struct keys_subject subject = {.organisation = STR("契印")};
	struct sha256 digest = sha256_of(STR("text"));
	char dir[64];
	struct keyd_totals totals;
	int pair[2], status;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(dir, sizeof(dir), "%s/keys", folder);
	assert_int_equal(keys_create(dir, KEY_P256, &subject), OK);
	assert_int_equal(keys_create(dir, KEY_P256, &subject), OK);
	assert_int_equal(ipc_pair(pair), OK);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(pair[0]);
		_exit(keyd_serve(pair[1], -1, &(struct keyd_settings){.keys.dir = dir}));
	}
	close(pair[1]);
	struct signer signer = keyd_signer(&arena, pair[0]);
	struct str signature;
	for (int i = 0; i < 100; i++) {
		struct str job = arena_printf(&arena, "job-%d", i / 10);

		assert_int_equal(
		    signer.sign(signer.self, i % 2 ? KEY_SEAL : KEY_TSA, job, &digest, &arena, &signature),
		    OK);
		assert_true(signature.n >= 64);
	}
	for (int i = 5; i < KEYD_SIGNATURES_A_JOB; i++)
		assert_int_equal(
		    signer.sign(signer.self, KEY_SEAL, STR("job-0"), &digest, &arena, &signature), OK);
	assert_int_equal(
	    signer.sign(signer.self, KEY_SEAL, STR("job-0"), &digest, &arena, &signature), ERR_RATE);
	assert_int_equal(signer.sign(signer.self, KEY_TSA, STR("job-0"), &digest, &arena, &signature), OK);
	assert_int_equal(keyd_totals_read(dir, &totals), OK);
	assert_int_equal(totals.signatures[KEY_SEAL], 50 + KEYD_SIGNATURES_A_JOB - 5);
	assert_int_equal(totals.signatures[KEY_TSA], 51);
	assert_int_equal(totals.refused, 1);
	close(pair[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* What web and jobs do before they serve: the token's files are out of their reach, PIN or no PIN. */
static void
other_roles_do_not_reach_a_token(void **state)
{
	static const char *const read_only[] = {"/etc", "/usr", "/lib", NULL};
	static const char *const read_write[] = {NULL};
	char path[64];
	int status;

	(void)state;
	if (syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1)
		skip();
	snprintf(path, sizeof(path), "%s/token", folder);
	assert_int_equal(close(open(path, O_WRONLY | O_CREAT, 0600)), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(
		    lockdown_paths(read_only, read_write) == OK && open(path, O_RDONLY) < 0 && errno == EACCES
		        ? 0
		        : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signs_when_locked_down), cmocka_unit_test(other_roles_do_not_reach_a_token)};

	if (id_init() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
