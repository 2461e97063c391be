/* Our containers and tokens as other people's code reads them: OpenSSL's CMS and the openssl command. */
#include "clock.h"
#include "cms.h"
#include "der.h"
#include "ossl.h"
#include "scratch.h"
#include "tsa.h"

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

OSSL_CLEANUP(cms_free, CMS_ContentInfo, CMS_ContentInfo_free)
OSSL_CLEANUP(anchors_free, X509_STORE, X509_STORE_free)

static struct scratch p256, rsa, pss;
static struct scratch *const ALL[] = {&p256, &rsa, &pss};
enum { ALL_N = sizeof(ALL) / sizeof(ALL[0]) };

static int
open_all(void **state)
{
	(void)state;
	return scratch_open(&p256, KEY_P256) && scratch_open(&rsa, KEY_RSA3072) &&
	               scratch_open(&pss, KEY_RSA2048_PSS)
	           ? 0
	           : -1;
}

static int
close_all(void **state)
{
	(void)state;
	scratch_close(&p256);
	scratch_close(&rsa);
	scratch_close(&pss);
	return 0;
}

static const char *
anchor(struct scratch *s)
{
	return arena_cstr(&s->a, arena_printf(&s->a, "%s/ca.pem", s->key_dir));
}

static struct cms_request
request(struct scratch *s, struct str content)
{
	return (struct cms_request){.signer = keys_signer(s->keys),
	    .key = KEY_SEAL,
	    .chain = &s->certs.seal,
	    .job = STR("test"),
	    .digest = sha256_of(content)};
}

/* Over detached content, with a token over the signature or without. */
static struct str
container(struct scratch *s, struct str content, bool with_token)
{
	struct cms_request r = request(s, content);
	struct cms_signed signed_bytes;
	struct str token = STR_NONE;

	assert_int_equal(cms_sign(&s->a, &r, &signed_bytes), OK);
	if (with_token) {
		struct sha256 digest = sha256_of(signed_bytes.signature);
		struct tsa *tsa;
		int64_t time_ms;

		assert_int_equal(tsa_embedded(&s->a, keys_signer(s->keys), &s->certs, &tsa), OK);
		assert_int_equal(tsa_token(tsa, STR("test"), &digest, &s->a, &token, &time_ms), OK);
	}
	return cms_encode(&s->a, &r, &signed_bytes, token);
}

static struct str
token_over(struct scratch *s, struct str content, int64_t *ret_time_ms)
{
	struct sha256 digest = sha256_of(content);
	struct tsa *tsa;
	struct str token;

	assert_int_equal(tsa_embedded(&s->a, keys_signer(s->keys), &s->certs, &tsa), OK);
	assert_int_equal(tsa_token(tsa, STR("test"), &digest, &s->a, &token, ret_time_ms), OK);
	assert_true(token.n <= tsa_reserve(tsa));
	return token;
}

static CMS_ContentInfo *
parsed(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	CMS_ContentInfo *c = d2i_CMS_ContentInfo(NULL, &p, (long)der.n);

	assert_non_null(c);
	assert_ptr_equal(p, der.p + der.n); /* nothing left over */
	return c;
}

/* Encoding again what was read gives the same bytes: it was DER. */
static void
assert_is_der(CMS_ContentInfo *c, struct str der)
{
	unsigned char *again = NULL;
	int n = i2d_CMS_ContentInfo(c, &again);

	assert_int_equal(n, (int)der.n);
	assert_memory_equal(again, der.p, der.n);
	OPENSSL_free(again);
}

static CMS_SignerInfo *
only_signer(CMS_ContentInfo *c)
{
	assert_int_equal(sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(c)), 1);
	return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(c), 0);
}

/* EN 319 142-1 6.3: these three and no others; above all no signing-time. */
static void
assert_attributes(CMS_SignerInfo *si, bool with_token)
{
	static const int wanted[] = {
	    NID_pkcs9_contentType, NID_pkcs9_messageDigest, NID_id_smime_aa_signingCertificateV2};

	assert_int_equal(CMS_signed_get_attr_count(si), 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(CMS_signed_get_attr_by_NID(si, wanted[i], -1) >= 0);
	assert_int_equal(CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1), -1);
	assert_int_equal(
	    CMS_unsigned_get_attr_count(si) > 0 ? CMS_unsigned_get_attr_count(si) : 0, with_token);
	if (with_token)
		assert_true(CMS_unsigned_get_attr_by_NID(si, NID_id_smime_aa_timeStampToken, -1) >= 0);
}

