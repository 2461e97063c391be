/* The key keeper as it runs: locked down, over its socket. */
#include "ipc.h"
#include "keyd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
		_exit(keyd_serve(pair[1], -1, dir));
	}
	close(pair[1]);
	struct signer signer = keyd_signer(&arena, pair[0]);
	for (int i = 0; i < 100; i++) {
		struct str signature;

		assert_int_equal(signer.sign(signer.self, i % 2 ? KEY_SEAL : KEY_TSA, STR("job"), &digest,
		                     &arena, &signature),
		    OK);
		assert_true(signature.n >= 64);
	}
	close(pair[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(signs_when_locked_down)};

	if (id_init() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
