/* The key keeper as it runs: locked down, over its socket. */
#include "clock.h"
#include "ipc.h"
#include "keyd.h"
#include "keyd_limits.h"
#include "keyd_public.h"
#include "keyd_totals.h"
#include "lockdown.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;
static char folder[] = "/tmp/keiin-keyd-XXXXXX", dir[64];

static int
make_keys(void **state)
{
	struct keys_subject subject = {.organisation = STR("契印")};

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(dir, sizeof(dir), "%s/keys", folder);
	return keys_create(dir, KEY_P256, &subject) == OK && keys_create(dir, KEY_P256, &subject) == OK ? 0
	                                                                                                : -1;
}

/* A keeper with both its sockets, its clock moved by so much. */
struct keeper {
	pid_t pid;
	int jobs, public;
};

static struct keeper
keeper_start(int64_t shift_ms)
{
	int jobs[2], public[2];

	assert_int_equal(ipc_pair(jobs), OK);
	assert_int_equal(ipc_pair(public), OK);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(jobs[0]);
		close(public[0]);
		clock_shift(shift_ms);
		_exit(keyd_serve(
		    jobs[1], public [1], &(struct keyd_settings) { .keys.dir = dir }));
	}
	close(jobs[1]);
	close(public[1]);
	return (struct keeper){pid, jobs[0], public[0]};
}

/* Without those who ask for contracts it ends. */
static void
keeper_end(struct keeper *k)
{
	int status;

	close(k->jobs);
	assert_int_equal(waitpid(k->pid, &status, 0), k->pid);
	close(k->public);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static uint64_t
tokens_counted(void)
{
	struct keyd_totals totals;

	assert_int_equal(keyd_totals_read(dir, &totals), OK);
	return totals.signatures[KEY_TSA];
}

static enum err
ask_token(const struct keeper *k)
{
	struct authority_keeper keeper = keyd_keeper(&arena, k->public);
	struct stamp what = {.digest = STAMP_SHA256};
	struct str token;

	return keeper.stamp(keeper.self, &what, &arena, &token);
}

static void
signs_when_locked_down(void **state)
{
	struct sha256 digest = sha256_of(STR("text"));
	struct keyd_totals totals, before;
	int pair[2], status;

	(void)state;
	assert_int_equal(keyd_totals_read(dir, &before), OK);
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
	assert_int_equal(
	    totals.signatures[KEY_SEAL] - before.signatures[KEY_SEAL], 50 + KEYD_SIGNATURES_A_JOB - 5);
	assert_int_equal(totals.signatures[KEY_TSA] - before.signatures[KEY_TSA], 51);
	assert_int_equal(totals.refused - before.refused, 1);
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

static void
tokens_for_strangers_are_counted(void **state)
{
	struct keeper k = keeper_start(0);
	uint64_t before = tokens_counted();

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(ask_token(&k), OK);
	assert_int_equal(tokens_counted() - before, 5);
	keeper_end(&k);
	k = keeper_start(0); /* what it tries the keys with is not */
	assert_int_equal(ask_token(&k), OK);
	assert_int_equal(tokens_counted() - before, 6);
	keeper_end(&k);
}

static void
an_ended_certificate_gives_strangers_no_tokens(void **state)
{
	struct keeper k = keeper_start(100LL * 365 * 86400000);
	uint64_t before = tokens_counted();

	(void)state;
	assert_int_equal(ask_token(&k), ERR_BUSY);
	assert_int_equal(tokens_counted(), before);
	keeper_end(&k);
}

/* Whoever has taken over the role that strangers talk to sends whatever it likes. */
static void
what_is_no_question_ends_nothing(void **state)
{
	static const char much[IPC_FRAME_MAX];
	const uint32_t lies[][2] = {{IPC_SIGN, 100}, {IPC_SIGN, UINT32_MAX}, {UINT32_MAX, 0}};
	const struct ipc_frame frames[] = {{.kind = IPC_SIGN}, {.kind = IPC_SIGN, .payload = STR("x")},
	    {.kind = IPC_CONNECT, .payload = STR("x")}, {.kind = IPC_SIGN, .payload = {much, sizeof(much)}}};
	struct keeper k = keeper_start(0);

	(void)state;
	for (size_t n = 0; n < sizeof(lies[0]); n++)
		assert_int_equal(send(k.public, lies[0], n, MSG_NOSIGNAL), n);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		assert_int_equal(send(k.public, lies[i], sizeof(lies[i]), MSG_NOSIGNAL), sizeof(lies[i]));
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
		assert_int_equal(ipc_send(k.public, &frames[i]), OK);
	assert_int_equal(ask_token(&k), OK);
	keeper_end(&k);
}

/* The other end of a pipe tells when nobody holds it any more. */
static void
descriptors_that_come_along_are_closed(void **state)
{
	struct keeper k = keeper_start(0);
	int sockets[] = {k.public, k.jobs};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		struct ipc_frame f = {.kind = IPC_SIGN,
		    .payload = STR("x"),
		    .fds = {ends[1], ends[1], ends[1], ends[1]},
		    .fds_n = IPC_FDS_MAX};
		assert_int_equal(ipc_send(sockets[i], &f), OK);
		close(ends[1]);
		assert_int_equal(ask_token(&k), OK); /* both were read by then: jobs come first */
		struct pollfd p = {.fd = ends[0]};
		assert_int_equal(poll(&p, 1, 0), 1);
		assert_true(p.revents & POLLHUP);
		close(ends[0]);
	}
	keeper_end(&k);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(signs_when_locked_down),
	    cmocka_unit_test(other_roles_do_not_reach_a_token),
	    cmocka_unit_test(tokens_for_strangers_are_counted),
	    cmocka_unit_test(an_ended_certificate_gives_strangers_no_tokens),
	    cmocka_unit_test(what_is_no_question_ends_nothing),
	    cmocka_unit_test(descriptors_that_come_along_are_closed)};

	if (id_init() != OK)
		return 1;
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, make_keys, NULL);
}