static bool
openssl_accepts(struct scratch *s, CMS_ContentInfo *c, struct str content)
{
	X509_STORE *anchors CLEANUP(anchors_free) = X509_STORE_new();
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new_mem_buf(content.p, (int)content.n);

	assert_true(anchors && bio && X509_STORE_load_file(anchors, anchor(s)) == 1);
	X509_STORE_set_purpose(anchors, X509_PURPOSE_ANY);
	/* CMS_CADES: also compares signing-certificate-v2 with the certificate. */
	return CMS_verify(c, NULL, anchors, bio, NULL, CMS_BINARY | CMS_CADES) == 1;
}

static void
openssl_reads_every_container(void **state)
{
	struct str content = STR("契約書の中身");

	(void)state;
	for (size_t i = 0; i < 2 * ALL_N; i++) {
		struct scratch *s = ALL[i % ALL_N];
		bool with_token = i / ALL_N;
		struct str der = container(s, content, with_token);
		CMS_ContentInfo *c CLEANUP(cms_free) = parsed(der);

		assert_is_der(c, der);
		assert_attributes(only_signer(c), with_token);
		assert_true(openssl_accepts(s, c, content));
		assert_false(openssl_accepts(s, c, STR("契約書の中見")));
		assert_false(openssl_accepts(ALL[(i + 1) % ALL_N], c, content)); /* another CA */
		if (!with_token)
			assert_true(der.n <= cms_reserve(&s->certs.seal));
	}
}

/* Version 1 of both structures, certificates of leaf and root in DER order (RFC 5652 5.1, 5.3). */
static void
structure_is_as_the_standard_says(void **state)
{
	static const struct {
		int oid, parameters;
	} wanted[ALL_N] = {{NID_ecdsa_with_SHA256, V_ASN1_UNDEF}, {NID_sha256WithRSAEncryption, V_ASN1_NULL},
	    {NID_rsassaPss, V_ASN1_SEQUENCE}};

	(void)state;
	for (size_t i = 0; i < ALL_N; i++) {
		struct str der = container(ALL[i], STR("x"), false);
		CMS_ContentInfo *c CLEANUP(cms_free) = parsed(der);
		STACK_OF(X509) *certificates = CMS_get1_certs(c);
		X509_ALGOR *digest, *algorithm;
		const ASN1_OBJECT *oid;
		int parameters;
		const struct chain *chain = &ALL[i]->certs.seal;

		assert_int_equal(sk_X509_num(certificates), 2);
		sk_X509_pop_free(certificates, X509_free);
		ptrdiff_t leaf = str_find(der, chain->leaf), ca = str_find(der, chain->issuers[0]);
		bool leaf_first =
		    memcmp(chain->leaf.p, chain->issuers[0].p,
		        chain->leaf.n < chain->issuers[0].n ? chain->leaf.n : chain->issuers[0].n) < 0;
		assert_true(leaf >= 0 && ca >= 0 && (leaf < ca) == leaf_first);
		CMS_SignerInfo_get0_algs(only_signer(c), NULL, NULL, &digest, &algorithm);
		X509_ALGOR_get0(&oid, &parameters, NULL, digest);
		assert_int_equal(OBJ_obj2nid(oid), NID_sha256);
		assert_int_equal(parameters, V_ASN1_UNDEF);
		X509_ALGOR_get0(&oid, &parameters, NULL, algorithm);
		assert_int_equal(OBJ_obj2nid(oid), wanted[i].oid);
		assert_int_equal(parameters, wanted[i].parameters);
	}
}

/* ESSCertIDv2 names the leaf by SHA-256; the default algorithm is left out, as DER demands. */
static void
signing_certificate_names_the_leaf(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL_N; i++) {
		struct str der = container(ALL[i], STR("x"), false);
		CMS_ContentInfo *c CLEANUP(cms_free) = parsed(der);
		ASN1_OBJECT *oid = OBJ_nid2obj(NID_id_smime_aa_signingCertificateV2);
		ASN1_STRING *value = CMS_signed_get0_data_by_OBJ(only_signer(c), oid, -3, V_ASN1_SEQUENCE);
		const unsigned char *p = ASN1_STRING_get0_data(value);
		ESS_SIGNING_CERT_V2 *v2 = d2i_ESS_SIGNING_CERT_V2(NULL, &p, ASN1_STRING_length(value));
		struct sha256 leaf = sha256_of(ALL[i]->certs.seal.leaf);
		struct str hash = DER(&ALL[i]->a, DER_OCTETS, str_make(leaf.b, SHA256_LENGTH));

		assert_non_null(v2);
		ESS_SIGNING_CERT_V2_free(v2);
		assert_int_equal(ASN1_STRING_length(value), 2 + 2 + 2 + (int)hash.n);
		assert_memory_equal(ASN1_STRING_get0_data(value) + 6, hash.p, hash.n);
	}
}

