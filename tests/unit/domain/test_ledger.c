/* The log of all events: tree hashes, proofs, and the check that names the first fault. */
#include "hex.h"
#include "ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LEAVES = 8 };
static struct arena arena;

/* The leaves and roots that implementations of RFC 6962 and 9162 test themselves with. */
static const struct str inputs[LEAVES] = {{"", 0}, {"\x00", 1}, {"\x10", 1}, {"\x20\x21", 2}, {"\x30\x31", 2},
    {"\x40\x41\x42\x43", 4}, {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16}};
static const char *const roots[LEAVES + 1] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

static void
roots_are_those_of_the_standard(void **state)
{
	struct merkle m = {0};
	for (int i = 0;; i++) {
		struct sha256 root = merkle_root(&m);
		assert_true(str_eq(sha256_hex(&arena, &root), str_c(roots[i])));
		struct merkle again;
		assert_true(merkle_decode(merkle_encode(&arena, &m), &again));
		root = merkle_root(&again);
		assert_true(str_eq(sha256_hex(&arena, &root), str_c(roots[i])));
		if (i == LEAVES)
			break;
		struct sha256 leaf = merkle_leaf(inputs[i]);
		merkle_add(&m, &leaf);
	}
}

static struct merkle
tree_of(unsigned n, struct merkle_path *paths)
{
	struct merkle m = {0};
	for (unsigned i = 0; i < n; i++) {
		struct sha256 leaf = merkle_leaf(inputs[i]);
		merkle_add_for(&m, &leaf, paths, n);
	}
	merkle_end_paths(&m, paths, n);
	return m;
}

