/* The verifier: what is good is called sound, and nothing else is. */
#include "forge.h"
#include "verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct forge forge;

static int
open_forge(void **state)
{
	(void)state;
	return forge_open(&forge, KEY_P256) ? 0 : -1;
}

static int
close_forge(void **state)
{
	(void)state;
	forge_close(&forge);
	return 0;
}

static struct verification
verify(const struct buf *file, struct str trust)
{
	struct verification v;

	assert_int_equal(verify_pdf(&forge.a, buf_str(file), trust, &v), OK);
	return v;
}

static void
assert_sound(const struct buf *file)
{
	struct verification v = verify(file, STR_NONE);

	if (v.verdict != VERDICT_SOUND)
		fail_msg("not sound: %.*s", STR_ARG(v.problem));
}

static void
assert_problem(const struct buf *file, const char *problem)
{
	struct verification v = verify(file, STR_NONE);

	assert_int_not_equal(v.verdict, VERDICT_SOUND);
	if (str_find(v.problem, str_c(problem)) < 0)
		fail_msg("refused, but for \"%.*s\" instead of \"%s\"", STR_ARG(v.problem), problem);
}

/* Certification, approval, document timestamp. */
static void
whole_contract(struct buf *file)
{
	forge_contract(file);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_CERTIFY, "platform", false, file), OK);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "party", true, file), OK);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_TIMESTAMP, "concluded", false, file), OK);
}

static void
approved(struct buf *file)
{
	forge_contract(file);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "party", true, file), OK);
}

static void
a_whole_contract_is_sound(void **state)
{
	struct buf file = {0};
	struct verification v;

	(void)state;
	whole_contract(&file);
	assert_sound(&file);
	v = verify(&file, STR_NONE);
	assert_int_equal(v.signatures_n, 3);
	assert_int_equal(v.revisions, 4);
	assert_true(str_eq(v.signatures[0].kind, STR("certification")));
	assert_true(str_eq(v.signatures[0].followed_by, STR("signatures")));
	assert_true(str_eq(v.signatures[1].kind, STR("approval")));
	assert_true(str_eq(v.signatures[1].followed_by, STR("timestamps")));
	assert_true(str_eq(v.signatures[1].level, STR("B-T")));
	assert_true(str_eq(v.signatures[1].signer, STR("Yamada Taro")));
	assert_true(str_starts(v.signatures[1].claimed_time, STR("20")));
	assert_true(str_eq(v.signatures[2].level, STR("DTS")));
	assert_true(str_eq(v.signatures[2].followed_by, STR("nothing")));
	assert_int_equal(v.signatures[2].covered_bytes, file.n);
	for (size_t i = 0; i < 3; i++) {
		assert_true(v.signatures[i].sound);
		assert_false(v.signatures[i].trusted);
	}
	v = verify(&file, forge_anchor(&forge));
	assert_int_equal(v.verdict, VERDICT_SOUND);
	for (size_t i = 0; i < 3; i++)
		assert_true(v.signatures[i].trusted);
	buf_free(&file);
}

/* One change to a container at a time; what OpenSSL writes with nothing wrong is sound. */
static void
containers_are_judged(void **state)
{
	static const struct {
		struct container how;
		const char *problem;
	} cases[] = {
	    {{.signers = 1}, NULL},
	    {{.signers = 0}, "digest algorithm"},
	    {{.signers = 2}, "exactly one signer"},
	    {{.signers = 1, .plain = true}, "signing-certificate-v2"},
	    {{.signers = 1, .attribute = true}, "unsigned attributes"},
	};
	struct buf file = {0};

	(void)state;
	approved(&file);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(forge_container(&forge, &cases[i].how, &file));
		if (cases[i].problem)
			assert_problem(&file, cases[i].problem);
		else
			assert_sound(&file);
	}
	buf_free(&file);
}

static void
weak_digests_are_refused(void **state)
{
	const EVP_MD *const weak[] = {EVP_sha1(), EVP_sha224()};
	const EVP_MD *const strong[] = {EVP_sha256(), EVP_sha384(), EVP_sha512()};
	struct buf file = {0};

	(void)state;
	approved(&file);
	for (size_t i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) {
		assert_true(
		    forge_container(&forge, &(struct container){.signers = 1, .digest = weak[i]}, &file));
		assert_problem(&file, "the digest algorithm is weak or unknown");
	}
	for (size_t i = 0; i < sizeof(strong) / sizeof(strong[0]); i++) {
		assert_true(
		    forge_container(&forge, &(struct container){.signers = 1, .digest = strong[i]}, &file));
		assert_sound(&file);
	}
	buf_free(&file);
}

