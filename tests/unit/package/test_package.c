/* Writing and reading packages: the archive, the list of digests, events and their proofs. What needs keys is
 * tested over HTTP. */
#include "judging.h"
#include "ledger.h"
#include "package_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { EVENTS = 5 };
static struct arena arena;

static struct package_file
file(const char *name, struct str bytes)
{
	struct sha256 d = sha256_of(bytes);
	return (struct package_file){str_c(name), bytes, sha256_hex(&arena, &d), -1, bytes.n};
}

static struct str
written(const struct package *p, struct str guide)
{
	int fd = memfd_create("package", MFD_CLOEXEC);
	size_t n;
	assert_true(fd >= 0);
	assert_int_equal(package_write(p, guide, fd, &n), OK);
	char *bytes = arena_alloc(&arena, n + 1);
	assert_int_equal(pread(fd, bytes, n, 0), n);
	close(fd);
	return str_make(bytes, n);
}

static struct package_file files[] = {{.fd = -1}, {.fd = -1}};
static struct package
two_files(void)
{
	files[0] = file("a.txt", STR("some bytes"));
	files[1] = file("documents/01_書類.pdf", STR(""));
	return (struct package){.files = files, .files_n = 2, .at_ms = 1800000000000};
}

static void
the_same_contents_give_the_same_bytes(void **state)
{
	struct package p = two_files();
	struct str zip = written(&p, STR("guide"));
	struct zip_entry *all;
	size_t n;
	setenv("TZ", "America/New_York", 1);
	assert_true(str_eq(zip, written(&p, STR("guide"))));
	assert_int_equal(zip_read(&arena, zip, &all, &n), OK);
	assert_int_equal(n, 4);
	assert_true(str_eq(all[0].name, STR(PACKAGE_GUIDE)));
	assert_true(str_eq(zip_find(all, n, STR("a.txt"))->bytes, STR("some bytes")));
	assert_true(zip_find(all, n, files[1].name)->bytes.n == 0);
	assert_null(zip_find(all, n, STR("b")));
}

static void
a_file_is_read_from_its_descriptor(void **state)
{
	struct package p = two_files();
	struct zip_entry *all;
	size_t n;
	int fd = memfd_create("file", MFD_CLOEXEC);
	assert_int_equal(write(fd, "some bytes", 10), 10);
	files[0].bytes = STR_NONE;
	files[0].fd = fd;
	struct str zip = written(&p, STR("guide"));
	assert_true(str_eq(zip, written(&p, STR("guide"))));
	close(fd);
	assert_int_equal(zip_read(&arena, zip, &all, &n), OK);
	assert_true(str_eq(zip_find(all, n, STR("a.txt"))->bytes, STR("some bytes")));
}

static void
bytes_are_held_to_the_list(void **state)
{
	struct package p = two_files();
	struct package_verification v;
	struct str zip;
	p.files[0].bytes = STR("same bytes"); /* its digest stays that of the other */
	zip = written(&p, STR("guide"));
	assert_int_equal(package_verify(&arena, zip, STR_NONE, &v), OK);
	assert_int_equal(v.fault, PACKAGE_FILE_ALTERED);
	assert_int_equal(v.verdict, VERDICT_UNSOUND);
	assert_true(str_eq(v.subject, STR("a.txt")));
}

static void
what_is_no_package_is_unreadable(void **state)
{
	static const struct str junk[] = {STR(""), STR("PK\x03\x04"), STR("PK\x05\x06")};
	struct package_verification v;
	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		assert_int_equal(package_verify(&arena, junk[i], STR_NONE, &v), OK);
		assert_int_equal(v.verdict, VERDICT_UNREADABLE);
	}
	assert_int_equal(package_verify(&arena, STR("x"), STR("no certificate"), &v), ERR_INVALID);
}

/* ---- events and proofs ---- */
struct made {
	struct judging j;
	struct package_verification v;
	struct str root;
};