/* Every leaf of every tree up to eight leaves; some of the paths are those of the implementations' tests. */
static void
every_leaf_has_a_path_to_the_root(void **state)
{
	static const char *const known[] = {
	    "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
	    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"};
	for (unsigned n = 1; n <= LEAVES; n++) {
		struct merkle_path paths[LEAVES] = {{0}};
		for (unsigned i = 0; i < n; i++)
			paths[i].index = i;
		struct merkle m = tree_of(n, paths);
		struct sha256 root = merkle_root(&m), got;
		for (unsigned i = 0; i < n; i++) {
			struct sha256 leaf = merkle_leaf(inputs[i]), other = merkle_leaf(STR("other"));
			assert_true(merkle_path_root(&paths[i], n, &leaf, &got) && sha256_eq(&got, &root));
			assert_true(merkle_path_root(&paths[i], n, &other, &got));
			assert_false(sha256_eq(&got, &root));
		}
		if (n != 3)
			continue;
		/* of the third of three: what stands left of it; of the first: the second, then the third */
		assert_int_equal(paths[2].n, 1);
		assert_true(str_eq(sha256_hex(&arena, &paths[2].node[0]), str_c(known[1])));
		assert_int_equal(paths[0].n, 2);
		assert_true(str_eq(sha256_hex(&arena, &paths[0].node[1]), str_c(known[0])));
	}
}

static void
a_path_of_another_length_is_none(void **state)
{
	struct merkle_path paths[7] = {{0}};
	struct sha256 leaf = merkle_leaf(inputs[6]), got;
	for (unsigned i = 0; i < 7; i++)
		paths[i].index = i;
	tree_of(7, paths);
	struct merkle_path p = paths[6];
	assert_int_equal(p.n, 2);
	assert_true(merkle_path_root(&p, 7, &leaf, &got));
	assert_false(merkle_path_root(&p, 6, &leaf, &got)); /* not in that tree */
	assert_false(merkle_path_root(&p, 8, &leaf, &got));
	p.n = 1;
	assert_false(merkle_path_root(&p, 7, &leaf, &got));
	p.n = 3;
	assert_false(merkle_path_root(&p, 7, &leaf, &got));
	p.n = MERKLE_LEVELS + 1;
	assert_false(merkle_path_root(&p, 7, &leaf, &got));
	assert_false(merkle_path_root(&paths[0], 0, &leaf, &got));
}

static void
trees_that_are_none_are_refused(void **state)
{
	static const char *const bad[] = {"", "x", "1", "1 ab", "0 ", "2 zz", "-1", "99999999999999999999",
	    "1 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d more"};
	struct merkle m;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(merkle_decode(str_c(bad[i]), &m) && i != 4);
}

/* ---- checking a log ---- */
enum { EVENTS = 12, CONTRACTS = 3 };
struct log {
	struct audit_event events[EVENTS];
	struct str hashes[EVENTS];
	struct str roots[EVENTS + 1];
};

/* Every hash, from the events as they stand. */
static void
hash_again(struct log *l)
{
	struct merkle m = {0};
	struct str heads[CONTRACTS] = {{0}};
	for (int i = 0; i < EVENTS; i++) {
		struct sha256 leaf;
		l->events[i].prev = heads[i % CONTRACTS];
		l->hashes[i] = heads[i % CONTRACTS] = audit_hash(&arena, &l->events[i]);
		leaf = ledger_leaf(l->hashes[i]);
		merkle_add(&m, &leaf);
		struct sha256 root = merkle_root(&m);
		l->roots[i + 1] = sha256_hex(&arena, &root);
	}
}

static struct log
good_log(void)
{
	static const char *const names[CONTRACTS] = {"a", "b", "c"};
	struct log l = {0};
	for (int i = 0; i < EVENTS; i++)
		l.events[i] = (struct audit_event){.envelope = str_c(names[i % CONTRACTS]),
		    .seq = i / CONTRACTS + 1,
		    .at_ms = 1000 + i,
		    .event = STR("opened"),
		    .actor = STR("Yamada")};
	hash_again(&l);
	return l;
}

/* Looks at events [from, to) of the log with the checkpoints of another at 4, 8 and 12. */
static struct ledger_check
check(const struct log *l, const struct log *signed_roots, int to)
{
	struct ledger_check c = {.a = &arena};
	bool good = true;
	for (int i = 0; good && i < to; i++) {
		good = ledger_check_event(&c, (uint64_t)i + 1, &l->events[i], l->hashes[i]);
		if (good && signed_roots && (i + 1) % 4 == 0)
			good = ledger_check_root(&c, (uint64_t)i + 1, signed_roots->roots[i + 1]);
	}
	if (good)
		(void)ledger_check_end(&c, signed_roots ? EVENTS : 0);
	return c;
}

static void
a_good_log_is_sound(void **state)
{
	struct log l = good_log();
	struct ledger_check c = check(&l, &l, EVENTS);
	assert_int_equal(c.fault, LEDGER_SOUND);
	assert_int_equal(c.anchored, EVENTS);
}

static void
what_was_altered_is_named(void **state)
{
	for (int i = 0; i < EVENTS; i++) {
		struct log l = good_log(), good = l;
		l.events[i].detail = STR("forged");
		struct ledger_check c = check(&l, &good, EVENTS);
		assert_int_equal(c.fault, LEDGER_ALTERED);
		assert_int_equal(c.position, i + 1);
	}
}

static void
an_event_replaced_with_its_hash_is_unchained(void **state)
{
	for (int i = 0; i + CONTRACTS < EVENTS; i++) {
		struct log l = good_log();
		l.events[i].detail = STR("forged");
		l.hashes[i] = audit_hash(&arena, &l.events[i]);
		struct ledger_check c = check(&l, NULL, EVENTS);
		assert_int_equal(c.fault, LEDGER_UNCHAINED);
		assert_int_equal(c.position, i + 1 + CONTRACTS);
	}
}

static void
a_log_made_anew_misses_its_root(void **state)
{
	for (int i = 0; i < EVENTS; i++) {
		struct log l = good_log(), good = l;
		l.events[i].detail = STR("forged");
		hash_again(&l);
		struct ledger_check c = check(&l, &good, EVENTS);
		assert_int_equal(c.fault, LEDGER_ROOT);
		assert_int_equal(c.position, i / 4 * 4 + 4);
		assert_int_equal(c.anchored, i / 4 * 4);
	}
}

static void
what_is_missing_or_twice_is_named(void **state)
{
	struct log l = good_log();
	struct ledger_check c = check(&l, &l, EVENTS - 1);
	assert_int_equal(c.fault, LEDGER_TRUNCATED);
	assert_int_equal(c.position, EVENTS);
	c = (struct ledger_check){.a = &arena};
	assert_true(ledger_check_event(&c, 1, &l.events[0], l.hashes[0]));
	assert_false(ledger_check_event(&c, 3, &l.events[2], l.hashes[2]));
	assert_int_equal(c.fault, LEDGER_MISSING);
	assert_false(ledger_check_event(&c, 2, &l.events[1], l.hashes[1])); /* the first fault stays */
	c = (struct ledger_check){.a = &arena};
	assert_true(ledger_check_event(&c, 1, &l.events[0], l.hashes[0]));
	assert_false(ledger_check_event(&c, 2, &l.events[0], l.hashes[0]));
	assert_int_equal(c.fault, LEDGER_REORDERED);
	c = (struct ledger_check){.a = &arena};
	assert_false(ledger_check_event(
	    &c, 1, &l.events[3], l.hashes[3])); /* a contract's second event, not its first */
	assert_int_equal(c.fault, LEDGER_MISSING);
}

static void
notes_are_read_strictly(void **state)
{
	uint64_t size;
	struct str root,
	    note = ledger_note(&arena, STR("https://keiin.example"), 7, str_c(roots[1]), 1764000000000);
	assert_true(ledger_note_read(note, &size, &root));
	assert_int_equal(size, 7);
	assert_true(str_eq(root, str_c(roots[1])));
	for (size_t n = 0; n < note.n; n++)
		assert_false(ledger_note_read(str_slice(note, 0, n), &size, &root));
	assert_false(ledger_note_read(arena_printf(&arena, "%.*smore\n", STR_ARG(note)), &size, &root));
}

static int
close_all(void **state)
{
	arena_free(&arena);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(roots_are_those_of_the_standard),
	    cmocka_unit_test(every_leaf_has_a_path_to_the_root),
	    cmocka_unit_test(a_path_of_another_length_is_none),
	    cmocka_unit_test(trees_that_are_none_are_refused),
	    cmocka_unit_test(a_good_log_is_sound),
	    cmocka_unit_test(what_was_altered_is_named),
	    cmocka_unit_test(an_event_replaced_with_its_hash_is_unchained),
	    cmocka_unit_test(a_log_made_anew_misses_its_root),
	    cmocka_unit_test(what_is_missing_or_twice_is_named),
	    cmocka_unit_test(notes_are_read_strictly),
	};
	return cmocka_run_group_tests(tests, NULL, close_all);
}