/* The range of the newest signature, in numbers that take the same room. */
static void
set_range(struct buf *file, const struct pdf_signature *s, long long a, long long b, long long c, long long d)
{
	ptrdiff_t at = str_find_last(str_slice(buf_str(file), 0, s->contents_at), STR("/ByteRange"));
	char text[128];
	char *open, *close;
	int n;

	assert_true(at >= 0);
	open = memchr(file->p + at, '[', file->n - (size_t)at);
	close = memchr(open, ']', file->n - (size_t)(open - file->p));
	n = snprintf(text, sizeof(text), "%lld %lld %lld %lld", a, b, c, d);
	assert_in_range(n, 1, close - open - 1);
	memset(open + 1, ' ', (size_t)(close - open - 1));
	memcpy(open + 1, text, (size_t)n);
}

/* Universal signature forgery: ranges and containers that say nothing. */
static void
ranges_that_say_nothing_are_refused(void **state)
{
	static const struct {
		long long add[4];
		const char *problem;
	} cases[] = {
	    {{1, -1, 0, 0}, "leaves out more than the container"},
	    {{0, -1, 0, 0}, "leaves out more than the container"},
	    {{0, 0, 1, -1}, "leaves out more than the container"},
	    {{0, 0, 0, -1}, "does not cover a whole revision"},
	};
	static const char *const broken[][2] = {
	    {"/ByteRange[", "/ByteRangf["},
	    {"/ByteRange[", "/ByteRange{"},
	    {"/Contents<", "/Contentz<"},
	    {"/SubFilter/ETSI.CAdES.detached", "/SubFilter/ETSI.CAdES.attached"},
	};
	struct buf file = {0}, copy = {0};
	struct pdf_signature s;

	(void)state;
	approved(&file);
	s = forge_newest(&forge, &file);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		copy.n = 0;
		buf_put(&copy, buf_str(&file));
		set_range(&copy, &s, s.range[0] + cases[i].add[0], s.range[1] + cases[i].add[1],
		    s.range[2] + cases[i].add[2], s.range[3] + cases[i].add[3]);
		assert_problem(&copy, cases[i].problem);
	}
	set_range(&copy, &s, 0, 9, 9, 99999999);
	assert_problem(&copy, "leaves the file");
	set_range(&copy, &s, 0, 9, 9, -1);
	assert_problem(&copy, "leaves the file");
	set_range(&copy, &s, -1, 9, 9, 9);
	assert_problem(&copy, "leaves the file");
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		copy.n = 0;
		buf_put(&copy, buf_str(&file));
		assert_true(forge_replace(&copy, 0, broken[i][0], broken[i][1]));
		assert_int_not_equal(verify(&copy, STR_NONE).verdict, VERDICT_SOUND);
	}
	buf_free(&file);
	buf_free(&copy);
}

/* A range that ends early, signed again by the key itself: the rest of its revision is signed by nobody. */
static void
a_signature_covers_its_whole_revision(void **state)
{
	struct buf file = {0};
	struct pdf_signature s;

	(void)state;
	approved(&file);
	s = forge_newest(&forge, &file);
	set_range(&file, &s, s.range[0], s.range[1], s.range[2], s.range[3] - 6);
	assert_true(forge_container(&forge, &(struct container){.signers = 1}, &file));
	assert_problem(&file, "does not cover a whole revision");
	buf_free(&file);
}

static void
nothing_hides_behind_a_container(void **state)
{
	struct buf file = {0};
	struct pdf_signature s;

	(void)state;
	approved(&file);
	s = forge_newest(&forge, &file);
	assert_int_equal(file.p[s.contents_end - 2], '0');
	file.p[s.contents_end - 2] = '1';
	assert_problem(&file, "followed by other bytes");
	buf_free(&file);
}

static void
signed_bytes_may_not_change(void **state)
{
	struct buf file = {0};

	(void)state;
	approved(&file);
	assert_true(forge_replace(&file, 0, "595.276", "595.277"));
	assert_problem(&file, "the signed bytes were changed");
	buf_free(&file);
}

/* Incremental saving and shadow attacks: a later revision that is no signature. */
static void
later_revisions_may_only_sign(void **state)
{
	static const struct {
		unsigned num;
		const char *text, *problem;
	} cases[] = {
	    {3, "<</Type/Page/Parent 2 0 R/Resources<<>>/Contents 4 0 R>>", "changed after signing"},
	    {3, "<</Type/Page/Parent 2 0 R/Resources<<>>/Rotate 90>>", "changed after signing"},
	    {2, "<</Type/Pages/Count 2/Kids[3 0 R 3 0 R]/MediaBox[0 0 595.276 841.89]>>", "broken"},
	    {1, "<</Type/Catalog/Pages 2 0 R/Lang<FEFF006A0061>>>", "an earlier signature was taken out"},
	    {1, "<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(1)>>>>",
	        "an earlier signature was taken out"},
	    {4, "null", "an earlier signature was taken out"},
	};
	struct buf file = {0}, copy = {0};

	(void)state;
	approved(&file);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		copy.n = 0;
		buf_put(&copy, buf_str(&file));
		forge_update(&copy, cases[i].num, cases[i].text);
		assert_problem(&copy, cases[i].problem);
		/* Nor does a signature over the change heal what it did to the earlier one. */
		if (forge_sign(&forge, PDF_SIGN_APPROVE, "second", false, &copy) == OK)
			assert_problem(&copy, cases[i].problem);
	}
	copy.n = 0;
	buf_put(&copy, buf_str(&file));
	buf_put_c(&copy, "% a comment\n");
	assert_int_not_equal(verify(&copy, STR_NONE).verdict, VERDICT_SOUND);
	buf_free(&file);
	buf_free(&copy);
}

