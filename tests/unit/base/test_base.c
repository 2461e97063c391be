#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arena.h"
#include "buf.h"
#include "clock.h"
#include "hex.h"
#include "id.h"
#include "sha256_prefix.h"
#include "utf8.h"

static struct arena arena;

static int
empty_arena(void **state)
{
	arena_free(&arena);
	return 0;
}

static void
arena_refuses_what_passes_its_limit(void **state)
{
	struct arena small = {.limit = 1000};
	void *p;
	assert_int_equal(arena_try(&small, 10, 100, &p), OK);
	assert_int_equal(arena_try(&small, 1, 1, &p), ERR_NOMEM);
	assert_int_equal(arena_try(&small, SIZE_MAX / 2, 3, &p), ERR_NOMEM);
	arena_free(&small);
}

static void
a_growing_text_is_hashed_on(void **state)
{
	struct sha256_prefix p = {0};
	struct str whole = STR("one two three");
	struct sha256 expected = sha256_of(whole), got;
	got = sha256_prefix_digest(&p, str_slice(whole, 0, 4), str_slice(whole, 4, whole.n));
	assert_true(sha256_eq(&got, &expected));
	sha256_prefix_extend(&p, str_slice(whole, 0, 7));
	got = sha256_prefix_digest(&p, STR(" three"), STR_NONE);
	assert_true(sha256_eq(&got, &expected));
	sha256_prefix_extend(&p, whole);
	got = sha256_prefix_digest(&p, STR_NONE, STR_NONE);
	assert_true(sha256_eq(&got, &expected) && p.n == whole.n);
	sha256_prefix_free(&p);
}

static void
strings_split_and_number(void **state)
{
	struct str s = STR("a,,b"), head;
	assert_true(str_split(&s, ',', &head) && str_eq(head, STR("a")));
	assert_true(str_split(&s, ',', &head) && head.n == 0);
	assert_true(str_split(&s, ',', &head) && str_eq(head, STR("b")));
	assert_false(str_split(&s, ',', &head));
	unsigned long long v;
	assert_true(str_to_u64(STR("255"), 255, &v) && v == 255);
	assert_false(str_to_u64(STR("256"), 255, &v));
	assert_false(str_to_u64(STR("9"), 5, &v));
	assert_false(str_to_u64(STR("-1"), 5, &v));
	double d;
	assert_true(str_to_double(STR("-12.50"), &d) && d == -12.5);
	assert_false(str_to_double(STR("1e9"), &d));
	assert_false(str_to_double(STR("."), &d));
}

static void
digests_and_encodings_match_published_vectors(void **state)
{
	/* FIPS 180-2, "abc" */
	struct sha256 d = sha256_of(STR("abc"));
	assert_true(str_eq(
	    sha256_hex(&arena, &d), STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")));
	assert_true(str_eq(base64_encode(&arena, STR("foob"), 0), STR("Zm9vYg=="))); /* RFC 4648 10 */
	struct str read;
	assert_int_equal(base64_decode(&arena, STR("Zm9vYg=="), &read), OK);
	assert_true(str_eq(read, STR("foob")));
	assert_int_equal(base64_decode(&arena, STR("Zm9vYg="), &read), ERR_INVALID);
	assert_int_equal(base64_decode(&arena, STR("Zm9v Yg=="), &read), ERR_INVALID);
	assert_int_equal(base64_decode(&arena, STR("Zm9v-_=="), &read), ERR_INVALID);
	assert_true(str_eq(base64url_encode(&arena, STR("\xfb\xff")), STR("-_8")));
	unsigned char raw[2];
	assert_true(hex_decode(STR("00fF"), raw, 2) && raw[1] == 255);
	assert_false(hex_decode(STR("0"), raw, 2));
}

static void
names_keep_their_variants_and_lose_their_tricks(void **state)
{
	struct str s;
	assert_int_equal(utf8_line(&arena, STR("　葛󠄀城 太郎 "), 80, &s), OK);
	assert_true(str_eq(s, STR("葛󠄀城 太郎")));
	assert_int_equal(utf8_line(&arena, STR("evil\xe2\x80\xaegnp"), 80, &s), ERR_INVALID);
	assert_int_equal(utf8_line(&arena, STR("a\nb"), 80, &s), ERR_INVALID);
	assert_int_equal(utf8_line(&arena, STR("\xff"), 80, &s), ERR_INVALID);
	assert_int_equal(utf8_line(&arena, STR("あいう"), 2, &s), ERR_INVALID);
	assert_int_equal(utf8_text(&arena, STR("a\r\nb"), 80, &s), OK);
	assert_true(str_eq(s, STR("a\nb")));
	assert_int_equal(utf8_key(&arena, STR("１２３ ＡＢ"), &s), OK);
	assert_true(str_eq(s, STR("123 ab")));
}

static void
mail_addresses_are_plain(void **state)
{
	struct str s;
	assert_int_equal(utf8_mail(&arena, STR(" Taro.Yamada＠Example.CO.JP "), &s), OK);
	assert_true(str_eq(s, STR("Taro.Yamada@example.co.jp")));
	assert_int_equal(utf8_mail(&arena, STR("a@b\r\nBcc: c@d"), &s), ERR_INVALID);
	assert_int_equal(utf8_mail(&arena, STR("a b@c.jp"), &s), ERR_INVALID);
	assert_int_equal(utf8_mail(&arena, STR("@c.jp"), &s), ERR_INVALID);
	assert_int_equal(utf8_mail(&arena, STR("<a@c.jp>"), &s), ERR_INVALID);
}

static void
times_read_as_japan_writes_them(void **state)
{
	int64_t t = 1795395909000; /* 2026-11-23T01:05:09Z, a Monday */
	assert_true(str_eq(clock_iso(&arena, t), STR("2026-11-23T01:05:09Z")));
	assert_true(str_eq(clock_ja(&arena, t), STR("2026年11月23日(月) 10:05")));
	assert_true(str_eq(clock_rfc5322(&arena, t), STR("Mon, 23 Nov 2026 10:05:09 +0900")));
}

static void
ids_do_not_repeat(void **state)
{
	struct str a = id_new(&arena), b = id_new(&arena);
	assert_int_equal(a.n, ID_LENGTH);
	assert_false(str_eq(a, b));
}

int
main(void)
{
	if (id_init() != OK)
		return 1;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(arena_refuses_what_passes_its_limit, empty_arena),
	    cmocka_unit_test_teardown(a_growing_text_is_hashed_on, empty_arena),

	    cmocka_unit_test_teardown(strings_split_and_number, empty_arena),
	    cmocka_unit_test_teardown(digests_and_encodings_match_published_vectors, empty_arena),
	    cmocka_unit_test_teardown(names_keep_their_variants_and_lose_their_tricks, empty_arena),
	    cmocka_unit_test_teardown(mail_addresses_are_plain, empty_arena),
	    cmocka_unit_test_teardown(times_read_as_japan_writes_them, empty_arena),
	    cmocka_unit_test_teardown(ids_do_not_repeat, empty_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
