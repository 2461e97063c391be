/* The platform's keys and certificates: made once, kept closely, and what they say of themselves. */
#include "keys_issue.h"
#include "keys_roll.h"
#include "ossl.h"
#include "scratch.h"

#include <dirent.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const FILES[] = {"ca.key", "ca.pem", "seal.key", "seal.pem", "tsa.key", "tsa.pem"};
enum { FILES_N = sizeof(FILES) / sizeof(FILES[0]) };

static struct scratch p256, rsa;

static int
open_both(void **state)
{
	(void)state;
	return scratch_open(&p256, KEY_P256) && scratch_open(&rsa, KEY_RSA3072) ? 0 : -1;
}

static int
close_both(void **state)
{
	(void)state;
	scratch_close(&p256);
	scratch_close(&rsa);
	return 0;
}

static const char *
key_file(struct scratch *s, const char *name)
{
	return arena_cstr(&s->a, arena_printf(&s->a, "%s/%s", s->key_dir, name));
}

static X509 *
certificate(struct scratch *s, const char *name)
{
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new_file(key_file(s, name), "r");
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

	assert_non_null(x);
	return x;
}

static void
keys_are_closed_to_others(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(p256.key_dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	for (size_t i = 0; i < FILES_N; i++) {
		assert_int_equal(stat(key_file(&p256, FILES[i]), &st), 0);
		assert_int_equal(st.st_mode & 07777, str_ends(str_c(FILES[i]), STR(".key")) ? 0400 : 0444);
	}
}

static void
repeating_changes_nothing(void **state)
{
	struct keys_subject other = {.organisation = STR("Another")};
	struct stat before[FILES_N], after;

	(void)state;
	for (size_t i = 0; i < FILES_N; i++)
		assert_int_equal(stat(key_file(&p256, FILES[i]), &before[i]), 0);
	assert_int_equal(keys_create(p256.key_dir, KEY_RSA3072, &other), OK);
	for (size_t i = 0; i < FILES_N; i++) {
		assert_int_equal(stat(key_file(&p256, FILES[i]), &after), 0);
		assert_int_equal(after.st_ino, before[i].st_ino);
		assert_int_equal(after.st_mtim.tv_nsec, before[i].st_mtim.tv_nsec);
	}
}

/* A run that was cut off before the root's certificate stood is done again; one that lost a file later is
 * not papered over with new keys. */
static void
whole_or_not_at_all(void **state)
{
	struct scratch s;
	struct keys_subject subject = {.organisation = STR("契印")};

	(void)state;
	assert_true(scratch_open(&s, KEY_P256));
	assert_int_equal(unlink(key_file(&s, "ca.pem")), 0);
	assert_int_equal(unlink(key_file(&s, "seal.key")), 0);
	assert_int_equal(keys_create(s.key_dir, KEY_P256, &subject), OK);
	assert_int_equal(certificates_load(&s.a, s.key_dir, &s.certs), OK);
	assert_int_equal(unlink(key_file(&s, "ca.key")), 0);
	assert_int_equal(keys_create(s.key_dir, KEY_P256, &subject), OK);
	assert_int_not_equal(access(key_file(&s, "ca.key"), F_OK), 0);
	assert_int_equal(unlink(key_file(&s, "tsa.key")), 0);
	assert_int_equal(keys_create(s.key_dir, KEY_P256, &subject), ERR_CONFIG);
	struct keys *keys = NULL;
	assert_int_not_equal(keys_load(s.key_dir, &keys), OK);
	assert_null(keys);
	scratch_close(&s);
}

static void
signs_and_verifies(struct scratch *s, enum key_id key, const char *pem)
{
	X509 *x CLEANUP(ossl_x509_free) = certificate(s, pem);
	struct sha256 digest = sha256_of(STR("契約書"));
	EVP_PKEY_CTX *ctx CLEANUP(ossl_pkey_ctx_free) = EVP_PKEY_CTX_new(X509_get0_pubkey(x), NULL);
	struct str signature;

	assert_int_equal(keys_sign(s->keys, key, &digest, &s->a, &signature), OK);
	assert_true(EVP_PKEY_verify_init(ctx) > 0);
	assert_true(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) > 0);
	assert_int_equal(
	    EVP_PKEY_verify(ctx, (const unsigned char *)signature.p, signature.n, digest.b, sizeof(digest.b)),
	    1);
	digest.b[7] ^= 1;
	assert_int_not_equal(
	    EVP_PKEY_verify(ctx, (const unsigned char *)signature.p, signature.n, digest.b, sizeof(digest.b)),
	    1);
}

