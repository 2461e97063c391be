/* A token that is larger than the hole made for it. */
#include "forge.h"
#include "reader.h"
#include "tsa_kinds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LARGE = 40 << 10 };

static unsigned asked;

/* Nothing but bytes, in the outermost shape of a token; no two are of the same size. */
static enum err
large_token(struct tsa *t, struct str job, const struct sha256 *digest, struct arena *a, struct str *ret,
    int64_t *ret_time_ms)
{
	size_t n = LARGE + 7 * asked;
	unsigned char *der = arena_alloc(a, n + 4);

	der[0] = 0x30;
	der[1] = 0x82;
	der[2] = (unsigned char)(n >> 8);
	der[3] = (unsigned char)n;
	memset(der + 4, 0x05, n);
	asked++;
	*ret = str_make(der, n + 4);
	*ret_time_ms = 1;
	return OK;
}

static void
a_larger_token_is_given_more_room_once(void **state)
{
	static const enum pdf_sign_kind kinds[] = {PDF_SIGN_CERTIFY, PDF_SIGN_TIMESTAMP, PDF_SIGN_TIMESTAMP};
	static const char *const fields[] = {"platform", "concluded", "archived"};
	static const unsigned tokens[] = {2, 3, 4};
	struct tsa stub = {.token = large_token, .reserve = 8 << 10};
	struct buf file CLEANUP(buf_free) = {0};
	struct forge f;

	assert_true(forge_open(&f, KEY_P256));
	f.pades.tsa = &stub;
	forge_contract(&file);
	for (int i = 0; i < 3; i++) {
		size_t before = file.n;
		assert_int_equal(forge_sign(&f, kinds[i], fields[i], i == 0, &file), OK);
		assert_int_equal(asked, tokens[i]);
		struct pdf_signature s = forge_newest(&f, &file);
		assert_true(s.contents_at > before && s.contents.n > LARGE);
		assert_int_equal(s.range[2] + s.range[3], file.n); /* whole, and nothing of the first try */
		assert_int_equal(s.range[1], s.contents_at);
	}
	forge_close(&f);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_larger_token_is_given_more_room_once)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
