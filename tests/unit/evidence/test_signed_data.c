/* Other people's containers by keys, paddings and certificates of all sorts: what is too weak is refused. */
#include "id.h"
#include "ossl.h"
#include "signed_data.h"

#include <openssl/cms.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

OSSL_CLEANUP(cms_free, CMS_ContentInfo, CMS_ContentInfo_free)
OSSL_CLEANUP(anchors_free, X509_STORE, X509_STORE_free)

static const struct str DATA = {"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", 9};
static const char TEXT[] = "content";

struct party {
	EVP_PKEY *key;
	X509 *certificate;
};

/* Under the issuer, or a root. */
static struct party
party_of(EVP_PKEY *key, const struct party *issuer, const EVP_MD *digest)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	X509_EXTENSION *ca = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

	assert_non_null(key);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), issuer ? 2 : 1);
	X509_NAME_add_entry_by_txt(
	    name, "CN", MBSTRING_UTF8, (const unsigned char *)(issuer ? "Signer" : "Root"), -1, -1, 0);
	X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer->certificate) : name);
	ASN1_TIME_set_string(X509_getm_notBefore(x), "20200101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(x), "20401231000000Z");
	X509_set_pubkey(x, key);
	assert_true(issuer || X509_add_ext(x, ca, -1));
	X509_EXTENSION_free(ca);
	assert_true(X509_sign(x, issuer ? issuer->key : key, digest) > 0);
	return (struct party){key, x};
}

static void
party_free(struct party *p)
{
	EVP_PKEY_free(p->key);
	X509_free(p->certificate);
}

struct padding {
	bool pss;
	int salt;
	const EVP_MD *mask;
};

static struct str
container(struct arena *a, const struct party *signer, const struct party *root, struct padding how)
{
	enum { FLAGS = CMS_PARTIAL | CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | CMS_CADES | CMS_KEY_PARAM };
	CMS_ContentInfo *cms CLEANUP(cms_free) =
	    CMS_sign(NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_DETACHED | CMS_BINARY);
	BIO *data CLEANUP(ossl_bio_free) = BIO_new_mem_buf(TEXT, sizeof(TEXT) - 1);
	CMS_SignerInfo *si =
	    CMS_add1_signer(cms, signer->certificate, signer->key, EVP_sha256(), (unsigned)FLAGS);
	unsigned char *der = NULL;
	int n;

	assert_true(!root || CMS_add1_cert(cms, root->certificate));
	assert_non_null(si);
	if (how.pss) {
		EVP_PKEY_CTX *ctx = CMS_SignerInfo_get0_pkey_ctx(si);

		assert_true(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
		            EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, how.mask) > 0 &&
		            EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, how.salt) > 0);
	}
	assert_int_equal(CMS_final(cms, data, NULL, (unsigned)FLAGS), 1);
	n = i2d_CMS_ContentInfo(cms, &der);
	assert_true(n > 0);
	struct str out = arena_str(a, str_make(der, (size_t)n));
	OPENSSL_free(der);
	return out;
}

/* NULL: nothing against it. */
static const char *
judged(struct str der, X509 *anchor)
{
	enum { NOW = 1790000000 };
	struct signed_data s CLEANUP(signed_data_free) = {0};
	X509_STORE *anchors CLEANUP(anchors_free) = X509_STORE_new();
	struct sha256 digest = sha256_of(str_make(TEXT, sizeof(TEXT) - 1));
	const char *problem = NULL;
	bool complete;

	if (signed_data_read(der, &s, &problem) == OK &&
	    signed_data_check(&s, str_make(digest.b, SHA256_LENGTH), DATA, &problem) == OK &&
	    signed_data_check_chain(&s, NOW * 1000LL, &complete, &problem) == OK) {
		if (!anchor)
			return NULL;
		X509_STORE_add_cert(anchors, anchor);
		return signed_data_is_trusted(&s, anchors, NOW * 1000LL) ? NULL : "not trusted";
	}
	assert_non_null(problem);
	return problem;
}

static void
weak_keys_are_refused(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct party root CLEANUP(party_free) = party_of(EVP_EC_gen("P-256"), NULL, EVP_sha256());
	struct party good CLEANUP(party_free) = party_of(EVP_RSA_gen(2048), &root, EVP_sha256());
	struct party rsa CLEANUP(party_free) = party_of(EVP_RSA_gen(1024), &root, EVP_sha256());
	struct party curve CLEANUP(party_free) = party_of(EVP_EC_gen("secp192k1"), &root, EVP_sha256());

	(void)state;
	assert_null(judged(container(&a, &good, &root, (struct padding){0}), NULL));
	assert_string_equal(
	    judged(container(&a, &rsa, &root, (struct padding){0}), NULL), "the signer's key is weak");
	assert_string_equal(
	    judged(container(&a, &curve, &root, (struct padding){0}), NULL), "the signer's key is weak");
}

static void
weak_issuers_are_refused(void **state)
{
	static const char problem[] = "a certificate was issued with a weak key or digest";
	struct arena a CLEANUP(arena_free) = {0};
	struct party root CLEANUP(party_free) = party_of(EVP_EC_gen("P-256"), NULL, EVP_sha256());
	struct party weak CLEANUP(party_free) = party_of(EVP_RSA_gen(1024), NULL, EVP_sha256());
	struct party by_sha1 CLEANUP(party_free) = party_of(EVP_EC_gen("P-256"), &root, EVP_sha1());
	struct party by_weak CLEANUP(party_free) = party_of(EVP_EC_gen("P-256"), &weak, EVP_sha256());

	(void)state;
	assert_string_equal(judged(container(&a, &by_sha1, &root, (struct padding){0}), NULL), problem);
	assert_string_equal(judged(container(&a, &by_weak, &weak, (struct padding){0}), NULL), problem);
	/* nor when the issuer comes from elsewhere */
	struct str alone = container(&a, &by_sha1, NULL, (struct padding){0});
	assert_string_equal(judged(alone, root.certificate), "not trusted");
	alone = container(&a, &by_weak, NULL, (struct padding){0});
	assert_string_equal(judged(alone, weak.certificate), "not trusted");
}

/* RFC 4055 3.1: salts of any length that others use, one digest throughout. */
static void
pss_is_judged_by_its_parameters(void **state)
{
	static const int salts[] = {0, 20, 32, 64}; /* DER leaves 20 out, the default */
	struct arena a CLEANUP(arena_free) = {0};
	struct party root CLEANUP(party_free) = party_of(EVP_EC_gen("P-256"), NULL, EVP_sha256());
	struct party rsa CLEANUP(party_free) = party_of(EVP_RSA_gen(2048), &root, EVP_sha256());

	(void)state;
	for (size_t i = 0; i < sizeof(salts) / sizeof(salts[0]); i++)
		assert_null(
		    judged(container(&a, &rsa, &root, (struct padding){true, salts[i], EVP_sha256()}), NULL));
	assert_string_equal(judged(container(&a, &rsa, &root, (struct padding){true, 32, EVP_sha1()}), NULL),
	    "the signature value is malformed");
	/* another length of salt than was signed with */
	struct str der = container(&a, &rsa, &root, (struct padding){true, 32, EVP_sha256()});
	ptrdiff_t at = str_find_last(der, STR("\xA2\x03\x02\x01\x20"));
	assert_true(at > 0);
	((char *)(uintptr_t)der.p)[at + 4] = 31;
	assert_string_equal(judged(der, NULL), "the signature does not fit");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(weak_keys_are_refused),
	    cmocka_unit_test(weak_issuers_are_refused), cmocka_unit_test(pss_is_judged_by_its_parameters)};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