static void
each_key_fits_its_certificate(void **state)
{
	(void)state;
	signs_and_verifies(&p256, KEY_SEAL, "seal.pem");
	signs_and_verifies(&p256, KEY_TSA, "tsa.pem");
	signs_and_verifies(&rsa, KEY_SEAL, "seal.pem");
	signs_and_verifies(&rsa, KEY_TSA, "tsa.pem");
	assert_int_equal(p256.certs.seal.algorithm, KEY_P256);
	assert_int_equal(rsa.certs.seal.algorithm, KEY_RSA3072);
	X509 *x CLEANUP(ossl_x509_free) = certificate(&rsa, "seal.pem");
	assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(x)), 3072);
}

static bool
is_critical(X509 *x, int nid)
{
	int at = X509_get_ext_by_NID(x, nid, -1);

	return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(x, at)) == 1;
}

static double
years_valid(X509 *x)
{
	int days, seconds;

	assert_true(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(x), X509_get0_notAfter(x)));
	return days / 365.25;
}

static void
assert_serial_is_random(X509 *x)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);

	assert_int_equal(ASN1_STRING_type(serial), V_ASN1_INTEGER); /* not negative */
	assert_int_equal(ASN1_STRING_length(serial), 16);
}

static void
certificates_say_what_they_are_for(void **state)
{
	X509 *ca CLEANUP(ossl_x509_free) = certificate(&p256, "ca.pem");
	X509 *seal CLEANUP(ossl_x509_free) = certificate(&p256, "seal.pem");
	X509 *tsa CLEANUP(ossl_x509_free) = certificate(&p256, "tsa.pem");

	(void)state;
	assert_int_equal(X509_check_ca(ca), 1);
	assert_true(is_critical(ca, NID_basic_constraints));
	assert_int_equal(X509_get_key_usage(ca), KU_KEY_CERT_SIGN | KU_CRL_SIGN);
	assert_int_equal(X509_check_ca(seal), 0);
	assert_true(is_critical(seal, NID_key_usage));
	assert_int_equal(X509_get_key_usage(seal), KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
	assert_int_equal(X509_get_extended_key_usage(seal), UINT32_MAX); /* none */
	assert_int_equal(X509_get_key_usage(tsa), KU_DIGITAL_SIGNATURE);
	assert_true(is_critical(tsa, NID_ext_key_usage));
	assert_int_equal(X509_get_extended_key_usage(tsa), XKU_TIMESTAMP);
	assert_int_equal(X509_check_purpose(tsa, X509_PURPOSE_TIMESTAMP_SIGN, 0), 1);
	assert_int_not_equal(X509_check_purpose(seal, X509_PURPOSE_TIMESTAMP_SIGN, 0), 1);
	X509 *const all[] = {ca, seal, tsa};
	for (size_t i = 0; i < 3; i++) {
		const ASN1_OCTET_STRING *authority = X509_get0_authority_key_id(all[i]);

		assert_int_equal(X509_check_issued(ca, all[i]), X509_V_OK);
		assert_int_equal(X509_verify(all[i], X509_get0_pubkey(ca)), 1);
		assert_serial_is_random(all[i]);
		assert_non_null(X509_get0_subject_key_id(all[i]));
		if (i)
			assert_int_equal(ASN1_OCTET_STRING_cmp(authority, X509_get0_subject_key_id(ca)), 0);
	}
	assert_int_not_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(seal), X509_get0_serialNumber(tsa)), 0);
	assert_true(years_valid(ca) > 19.9 && years_valid(ca) < 20.1);
	assert_true(years_valid(seal) > 9.9 && years_valid(seal) < 10.1);
	assert_true(years_valid(tsa) > 9.9 && years_valid(tsa) < 10.1);
}

