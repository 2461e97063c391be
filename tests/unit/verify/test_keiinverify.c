/* The library for programs of others, as they see it: nothing of its inside is used here. */
#include "keiinverify.h"

#include "certificate.h"
#include "forge.h"
#include "id.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>

#include <cmocka.h>

static struct forge forge;
static struct buf contract, certificate;

static void
draw_certificate(void)
{
	struct sha256 d = sha256_of(buf_str(&contract));
	struct str hex = sha256_hex(&forge.a, &d);
	struct certificate c = {.number = STR("C-TEST"),
	    .document_id = STR("TEST"),
	    .title = STR("契約書"),
	    .issuer = STR("契印"),
	    .audit_json = arena_printf(&forge.a,
	        "{\"format\":\"keiin-certificate\",\"version\":1,\"contract\":{\"document_id\":\"TEST\","
	        "\"concluded\":{\"sha256\":\"%.*s\",\"bytes\":%zu}}}",
	        STR_ARG(hex), contract.n)};

	assert_int_equal(certificate_draw(&forge.a, &c, &certificate), OK);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "keiin-seal", true, &certificate), OK);
}

static int
open_files(void **state)
{
	(void)state;
	if (!forge_open(&forge, KEY_P256))
		return -1;
	forge_contract(&contract);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_CERTIFY, "keiin-certification", false, &contract), OK);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "party", true, &contract), OK);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_TIMESTAMP, "concluded", false, &contract), OK);
	draw_certificate();
	return 0;
}

static int
close_files(void **state)
{
	(void)state;
	buf_free(&contract);
	buf_free(&certificate);
	forge_close(&forge);
	return 0;
}

static struct keiinverify *
check(struct str bytes, const char *trust_pem)
{
	struct keiinverify *v = NULL;

	assert_int_equal(keiinverify_check(bytes.p, bytes.n, trust_pem, &v), KEIINVERIFY_OK);
	return v;
}

static void
the_header_and_the_library_are_of_one_version(void **state)
{
	(void)state;
	assert_string_equal(keiinverify_version(), KEIINVERIFY_VERSION);
}

static void
signatures_are_told(void **state)
{
	struct keiinverify *v = check(buf_str(&contract), NULL);
	const struct keiinverify_signature *s;

	(void)state;
	assert_int_equal(keiinverify_verdict(v), KEIINVERIFY_SOUND);
	assert_non_null(strstr(keiinverify_sentence(v, KEIINVERIFY_ENGLISH), "SOUND: 2 signatures"));
	assert_non_null(strstr(keiinverify_sentence(v, KEIINVERIFY_JAPANESE), "問題ありません"));
	assert_non_null(strstr(keiinverify_json(v), "\"verdict\": \"sound\""));
	assert_int_equal(strlen(keiinverify_sha256(v)), 64);
	assert_int_equal(keiinverify_signatures_n(v), 3);
	assert_null(keiinverify_signature(v, 3));
	assert_int_equal(keiinverify_signature(v, 0)->kind, KEIINVERIFY_CERTIFICATION);
	assert_int_equal(keiinverify_signature(v, 2)->kind, KEIINVERIFY_TIMESTAMP);
	s = keiinverify_signature(v, 1);
	assert_int_equal(s->kind, KEIINVERIFY_APPROVAL);
	assert_true(s->sound);
	assert_false(s->trusted);
	assert_string_equal(s->field, "party");
	assert_string_equal(s->signer, "Yamada Taro");
	assert_string_equal(s->level, "B-T");
	assert_string_equal(s->problem[KEIINVERIFY_JAPANESE], "");
	assert_string_equal(s->followed_by[KEIINVERIFY_JAPANESE], "このあとはタイムスタンプのみ");
	assert_true(s->claimed_ms > 0 && s->timestamp_ms > 0);
	assert_int_equal(s->revision, 3);
	assert_int_equal(strlen(s->certificate_sha256), 64);
	keiinverify_free(v);
}

static void
anchors_are_asked_for(void **state)
{
	struct str anchor = forge_anchor(&forge);
	struct keiinverify *v = check(buf_str(&contract), arena_cstr(&forge.a, anchor));

	(void)state;
	assert_true(keiinverify_signature(v, 1)->trusted);
	keiinverify_free(v);
	v = NULL;
	/* an empty file of anchors must not mean that none are asked for */
	assert_int_equal(keiinverify_check(contract.p, contract.n, "", &v), KEIINVERIFY_NO_ANCHOR);
	assert_int_equal(keiinverify_check(contract.p, contract.n, "none", &v), KEIINVERIFY_NO_ANCHOR);
	assert_null(v);
}

static void
what_was_changed_is_not_sound(void **state)
{
	struct buf changed = {0};
	struct keiinverify *v;

	(void)state;
	buf_put(&changed, buf_str(&contract));
	assert_true(forge_replace(&changed, 0, "595.276", "595.277"));
	v = check(buf_str(&changed), NULL);
	assert_int_equal(keiinverify_verdict(v), KEIINVERIFY_UNSOUND);
	assert_false(keiinverify_signature(v, 0)->sound);
	assert_string_equal(
	    keiinverify_signature(v, 0)->problem[KEIINVERIFY_ENGLISH], "the signed bytes were changed");
	keiinverify_free(v);
	buf_free(&changed);
}