/* EVENTS of one contract at every second place of a log, with their proofs. */
static struct made *
events(void)
{
	struct made *m = ARENA_NEW(&arena, struct made);
	struct buf lines CLEANUP(buf_free) = {0}, proofs CLEANUP(buf_free) = {0};
	struct merkle_path paths[EVENTS] = {{0}};
	struct merkle tree = {0};
	struct str prev = STR_NONE, hashes[EVENTS];
	m->j = (struct judging){.a = &arena, .v = &m->v};
	for (int i = 0; i < EVENTS; i++) {
		struct audit_event e = {.envelope = STR("contract"),
		    .seq = i + 1,
		    .event = STR("created"),
		    .detail = STR("\"読み\"\n"),
		    .prev = prev};
		prev = hashes[i] = audit_hash(&arena, &e);
		paths[i].index = (uint64_t)i * 2 + 1;
		ledger_event_line(paths[i].index + 1, &e, prev, &lines);
	}
	for (int i = 0; i < 2 * EVENTS; i++) {
		struct sha256 leaf = ledger_leaf(i % 2 ? hashes[i / 2] : STR("of another contract"));
		merkle_add_for(&tree, &leaf, paths, EVENTS);
	}
	merkle_end_paths(&tree, paths, EVENTS);
	for (int i = 0; i < EVENTS; i++) {
		struct str nodes[MERKLE_LEVELS];
		for (unsigned k = 0; k < paths[i].n; k++)
			nodes[k] = str_make(paths[i].node[k].b, SHA256_LENGTH);
		buf_put(
		    &proofs, package_proof_line(&arena, paths[i].index + 1, hashes[i], nodes, paths[i].n));
	}
	struct sha256 root = merkle_root(&tree);
	m->root = sha256_hex(&arena, &root);
	m->j.p.events = arena_str(&arena, buf_str(&lines));
	m->j.p.proofs = arena_str(&arena, buf_str(&proofs));
	return m;
}

static void
events_are_proven_one_by_one(void **state)
{
	struct made *m = events();
	assert_true(judging_read_events(&m->j));
	assert_int_equal(m->j.events_n, EVENTS);
	assert_true(judging_check_proofs(&m->j, 2 * EVENTS, m->root));
}

static void
a_proof_leads_to_the_checkpoints_root(void **state)
{
	struct made *m = events();
	struct sha256 other = sha256_of(STR("another root"));
	assert_true(judging_read_events(&m->j));
	assert_false(judging_check_proofs(&m->j, 2 * EVENTS, sha256_hex(&arena, &other)));
	assert_int_equal(m->v.fault, PACKAGE_EVENT_UNPROVEN);
}

static void
proofs_that_are_none_are_refused(void **state)
{
	struct made *m = events();
	struct str line, rest = m->j.p.proofs;
	assert_true(judging_read_events(&m->j) && str_split(&rest, '\n', &line));
	const struct str bad[] = {STR_NONE, rest,
	    arena_printf(&arena, "%.*s\n%.*s", STR_ARG(line), STR_ARG(line)),
	    arena_printf(&arena, "%.*sx\n%.*s", STR_ARG(line), STR_ARG(rest)),
	    arena_printf(&arena, "%.*s \n%.*s", STR_ARG(line), STR_ARG(rest)),
	    arena_printf(&arena, "%.*s%.*s\n", STR_ARG(m->j.p.proofs), STR_ARG(line))};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		m->v.fault = PACKAGE_SOUND;
		m->j.p.proofs = bad[i];
		assert_false(judging_check_proofs(&m->j, 2 * EVENTS, m->root));
	}
}

static void
an_event_has_one_spelling(void **state)
{
	struct made *m = events();
	struct str s = m->j.p.events;
	m->j.p.events = arena_printf(&arena, "{ %.*s", STR_ARG(str_slice(s, 1, s.n)));
	assert_false(judging_read_events(&m->j));
	assert_int_equal(m->v.fault, PACKAGE_EVENT_UNREADABLE);
	struct made *again = events();
	again->j.p.events = str_slice(again->j.p.events, 0, again->j.p.events.n - 1);
	assert_false(judging_read_events(&again->j));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_contents_give_the_same_bytes),
	    cmocka_unit_test(a_file_is_read_from_its_descriptor),
	    cmocka_unit_test(bytes_are_held_to_the_list), cmocka_unit_test(what_is_no_package_is_unreadable),
	    cmocka_unit_test(events_are_proven_one_by_one),
	    cmocka_unit_test(a_proof_leads_to_the_checkpoints_root),
	    cmocka_unit_test(proofs_that_are_none_are_refused), cmocka_unit_test(an_event_has_one_spelling)};
	if (id_init() != OK)
		return 1;
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_free(&arena);
	return failed;
}