/* As `openssl ts -verify` does it in its own process. */
static int
ts_verify(struct scratch *s, struct str token, struct str content, const char *ca, struct str *ret_said)
{
	const char *in = scratch_write(s, "token.der", token), *data = scratch_write(s, "data", content);
	const char *const argv[] = {
	    "openssl", "ts", "-verify", "-token_in", "-in", in, "-data", data, "-CAfile", ca, NULL};

	return scratch_run(s, argv, ret_said);
}

static void
openssl_command_accepts_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL_N; i++) {
		struct scratch *s = ALL[i];
		int64_t time_ms;
		struct str token = token_over(s, STR("内容"), &time_ms), said;

		if (ts_verify(s, token, STR("内容"), anchor(s), &said) != 0)
			fail_msg("%.*s", STR_ARG(said));
		assert_true(str_find(said, STR("Verification: OK")) >= 0);
		assert_int_not_equal(ts_verify(s, token, STR("別物"), anchor(s), &said), 0);
		assert_int_not_equal(
		    ts_verify(s, token, STR("内容"), anchor(ALL[(i + 1) % ALL_N]), &said), 0);
	}
}

/* The token inside a container is over its signature value and nothing else. */
static void
inner_token_is_over_the_signature(void **state)
{
	(void)state;
	for (size_t i = 0; i < ALL_N; i++) {
		struct scratch *s = ALL[i];
		CMS_ContentInfo *c CLEANUP(cms_free) = parsed(container(s, STR("x"), true));
		CMS_SignerInfo *si = only_signer(c);
		ASN1_OBJECT *oid = OBJ_nid2obj(NID_id_smime_aa_timeStampToken);
		ASN1_STRING *token = CMS_unsigned_get0_data_by_OBJ(si, oid, -3, V_ASN1_SEQUENCE);
		ASN1_OCTET_STRING *signature = CMS_SignerInfo_get0_signature(si);
		struct str said;

		assert_non_null(token);
		if (ts_verify(s, str_make(ASN1_STRING_get0_data(token), (size_t)ASN1_STRING_length(token)),
		        str_make(ASN1_STRING_get0_data(signature), (size_t)ASN1_STRING_length(signature)),
		        anchor(s), &said) != 0)
			fail_msg("%.*s", STR_ARG(said));
	}
}

static TS_TST_INFO *
statement(struct str token)
{
	const unsigned char *p = (const unsigned char *)token.p;
	PKCS7 *p7 = d2i_PKCS7(NULL, &p, (long)token.n);
	TS_TST_INFO *info = p7 ? PKCS7_to_TS_TST_INFO(p7) : NULL;

	PKCS7_free(p7);
	assert_non_null(info);
	return info;
}

static void
token_says_what_it_should(void **state)
{
	int64_t time_ms, before_ms = clock_utc_ms();
	struct str token = token_over(&p256, STR("内容"), &time_ms);
	struct str another = token_over(&p256, STR("内容"), &time_ms);
	TS_TST_INFO *info = statement(token), *other = statement(another);
	CMS_ContentInfo *c CLEANUP(cms_free) = parsed(token);
	char policy[128];

	(void)state;
	assert_is_der(c, token);
	assert_attributes(only_signer(c), false);
	assert_int_equal(OBJ_obj2nid(CMS_get0_eContentType(c)), NID_id_smime_ct_TSTInfo);
	assert_int_equal(TS_TST_INFO_get_version(info), 1);
	OBJ_obj2txt(policy, sizeof(policy), TS_TST_INFO_get_policy_id(info), 1);
	assert_true(str_starts(str_c(policy), STR("2.25.")));
	assert_string_equal(policy, "2.25.292146183305741820915477064912563712853");
	assert_int_equal(ASN1_STRING_length(TS_TST_INFO_get_serial(info)), 16);
	assert_int_equal(ASN1_STRING_type(TS_TST_INFO_get_serial(info)), V_ASN1_INTEGER);
	assert_int_not_equal(
	    ASN1_INTEGER_cmp(TS_TST_INFO_get_serial(info), TS_TST_INFO_get_serial(other)), 0);
	assert_int_equal(ASN1_INTEGER_get(TS_ACCURACY_get_seconds(TS_TST_INFO_get_accuracy(info))), 1);
	assert_false(TS_TST_INFO_get_ordering(info));
	assert_null(TS_TST_INFO_get_tsa(info));
	assert_null(TS_TST_INFO_get_nonce(info));
	assert_true(time_ms >= before_ms && time_ms <= clock_utc_ms());
	TS_TST_INFO_free(info);
	TS_TST_INFO_free(other);
}

