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

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_whole_contract_is_sound),
	    cmocka_unit_test(containers_are_judged),
	    cmocka_unit_test(weak_digests_are_refused),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, open_forge, close_forge);
}
