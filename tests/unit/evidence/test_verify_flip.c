/* Not one byte of a signed file can change without notice.
 *
 *     test_verify_flip [ALGORITHM] [FILTER]      every byte, in two ways that depend on its place
 *     test_verify_flip [ALGORITHM] FILTER all    every byte, in every way that a careless reader might
 * overlook
 */
#include "forge.h"
#include "verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include <cmocka.h>

enum { SMALL_FILE = 12 * 1024, TOLD = 100000 };

static struct forge forge;
static enum key_algorithm algorithm = KEY_P256;
static bool all_ways;

static int
open_forge(void **state)
{
	(void)state;
	return forge_open(&forge, algorithm) ? 0 : -1;
}

static int
close_forge(void **state)
{
	(void)state;
	forge_close(&forge);
	return 0;
}

static enum verdict
verdict_on(struct arena *a, const struct buf *file, struct str trust)
{
	struct verification v;

	arena_reset(a);
	assert_int_equal(verify_pdf(a, buf_str(file), trust, &v), OK);
	return v.verdict;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Inside a container every other digit, elsewhere a bit, the letter case, white space and NUL. */
static size_t
alternatives(char was, bool in_container, char ret[32])
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char plain[] = {(char)(was ^ 0x01), (char)(was ^ 0x20), (char)(was ^ 0x80), ' ', '\n', 0};
	const char *from = in_container ? digits : plain;
	size_t n = 0, from_n = in_container ? sizeof(digits) - 1 : sizeof(plain);

	for (size_t i = 0; i < from_n; i++)
		if (from[i] != was)
			ret[n++] = from[i];
	return n;
}

/* Of the alternatives, those that are tried at this place. */
static size_t
pick(size_t at, char others[32], size_t n)
{
	enum { TRIED = 2 };

	if (all_ways || n <= TRIED)
		return n;
	for (size_t i = 0; i < TRIED; i++)
		others[i] = others[i * (n / TRIED) + at % (n / TRIED)];
	return TRIED;
}

/* sha256WithRSAEncryption, the last digit of whose identifier turns it into rsaEncryption: RFC 3370 3.2 names
 * the same signature by either, other products write either, and nothing signs the name. */
static bool
is_equal_name(const struct buf *file, size_t at, char other)
{
	static const char name[] = "2a864886f70d01010b";
	size_t n = sizeof(name) - 1;

	return other == '1' && at + 1 >= n && strncasecmp(file->p + at + 1 - n, name, n - 1) == 0;
}

static unsigned
flip_all(struct buf *file, struct str trust)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct pdf_signature *all;
	struct pdf *pdf;
	size_t n;
	unsigned overlooked = 0;

	assert_int_equal(pdf_open(&forge.a, buf_str(file), NULL, &pdf), OK);
	assert_int_equal(pdf_signatures(&forge.a, pdf, &all, &n), OK);
	assert_int_equal(verdict_on(&a, file, trust), VERDICT_SOUND);
	for (size_t at = 0; at < file->n; at++) {
		bool in_container = false;
		char was = file->p[at], others[32];
		size_t others_n;

		for (size_t i = 0; i < n; i++)
			in_container =
			    in_container || (at > all[i].contents_at && at + 1 < all[i].contents_end);
		others_n = pick(at, others, alternatives(was, in_container && is_hex(was), others));
		for (size_t i = 0; i < others_n; i++) {
			if (in_container && is_equal_name(file, at, others[i]))
				continue;
			file->p[at] = others[i];
			if (verdict_on(&a, file, trust) == VERDICT_SOUND && overlooked++ < TOLD)
				print_message("byte %zu: 0x%02x may become 0x%02x%s\n", at,
				    (unsigned char)was, (unsigned char)others[i],
				    in_container ? " (container)" : "");
		}
		file->p[at] = was;
	}
	assert_int_equal(verdict_on(&a, file, trust), VERDICT_SOUND);
	return overlooked;
}

static void
no_byte_of_a_signed_file_may_change(void **state)
{
	struct buf file = {0};

	(void)state;
	forge_contract(&file);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "party", false, &file), OK);
	assert_in_range(file.n, 1, SMALL_FILE);
	assert_int_equal(flip_all(&file, STR_NONE), 0);
	buf_free(&file);
}

static void
nor_when_anchors_are_given(void **state)
{
	struct buf file = {0};

	(void)state;
	forge_contract(&file);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "party", false, &file), OK);
	assert_int_equal(flip_all(&file, forge_anchor(&forge)), 0);
	buf_free(&file);
}

static void
nor_of_a_timestamped_signature(void **state)
{
	struct buf file = {0};

	(void)state;
	forge_contract(&file);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_CERTIFY, "platform", true, &file), OK);
	assert_int_equal(flip_all(&file, STR_NONE), 0);
	buf_free(&file);
}

static void
nor_of_a_document_timestamp(void **state)
{
	struct buf file = {0};

	(void)state;
	forge_contract(&file);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_TIMESTAMP, "concluded", false, &file), OK);
	assert_int_equal(flip_all(&file, forge_anchor(&forge)), 0);
	buf_free(&file);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_byte_of_a_signed_file_may_change),
	    cmocka_unit_test(nor_when_anchors_are_given),
	    cmocka_unit_test(nor_of_a_timestamped_signature),
	    cmocka_unit_test(nor_of_a_document_timestamp),
	};

	if (argc > 1 && !key_algorithm_by_name(str_c(argv[1]), &algorithm))
		return 2;
	if (argc > 2)
		cmocka_set_test_filter(argv[2]);
	all_ways = argc > 3;
	return cmocka_run_group_tests(tests, open_forge, close_forge);
}