/* The answer's time is the one in the token, to the millisecond. */
static void
token_time_is_what_was_told(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		int64_t time_ms;
		TS_TST_INFO *info = statement(token_over(&p256, STR("内容"), &time_ms));
		const ASN1_STRING *time = TS_TST_INFO_get_time(info);
		struct str written = str_make(ASN1_STRING_get0_data(time), (size_t)ASN1_STRING_length(time));
		struct str wanted = der_time(&p256.a, time_ms);

		assert_true(str_eq(written, str_slice(wanted, 2, wanted.n)));
		TS_TST_INFO_free(info);
	}
}

static void
assert_der(struct str s, struct str wanted)
{
	assert_int_equal(s.n, wanted.n);
	assert_memory_equal(s.p, wanted.p, wanted.n);
}

/* X.690 8.1.3, 8.3, 11.6, 11.7 */
static void
writes_der(void **state)
{
	struct arena *a = &p256.a;
	char many[70000] = {0};
	static const size_t lengths[] = {0, 1, 127, 128, 255, 256, 65535, 65536, sizeof(many)};

	(void)state;
	assert_der(der_small(a, 0), STR("\x02\x01\x00"));
	assert_der(der_small(a, 127), STR("\x02\x01\x7F"));
	assert_der(der_small(a, 128), STR("\x02\x02\x00\x80"));
	assert_der(der_integer(a, STR("\x00\x00\x01\x00")), STR("\x02\x02\x01\x00"));
	assert_der(der_integer(a, STR("\x00\x00\xFF")), STR("\x02\x02\x00\xFF"));
	assert_der(der_integer(a, STR_NONE), STR("\x02\x01\x00"));
	assert_der(der_time(a, 0), STR("\x18\x0F"
	                               "19700101000000Z"));
	assert_der(der_time(a, 1764000000123), STR("\x18\x13"
	                                           "20251124160000.123Z"));
	assert_der(der_time(a, 1764000000120), STR("\x18\x12"
	                                           "20251124160000.12Z"));
	assert_der(der_time(a, 1764000000100), STR("\x18\x11"
	                                           "20251124160000.1Z"));
	assert_der(der_time(a, 1764000000007), STR("\x18\x13"
	                                           "20251124160000.007Z"));
	const struct str parts[] = {
	    STR("\x04\x01\x02"), STR("\x02\x01\x05"), STR("\x04\x01\x01"), STR("\x02\x01")};
	assert_der(
	    der_set_of(a, DER_SET, parts, 4), STR("\x31\x0B\x02\x01\x02\x01\x05\x04\x01\x01\x04\x01\x02"));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct str der = DER(a, DER_OCTETS, str_make(many, lengths[i]));
		const unsigned char *p = (const unsigned char *)der.p;
		ASN1_OCTET_STRING *back = d2i_ASN1_OCTET_STRING(NULL, &p, (long)der.n);

		assert_non_null(back);
		assert_int_equal(ASN1_STRING_length(back), lengths[i]);
		assert_int_equal(i2d_ASN1_OCTET_STRING(back, NULL), (int)der.n); /* the shortest form */
		ASN1_OCTET_STRING_free(back);
	}
}

static enum err
no_signature(void *self, enum key_id key, struct str job, const struct sha256 *digest, struct arena *a,
    struct str *ret)
{
	return ERR_PEER;
}

static void
failing_signer_is_told(void **state)
{
	struct cms_request r = request(&p256, STR("x"));
	struct sha256 digest = sha256_of(STR("x"));
	struct cms_signed untouched = {.signature = STR("as it was")};
	struct tsa *tsa;
	struct str token = STR("as it was");
	int64_t time_ms = -1;

	(void)state;
	r.signer = (struct signer){.sign = no_signature};
	assert_int_equal(cms_sign(&p256.a, &r, &untouched), ERR_PEER);
	assert_true(str_eq(untouched.signature, STR("as it was")));
	assert_int_equal(tsa_embedded(&p256.a, r.signer, &p256.certs, &tsa), OK);
	assert_int_equal(tsa_token(tsa, STR("test"), &digest, &p256.a, &token, &time_ms), ERR_TSA);
	assert_true(str_eq(token, STR("as it was")) && time_ms == -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(writes_der),
	    cmocka_unit_test(openssl_reads_every_container),
	    cmocka_unit_test(structure_is_as_the_standard_says),
	    cmocka_unit_test(signing_certificate_names_the_leaf),
	    cmocka_unit_test(openssl_command_accepts_tokens),
	    cmocka_unit_test(inner_token_is_over_the_signature), cmocka_unit_test(token_says_what_it_should),
	    cmocka_unit_test(token_time_is_what_was_told), cmocka_unit_test(failing_signer_is_told)};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