/* A container of another document, with its timestamp, signs nothing here. */
static void
a_copied_container_does_not_fit(void **state)
{
	struct buf file = {0}, other = {0};
	struct pdf_signature from, to;

	(void)state;
	approved(&file);
	forge_contract(&other);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "other", true, &other), OK);
	from = forge_newest(&forge, &file);
	to = forge_newest(&forge, &other);
	assert_true(forge_fill(&other, &to, (const unsigned char *)from.contents.p, from.contents.n));
	assert_problem(&other, "the signed bytes were changed");
	buf_free(&file);
	buf_free(&other);
}

/* Somebody else's certificate holds together by itself, and the report says that this is all it knows; once
 * an anchor is given it is refused. */
static void
somebody_elses_certificate_needs_an_anchor(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *leaf = forge_certificate(key, EVP_sha256());
	struct buf file = {0};
	struct verification v;

	(void)state;
	assert_non_null(leaf);
	approved(&file);
	assert_true(
	    forge_container(&forge, &(struct container){.signers = 1, .key = key, .leaf = leaf}, &file));
	v = verify(&file, STR_NONE);
	assert_int_equal(v.verdict, VERDICT_SOUND);
	assert_false(v.anchored);
	assert_false(v.signatures[0].trusted);
	assert_true(str_find(verify_report(&forge.a, &v, true), STR("was not checked")) > 0);
	v = verify(&file, forge_anchor(&forge));
	assert_int_equal(v.verdict, VERDICT_UNSOUND);
	assert_true(str_eq(v.problem, STR("the chain of certificates does not end in a given anchor")));
	buf_free(&file);
	X509_free(leaf);
	EVP_PKEY_free(key);
}

/* Nor does somebody else's timestamp count then, inside a signature or by itself. */
static void
somebody_elses_timestamp_needs_an_anchor(void **state)
{
	struct tsa *own = forge.pades.tsa;
	struct forge other;
	struct buf file = {0};
	struct verification v;

	(void)state;
	assert_true(forge_open(&other, KEY_P256));
	for (int alone = 0; alone < 2; alone++) {
		forge_contract(&file);
		forge.pades.tsa = other.pades.tsa;
		assert_int_equal(
		    forge_sign(&forge, alone ? PDF_SIGN_TIMESTAMP : PDF_SIGN_APPROVE, "party", !alone, &file),
		    OK);
		forge.pades.tsa = own;
		assert_sound(&file);
		v = verify(&file, forge_anchor(&forge));
		assert_int_equal(v.verdict, VERDICT_UNSOUND);
		assert_true(str_eq(v.problem, STR("the timestamp's chain does not end in a given anchor")));
		buf_free(&file);
	}
	forge_close(&other);
}

static void
the_report_speaks_japanese(void **state)
{
	struct buf file = {0};
	struct verification v;
	struct str text;

	(void)state;
	approved(&file);
	forge_update(&file, 3, "<</Type/Page/Parent 2 0 R/Resources<<>>/Rotate 90>>");
	v = verify(&file, STR_NONE);
	text = verify_report(&forge.a, &v, false);
	assert_true(str_starts(text, STR("問題があります：署名後に変更されています（ページの変更）。")));
	buf_free(&file);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_contract_is_sound),
	    cmocka_unit_test(containers_are_judged),
	    cmocka_unit_test(weak_digests_are_refused),
	    cmocka_unit_test(ranges_that_say_nothing_are_refused),
	    cmocka_unit_test(a_signature_covers_its_whole_revision),
	    cmocka_unit_test(nothing_hides_behind_a_container),
	    cmocka_unit_test(signed_bytes_may_not_change),
	    cmocka_unit_test(later_revisions_may_only_sign),
	    cmocka_unit_test(a_copied_container_does_not_fit),
	    cmocka_unit_test(somebody_elses_certificate_needs_an_anchor),
	    cmocka_unit_test(somebody_elses_timestamp_needs_an_anchor),
	    cmocka_unit_test(the_report_speaks_japanese),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, open_forge, close_forge);
}
