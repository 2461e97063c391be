/* What strangers ask the embedded authority: queries for timestamps, and about certificates. */
#include "authority_new.h"
#include "ossl.h"

#include <openssl/pem.h>
#include <stdint.h>
#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static enum err
stamp(void *self, const struct stamp *what, struct arena *a, struct str *ret)
{
	if (what->digest >= STAMP_DIGESTS || what->nonce_n > STAMP_NONCE_MAX)
		abort();
	*ret = STR("\x30\x00");
	return OK;
}

static enum err
ocsp(void *self, const struct ocsp_subject *about, struct arena *a, struct str *ret)
{
	if (about->serial_n == 0 || about->serial_n > OCSP_SERIAL_MAX)
		abort();
	*ret = STR("\x30\x00");
	return OK;
}

static enum err
crl(void *self, struct arena *a, struct str *ret)
{
	return ERR_NOT_FOUND;
}

/* A root without a name, whose key is no secret. */
static struct authority *
make(void)
{
	static struct arena kept;
	static struct authority *t;
	struct authority_keeper keeper = {.stamp = stamp, .ocsp = ocsp, .crl = crl};
	EVP_PKEY *key CLEANUP(ossl_pkey_free) = EVP_EC_gen("P-256");
	X509 *root CLEANUP(ossl_x509_free) = X509_new();
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new(BIO_s_mem());
	char *pem;

	X509_gmtime_adj(X509_getm_notBefore(root), 0);
	X509_gmtime_adj(X509_getm_notAfter(root), 86400);
	if (!X509_set_pubkey(root, key) || !X509_sign(root, key, EVP_sha256()) ||
	    !PEM_write_bio_X509(bio, root))
		abort();
	long n = BIO_get_mem_data(bio, &pem);
	if (authority_new(&kept, keeper, str_make(pem, (size_t)n), true, &t) != OK)
		abort();
	return t;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct authority *t;
	struct arena a CLEANUP(arena_free) = {0};
	struct str answer;

	if (!t)
		t = make();
	if (authority_timestamp(t, str_make(data, n), &a, &answer) != OK || answer.n == 0)
		abort();
	if (authority_ocsp(t, str_make(data, n), &a, &answer) != OK || answer.n == 0)
		abort();
	return 0;
}
