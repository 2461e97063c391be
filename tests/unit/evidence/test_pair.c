/* A contract and its certificate: they belong together, or the verdict says which of the two does not fit. */
#include "certificate.h"
#include "forge.h"
#include "pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct forge forge;
static struct buf contract, other, certificate;

static void
signed_contract(struct buf *file, const char *party)
{
	forge_contract(file);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_CERTIFY, "keiin-certification", false, file), OK);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, party, false, file), OK);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_TIMESTAMP, "keiin-timestamp", false, file), OK);
}

static void
drawn(const char *json, struct buf *file)
{
	struct certificate c = {.number = STR("C-TEST"),
	    .document_id = STR("TEST"),
	    .title = STR("契約書"),
	    .issuer = STR("契印"),
	    .audit_json = str_c(json)};

	assert_int_equal(certificate_draw(&forge.a, &c, file), OK);
}

static const char *
statement(const struct buf *about)
{
	struct sha256 d = sha256_of(buf_str(about));
	struct str hex = sha256_hex(&forge.a, &d);

	return arena_printf(&forge.a,
	    "{\"format\":\"keiin-certificate\",\"version\":1,\"contract\":{\"document_id\":\"TEST\","
	    "\"concluded\":{\"sha256\":\"%.*s\",\"bytes\":%zu}},\"more\":[]}",
	    STR_ARG(hex), about->n)
	    .p;
}

static int
open_files(void **state)
{
	(void)state;
	if (!forge_open(&forge, KEY_P256))
		return -1;
	signed_contract(&contract, "kp-1-1");
	signed_contract(&other, "kp-1-2");
	drawn(statement(&contract), &certificate);
	return forge_sign(&forge, PDF_SIGN_APPROVE, "keiin-seal", true, &certificate) == OK ? 0 : -1;
}

static int
close_files(void **state)
{
	(void)state;
	buf_free(&contract);
	buf_free(&other);
	buf_free(&certificate);
	forge_close(&forge);
	return 0;
}

static struct pair
pair_of(struct str first, struct str second)
{
	struct pair p;

	assert_int_equal(pair_check(&forge.a, first, second, STR_NONE, &p), OK);
	assert_true(pair_sentence(&forge.a, &p, false).n && pair_sentence(&forge.a, &p, true).n);
	return p;
}

static void
assert_pair(struct str first, struct str second, enum pair_verdict verdict)
{
	struct pair p = pair_of(first, second);

	if (p.verdict != verdict)
		fail_msg("%s instead of %s: %.*s", pair_name(p.verdict), pair_name(verdict),
		    STR_ARG(pair_sentence(&forge.a, &p, true)));
}

static void
a_pair_fits_in_either_order(void **state)
{
	struct pair p;

	(void)state;
	p = pair_of(buf_str(&contract), buf_str(&certificate));
	assert_int_equal(p.verdict, PAIR_FITS);
	assert_false(p.swapped);
	assert_true(str_eq(p.document_id, STR("TEST")));
	p = pair_of(buf_str(&certificate), buf_str(&contract));
	assert_int_equal(p.verdict, PAIR_FITS);
	assert_true(p.swapped);
	assert_int_equal(p.contract.signatures_n, 3);
	assert_int_equal(pair_status(&p), 0);
	assert_int_equal(
	    pair_check(&forge.a, buf_str(&contract), buf_str(&certificate), forge_anchor(&forge), &p), OK);
	assert_int_equal(p.verdict, PAIR_FITS);
	assert_true(p.certificate.signatures[0].trusted);
}

static void
a_contract_that_grew_still_fits(void **state)
{
	struct buf grown = {0};

	(void)state;
	buf_put(&grown, buf_str(&contract));
	assert_int_equal(forge_sign(&forge, PDF_SIGN_TIMESTAMP, "archive", false, &grown), OK);
	assert_pair(buf_str(&grown), buf_str(&certificate), PAIR_FITS);
	buf_free(&grown);
}

static void
another_contract_does_not(void **state)
{
	(void)state;
	assert_pair(buf_str(&other), buf_str(&certificate), PAIR_OTHER_CONTRACT);
	assert_pair(buf_str(&certificate), buf_str(&other), PAIR_OTHER_CONTRACT);
}

/* A form from before the conclusion is sound, and shorter than what the certificate states. */
static void
an_earlier_form_does_not(void **state)
{
	struct buf early = {0};

	(void)state;
	forge_contract(&early);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_CERTIFY, "keiin-certification", false, &early), OK);
	assert_pair(buf_str(&early), buf_str(&certificate), PAIR_OTHER_CONTRACT);
	buf_free(&early);
}

static void
one_altered_byte_names_the_file(void **state)
{
	struct buf altered = {0};
	struct pair p;

	(void)state;
	buf_put(&altered, buf_str(&contract));
	assert_true(forge_replace(&altered, 0, "/MediaBox", "/mediaBox"));
	assert_pair(buf_str(&altered), buf_str(&certificate), PAIR_CONTRACT_UNSOUND);
	altered.n = 0;
	buf_put(&altered, buf_str(&certificate));
	assert_true(forge_replace(&altered, 0, "/Producer(Keiin)", "/Producer(Forge)"));
	p = pair_of(buf_str(&altered), buf_str(&contract));
	assert_int_equal(p.verdict, PAIR_CERTIFICATE_UNSOUND);
	assert_int_equal(pair_status(&p), 1);
	buf_free(&altered);
}

/* Whatever is attached to it: only the seal of a certificate makes one. */
static void
what_is_not_sealed_as_a_certificate_is_none(void **state)
{
	struct buf file = {0};

	(void)state;
	drawn(statement(&contract), &file);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "kp-1-1", true, &file), OK);
	assert_pair(buf_str(&contract), buf_str(&file), PAIR_CERTIFICATE_UNSOUND);
	file.n = 0;
	drawn("{\"events\":[]}", &file);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "keiin-seal", true, &file), OK);
	assert_pair(buf_str(&contract), buf_str(&file), PAIR_CERTIFICATE_UNSOUND);
	file.n = 0;
	drawn("{\"format\":\"keiin-certificate\",\"contract\":{\"document_id\":\"TEST\",\"concluded\":{"
	      "\"sha256\":"
	      "\"zz\",\"bytes\":-1}}}",
	    &file);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "keiin-seal", true, &file), OK);
	assert_pair(buf_str(&contract), buf_str(&file), PAIR_CERTIFICATE_UNSOUND);
	buf_free(&file);
}

static void
two_of_a_kind_are_no_pair(void **state)
{
	struct pair p;

	(void)state;
	assert_pair(buf_str(&contract), buf_str(&other), PAIR_NO_CERTIFICATE);
	assert_pair(buf_str(&certificate), buf_str(&certificate), PAIR_NO_CONTRACT);
	p = pair_of(buf_str(&contract), STR("no PDF"));
	assert_int_equal(p.verdict, PAIR_NO_CERTIFICATE);
	assert_int_equal(pair_status(&p), 2);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_pair_fits_in_either_order),
	    cmocka_unit_test(a_contract_that_grew_still_fits),
	    cmocka_unit_test(another_contract_does_not),
	    cmocka_unit_test(an_earlier_form_does_not),
	    cmocka_unit_test(one_altered_byte_names_the_file),
	    cmocka_unit_test(what_is_not_sealed_as_a_certificate_is_none),
	    cmocka_unit_test(two_of_a_kind_are_no_pair),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, open_files, close_files);
}