static void
names_are_utf8(void **state)
{
	static const int nids[] = {NID_commonName, NID_organizationName};
	X509 *x CLEANUP(ossl_x509_free) = certificate(&p256, "seal.pem");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		X509_NAME *name = X509_get_subject_name(x);
		int at = X509_NAME_get_index_by_NID(name, nids[i], -1);

		assert_true(at >= 0);
		ASN1_STRING *text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
		assert_int_equal(ASN1_STRING_type(text), V_ASN1_UTF8STRING);
		struct str s = str_make(ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text));
		assert_true(str_starts(s, STR("株式会社 試験")));
	}
}

/* No organisation breaks the making of keys: empty, far too long, at the border of a character. */
static void
any_organisation_will_do(void **state)
{
	static const size_t lengths[] = {0, 1, 52, 63, 64, 65, 500};
	char text[3 * 500];

	(void)state;
	for (size_t i = 0; i < 500; i++)
		memcpy(text + 3 * i, "\xE5\xA5\x91", 3);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct keys_subject subject = {.organisation = str_make(text, 3 * lengths[i])};
		const char *dir = scratch_path(&p256, "other");
		struct certificates certs;

		assert_int_equal(keys_create(dir, KEY_P256, &subject), OK);
		assert_int_equal(certificates_load(&p256.a, dir, &certs), OK);
		for (size_t f = 0; f < FILES_N; f++)
			unlink(arena_cstr(&p256.a, arena_printf(&p256.a, "%s/%s", dir, FILES[f])));
		rmdir(dir);
	}
}

/* Only where people can reach it is it said where to ask about a certificate; of the root nobody asks. */
static void
certificates_say_where_to_ask(void **state)
{
	struct keys_subject subject = {
	    .organisation = STR("Keiin"), .base_url = STR("https://keiin.example.jp")};
	const char *dir = scratch_path(&p256, "asked"), *said;
	struct str text;

	(void)state;
	assert_int_equal(keys_create(dir, KEY_P256, &subject), OK);
	for (size_t f = 1; f < FILES_N; f += 2) {
		const char *file = arena_cstr(&p256.a, arena_printf(&p256.a, "%s/%s", dir, FILES[f]));
		const char *const argv[] = {"openssl", "x509", "-in", file, "-noout", "-text", NULL};

		assert_int_equal(scratch_run(&p256, argv, &text), 0);
		said = arena_cstr(&p256.a, text);
		bool root = f == 1;
		assert_int_equal(strstr(said, "OCSP - URI:https://keiin.example.jp/ocsp\n") != NULL, !root);
		assert_int_equal(strstr(said, "URI:https://keiin.example.jp/crl\n") != NULL, !root);
	}
	const char *own = key_file(&p256, "seal.pem");
	const char *const argv[] = {"openssl", "x509", "-in", own, "-noout", "-text", NULL};
	assert_int_equal(scratch_run(&p256, argv, &text), 0);
	assert_true(str_find(text, STR("URI:")) < 0);
}

static void
damaged_files_are_refused(void **state)
{
	struct certificates certs;
	struct scratch s;
	struct keys *keys;

	(void)state;
	assert_true(scratch_open(&s, KEY_P256));
	assert_int_equal(unlink(key_file(&s, "seal.pem")), 0);
	scratch_write(&s, "keys/seal.pem", STR("-----BEGIN CERTIFICATE-----\nAAAA\n"));
	assert_int_equal(certificates_load(&s.a, s.key_dir, &certs), ERR_CRYPTO);
	assert_int_equal(unlink(key_file(&s, "seal.key")), 0);
	scratch_write(&s, "keys/seal.key", STR("nothing"));
	assert_int_equal(keys_load(s.key_dir, &keys), ERR_CRYPTO);
	assert_int_equal(certificates_load(&s.a, "/nonexistent", &certs), ERR_IO);
	assert_int_equal(keys_load("/nonexistent", &keys), ERR_IO);
	scratch_close(&s);
}

static void
assert_keys_fit(struct scratch *s)
{
	struct keys_finding f;
	struct keys *keys;
	struct certificates certs;

	assert_int_equal(keys_load(s->key_dir, &keys), OK);
	assert_int_equal(certificates_load(&s->a, s->key_dir, &certs), OK);
	for (enum key_id key = KEY_SEAL; key <= KEY_TSA; key++) {
		assert_int_equal(keys_check(keys, &certs, key, keys_until_ms(keys, key) - 1000, &f), OK);
		assert_int_equal(f.fault, KEYS_FIT);
	}
	keys_free(keys);
}

