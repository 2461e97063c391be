#include "blob_fs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static void
blobs_are_found_by_their_digest(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct blobs *b;
	struct sha256 name, again, empty;
	struct str got;
	char folder[] = "blobs-XXXXXX", path[160];
	size_t size;
	int fd;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(blobs_open_fs(&a, folder, &b), OK);
	assert_int_equal(blob_put(b, STR("契約\0書"), &name), OK);
	assert_int_equal(blob_put(b, STR("契約\0書"), &again), OK);
	assert_true(sha256_eq(&name, &again));
	assert_int_equal(blob_get(b, &name, &a, &got), OK);
	assert_true(str_eq(got, STR("契約\0書")));
	assert_int_equal(blob_open(b, &name, &fd, &size), OK);
	assert_int_equal(size, got.n);
	close(fd);
	assert_int_equal(blob_put(b, STR_NONE, &empty), OK);
	assert_int_equal(blob_get(b, &empty, &a, &got), OK);
	assert_int_equal(got.n, 0);

	/* bytes that are not what the name says are never handed out */
	struct str hex = sha256_hex(&a, &name);
	snprintf(path, sizeof(path), "%s/%.2s/%s", folder, hex.p, hex.p + 2);
	assert_int_equal(chmod(path, 0600), 0);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "X", 1, 0), 1);
	close(fd);
	assert_int_equal(blob_get(b, &name, &a, &got), ERR_IO);
	unlink(path);
	assert_int_equal(blob_get(b, &name, &a, &got), ERR_NOT_FOUND);
	assert_int_equal(blob_open(b, &name, &fd, &size), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(blobs_are_found_by_their_digest)};
	if (id_init() != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
