#include "keys.h"

#include "clock.h"
#include "crl.h"
#include "ossl.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_LENGTH = 4096 };

struct keys {
	EVP_PKEY *key[2];
	enum key_algorithm algorithm[2];
	struct crl_issuer *issuer; /* NULL when the root's key was taken away */
};

static enum err
load_key(const char *dir, const char *name, EVP_PKEY **ret)
{
	BIO *bio CLEANUP(ossl_bio_free) = NULL;
	char path[PATH_LENGTH];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return ERR_CONFIG;
	bio = BIO_new_file(path, "r");
	if (!bio)
		return ERR_IO;
	*ret = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	return *ret ? OK : ERR_CRYPTO;
}

static enum err
load_certificate(const char *dir, const char *name, X509 **ret)
{
	BIO *bio CLEANUP(ossl_bio_free) = NULL;
	char path[PATH_LENGTH];

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return ERR_CONFIG;
	bio = BIO_new_file(path, "r");
	if (!bio)
		return ERR_IO;
	*ret = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	return *ret ? OK : ERR_CRYPTO;
}

static enum err
load_pair(
    struct keys *k, enum key_id which, const char *dir, const char *key_name, const char *certificate_name)
{
	X509 *x CLEANUP(ossl_x509_free) = NULL;

	TRY(load_key(dir, key_name, &k->key[which]));
	TRY(load_certificate(dir, certificate_name, &x));
	return key_algorithm_of(x, &k->algorithm[which]);
}

enum err
keys_load(const char *dir, struct keys **ret)
{
	struct keys *k = calloc(1, sizeof(*k));
	enum err e;

	if (!k)
		return ERR_NOMEM;
	e = load_pair(k, KEY_SEAL, dir, "seal.key", "seal.pem");
	if (e == OK)
		e = load_pair(k, KEY_TSA, dir, "tsa.key", "tsa.pem");
	if (e == OK)
		e = crl_issuer_load(dir, &k->issuer);
	if (e != OK) {
		keys_free(k);
		return e;
	}
	*ret = k;
	return OK;
}

void
keys_free(struct keys *k)
{
	if (!k)
		return;
	for (int i = 0; i < 2; i++)
		EVP_PKEY_free(k->key[i]);
	crl_issuer_free(k->issuer);
	free(k);
}

enum err
keys_sign(struct keys *k, enum key_id key, const struct sha256 *digest, struct arena *a, struct str *ret)
{
	EVP_PKEY_CTX *ctx CLEANUP(ossl_pkey_ctx_free) = EVP_PKEY_CTX_new(k->key[key], NULL);
	unsigned char *signature;
	size_t n;

	if (!ctx || EVP_PKEY_sign_init(ctx) <= 0)
		return ERR_CRYPTO;
	TRY(key_algorithm_apply(k->algorithm[key], ctx));
	n = (size_t)EVP_PKEY_get_size(k->key[key]);
	signature = arena_alloc(a, n);
	if (EVP_PKEY_sign(ctx, signature, &n, digest->b, sizeof(digest->b)) <= 0)
		return ERR_CRYPTO;
	*ret = str_make(signature, n);
	return OK;
}

static enum err
sign_here(void *self, enum key_id key, struct str job, const struct sha256 *digest, struct arena *a,
    struct str *ret)
{
	return keys_sign(self, key, digest, a, ret);
}

enum err
keys_crl(struct keys *k, int64_t now_ms, struct arena *a, struct str *ret)
{
	return k->issuer ? crl_issue(k->issuer, now_ms, a, ret) : ERR_NOT_FOUND;
}

enum err
keys_ocsp(struct keys *k, const struct ocsp_subject *about, int64_t now_ms, struct arena *a, struct str *ret)
{
	return k->issuer ? ocsp_issue(k->issuer, about, now_ms, a, ret) : ERR_NOT_FOUND;
}

static enum err
crl_here(void *self, struct str job, struct arena *a, struct str *ret)
{
	return keys_crl(self, clock_utc_ms(), a, ret);
}

struct signer
keys_signer(struct keys *k)
{
	return (struct signer){.sign = sign_here, .crl = crl_here, .self = k};
}

static enum err
certificate_der(struct arena *a, X509 *x, struct str *ret)
{
	int n = i2d_X509(x, NULL);
	unsigned char *out, *to;

	if (n <= 0)
		return ERR_CRYPTO;
	out = to = arena_alloc(a, (size_t)n);
	i2d_X509(x, &to);
	*ret = str_make(out, (size_t)n);
	return OK;
}

static enum err
issuer_and_serial(struct arena *a, X509 *x, struct str *ret)
{
	PKCS7_ISSUER_AND_SERIAL *is = PKCS7_ISSUER_AND_SERIAL_new();
	unsigned char *der = NULL;
	int n = -1;

	if (is && X509_NAME_set(&is->issuer, X509_get_issuer_name(x))) {
		ASN1_INTEGER_free(is->serial);
		is->serial = ASN1_INTEGER_dup(X509_get0_serialNumber(x));
		n = is->serial ? i2d_PKCS7_ISSUER_AND_SERIAL(is, &der) : -1;
	}
	PKCS7_ISSUER_AND_SERIAL_free(is);
	if (n <= 0)
		return ERR_CRYPTO;
	*ret = arena_str(a, str_make(der, (size_t)n));
	OPENSSL_free(der);
	return OK;
}

static enum err
load_chain(struct arena *a, const char *dir, const char *leaf_name, struct chain *ret)
{
	X509 *leaf CLEANUP(ossl_x509_free) = NULL, *ca CLEANUP(ossl_x509_free) = NULL;

	TRY(load_certificate(dir, leaf_name, &leaf));
	TRY(load_certificate(dir, "ca.pem", &ca));
	TRY(certificate_der(a, leaf, &ret->leaf));
	TRY(certificate_der(a, ca, &ret->issuers[0]));
	ret->issuers_n = 1;
	TRY(issuer_and_serial(a, leaf, &ret->issuer_and_serial));
	ret->leaf_digest = sha256_of(ret->leaf);
	ret->signature_max = (size_t)EVP_PKEY_get_size(X509_get0_pubkey(leaf));
	return key_algorithm_of(leaf, &ret->algorithm);
}

enum err
certificates_load(struct arena *a, const char *dir, struct certificates *ret)
{
	struct certificates c = {0};

	TRY(load_chain(a, dir, "seal.pem", &c.seal));
	TRY(load_chain(a, dir, "tsa.pem", &c.tsa));
	*ret = c;
	return OK;
}