/* Nothing, junk, a file of which only a part came, one that is past the bound: a verdict, and no crash. */
static void
junk_is_a_verdict(void **state)
{
	static const char junk[100] = "%PDF-1.7\n\xFF\xFE";
	size_t huge_n = (size_t)65 << 20;
	char *huge = calloc(1, huge_n);
	const struct str cases[] = {STR_NONE, str_make(junk, sizeof(junk)),
	    str_slice(buf_str(&contract), 0, contract.n / 2), str_make(huge, huge_n)};

	(void)state;
	assert_non_null(huge);
	memcpy(huge, contract.p, contract.n);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct keiinverify *v = check(cases[i], NULL);

		assert_int_not_equal(keiinverify_verdict(v), KEIINVERIFY_SOUND);
		keiinverify_free(v);
	}
	free(huge);
	keiinverify_free(NULL);
}

/* A million arrays in one another, and a count that says 2^31. */
static void
bombs_are_bounded(void **state)
{
	struct buf bomb = {0};
	struct keiinverify *v;

	(void)state;
	buf_put_c(&bomb, "%PDF-1.7\n1 0 obj\n");
	for (int i = 0; i < 1000000; i++)
		buf_put_c(&bomb, "[");
	buf_put_c(&bomb, "\nendobj\nxref\n0 2147483647\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n"
	                 "<</Size 2147483647/Root 1 0 R>>\nstartxref\n1000026\n%%EOF\n");
	v = check(buf_str(&bomb), NULL);
	assert_int_equal(keiinverify_verdict(v), KEIINVERIFY_UNREADABLE);
	keiinverify_free(v);
	buf_free(&bomb);
}

static void
pairs_are_told(void **state)
{
	struct keiinverify_pair *p = NULL;

	(void)state;
	assert_int_equal(
	    keiinverify_pair_check(certificate.p, certificate.n, contract.p, contract.n, NULL, &p),
	    KEIINVERIFY_OK);
	assert_int_equal(keiinverify_pair_verdict(p), KEIINVERIFY_PAIR_FITS);
	assert_non_null(strstr(keiinverify_pair_sentence(p, KEIINVERIFY_ENGLISH), "belong together"));
	assert_int_equal(keiinverify_signatures_n(keiinverify_pair_contract(p)), 3);
	assert_int_equal(keiinverify_signatures_n(keiinverify_pair_certificate(p)), 1);
	keiinverify_pair_free(p);
	assert_int_equal(
	    keiinverify_pair_check(contract.p, contract.n, contract.p, contract.n, NULL, &p), KEIINVERIFY_OK);
	assert_int_equal(keiinverify_pair_verdict(p), KEIINVERIFY_PAIR_NO_CERTIFICATE);
	keiinverify_pair_free(p);
	assert_int_equal(keiinverify_pair_check(contract.p, contract.n, contract.p, contract.n, "", &p),
	    KEIINVERIFY_NO_ANCHOR);
}

/* A program that uses OpenSSL itself looks at its thread's errors. */
static void
errors_of_openssl_are_not_left_behind(void **state)
{
	struct buf changed = {0};

	(void)state;
	ERR_clear_error();
	buf_put(&changed, buf_str(&contract));
	assert_true(forge_replace(&changed, 0, "595.276", "595.277"));
	keiinverify_free(check(buf_str(&changed), NULL));
	keiinverify_free(check(buf_str(&contract), arena_cstr(&forge.a, forge_anchor(&forge))));
	assert_int_equal(ERR_peek_error(), 0);
	buf_free(&changed);
}

static void *
check_often(void *failed)
{
	for (int i = 0; i < 5; i++) {
		struct keiinverify *v;

		if (keiinverify_check(contract.p, contract.n, NULL, &v) != KEIINVERIFY_OK ||
		    keiinverify_verdict(v) != KEIINVERIFY_SOUND)
			*(bool *)failed = true;
		else
			keiinverify_free(v);
	}
	return NULL;
}

static void
threads_do_not_meet(void **state)
{
	bool failed[3] = {false};
	pthread_t thread[3];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, check_often, &failed[i]), 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_false(failed[i]);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_header_and_the_library_are_of_one_version),
	    cmocka_unit_test(signatures_are_told),
	    cmocka_unit_test(anchors_are_asked_for),
	    cmocka_unit_test(what_was_changed_is_not_sound),
	    cmocka_unit_test(junk_is_a_verdict),
	    cmocka_unit_test(bombs_are_bounded),
	    cmocka_unit_test(pairs_are_told),
	    cmocka_unit_test(errors_of_openssl_are_not_left_behind),
	    cmocka_unit_test(threads_do_not_meet),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, open_files, close_files);
}