static unsigned
count_old(struct scratch *s, const char *ending)
{
	DIR *d = opendir(key_file(s, "old"));
	struct dirent *e;
	unsigned n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += str_ends(str_c(e->d_name), str_c(ending));
	closedir(d);
	return n;
}

static void
new_keys_under_the_same_root(void **state)
{
	static const enum key_algorithm other = KEY_P384;
	X509 *root CLEANUP(ossl_x509_free) = NULL, *seal CLEANUP(ossl_x509_free) = NULL;
	struct certificates certs;
	struct scratch s;

	(void)state;
	assert_true(scratch_open(&s, KEY_P256));
	assert_int_equal(keys_roll(s.key_dir, NULL, false), OK);
	assert_keys_fit(&s);
	assert_int_equal(certificates_load(&s.a, s.key_dir, &certs), OK);
	assert_false(str_eq(certs.seal.leaf, s.certs.seal.leaf) || str_eq(certs.tsa.leaf, s.certs.tsa.leaf));
	assert_true(str_eq(certs.seal.issuers[0], s.certs.seal.issuers[0]));
	root = certificate(&s, "ca.pem");
	seal = certificate(&s, "seal.pem");
	assert_int_equal(X509_verify(seal, X509_get0_pubkey(root)), 1);
	assert_int_equal(count_old(&s, ".key"), 2);
	assert_int_equal(keys_roll(s.key_dir, &other, true), OK);
	assert_keys_fit(&s);
	assert_int_equal(count_old(&s, ".key"), 0);
	assert_int_equal(count_old(&s, ".pem"), 4);
	assert_int_equal(certificates_load(&s.a, s.key_dir, &certs), OK);
	assert_int_equal(certs.seal.algorithm, KEY_P384);
	/* without the root there is nothing new */
	assert_int_equal(unlink(key_file(&s, "ca.key")), 0);
	assert_int_equal(keys_roll(s.key_dir, NULL, false), ERR_NOT_FOUND);
	scratch_close(&s);
}

/* Whether it is cut off before the mark stands or after any of the files was moved: the next start has keys
 * that fit their certificates. */
static void
a_roll_that_was_cut_off_is_finished(void **state)
{
	struct keys_subject subject = {.organisation = STR("契印")};

	(void)state;
	for (int moved = -1; moved <= 4; moved++) {
		struct scratch s;
		struct authority root CLEANUP(authority_free) = {0};
		BIO *bio CLEANUP(ossl_bio_free) = NULL;

		assert_true(scratch_open(&s, KEY_P256));
		root.certificate = certificate(&s, "ca.pem");
		bio = BIO_new_file(key_file(&s, "ca.key"), "r");
		root.key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
		for (enum keys_profile p = KEYS_SEAL; p <= KEYS_TSA; p++)
			assert_int_equal(keys_issue(s.key_dir, p, KEY_P256, &subject, &root), OK);
		if (moved >= 0)
			scratch_write(&s, "keys/rolling", STR(""));
		for (int i = 0; i < moved; i++)
			assert_int_equal(keys_move_into_place(s.key_dir, i / 2 ? KEYS_TSA : KEYS_SEAL,
			                     i % 2 ? ".pem" : ".key"),
			    OK);
		assert_int_equal(keys_create(s.key_dir, KEY_P256, &subject), OK);
		assert_keys_fit(&s);
		assert_int_not_equal(access(key_file(&s, "rolling"), F_OK), 0);
		scratch_close(&s);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(keys_are_closed_to_others),
	    cmocka_unit_test(repeating_changes_nothing), cmocka_unit_test(whole_or_not_at_all),
	    cmocka_unit_test(each_key_fits_its_certificate),
	    cmocka_unit_test(certificates_say_what_they_are_for), cmocka_unit_test(names_are_utf8),
	    cmocka_unit_test(new_keys_under_the_same_root),
	    cmocka_unit_test(a_roll_that_was_cut_off_is_finished), cmocka_unit_test(any_organisation_will_do),
	    cmocka_unit_test(certificates_say_where_to_ask), cmocka_unit_test(damaged_files_are_refused)};

	umask(022); /* the modes of the certificates depend on it */
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, open_both, close_both);
}
