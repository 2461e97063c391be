#include "keys.h"

#include "certificates.h"
#include "clock.h"
#include "crl.h"
#include "keys_outside.h"
#include "ossl.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PATH_LENGTH = 4096 };

struct key {
	EVP_PKEY *here;
	struct pkcs11_key *token; /* or there */
	enum key_algorithm algorithm;
	int64_t until_ms;
};

struct keys {
	struct key key[2];
	struct crl_issuer *issuer; /* NULL when the root's key was taken away */
};

static enum err
read_key(const char *path, EVP_PKEY **ret)
{
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new_file(path, "r");

	if (!bio)
		return ERR_IO;
	*ret = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	return *ret ? OK : ERR_CRYPTO;
}

static enum err
read_certificate(const char *path, struct key *k)
{
	STACK_OF(X509) * chain CLEANUP(ossl_x509s_free) = NULL;
	struct tm tm;

	TRY(certificates_read(path, &chain));
	if (!ASN1_TIME_to_tm(X509_get0_notAfter(sk_X509_value(chain, 0)), &tm))
		return ERR_CRYPTO;
	k->until_ms = (int64_t)timegm(&tm) * 1000;
	return key_algorithm_of(sk_X509_value(chain, 0), &k->algorithm);
}

static enum err
path_of(const char *dir, const char *name, char ret[PATH_LENGTH])
{
	return snprintf(ret, PATH_LENGTH, "%s/%s", dir, name) < PATH_LENGTH ? OK : ERR_CONFIG;
}

static enum err
open_own(const char *dir, const char *key, const char *certificate, struct key *k)
{
	char path[PATH_LENGTH];

	TRY(path_of(dir, key, path));
	TRY(read_key(path, &k->here));
	TRY(path_of(dir, certificate, path));
	return read_certificate(path, k);
}

static enum err
open_seal(const struct keys_source *s, struct key *k)
{
	char path[PATH_LENGTH];

	if (!keys_given(s->pkcs12) && !keys_given(s->pkcs11_module))
		return open_own(s->dir, "seal.key", "seal.pem", k);
	TRY(path_of(s->dir, OUTSIDE_PEM, path));
	TRY(read_certificate(path, k));
	return keys_given(s->pkcs12) ? keys_pkcs12_read(s, &k->here) : pkcs11_key_open(s, &k->token);
}

enum err
keys_open(const struct keys_source *s, struct keys **ret)
{
	struct keys *k = calloc(1, sizeof(*k));
	enum err e;

	if (!k)
		return ERR_NOMEM;
	e = open_seal(s, &k->key[KEY_SEAL]);
	if (e == OK)
		e = open_own(s->dir, "tsa.key", "tsa.pem", &k->key[KEY_TSA]);
	if (e == OK)
		e = crl_issuer_load(s->dir, &k->issuer);
	if (e != OK) {
		keys_free(k);
		return e;
	}
	*ret = k;
	return OK;
}

enum err
keys_load(const char *dir, struct keys **ret)
{
	return keys_open(&(struct keys_source){.dir = dir}, ret);
}

void
keys_free(struct keys *k)
{
	if (!k)
		return;
	for (int i = 0; i < 2; i++) {
		EVP_PKEY_free(k->key[i].here);
		pkcs11_key_close(k->key[i].token);
	}
	crl_issuer_free(k->issuer);
	free(k);
}

enum err
keys_sign(struct keys *k, enum key_id key, const struct sha256 *digest, struct arena *a, struct str *ret)
{
	const struct key *by = &k->key[key];

	if (by->token)
		return pkcs11_key_sign(by->token, by->algorithm, digest, a, ret);

	EVP_PKEY_CTX *ctx CLEANUP(ossl_pkey_ctx_free) = EVP_PKEY_CTX_new(by->here, NULL);
	unsigned char *signature;
	size_t n;

	if (!ctx || EVP_PKEY_sign_init(ctx) <= 0)
		return ERR_CRYPTO;
	TRY(key_algorithm_apply(by->algorithm, ctx));
	n = (size_t)EVP_PKEY_get_size(by->here);
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

int64_t
keys_until_ms(const struct keys *k, enum key_id key)
{
	return k->key[key].until_ms;
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
