/* The public side: chains of certificates as files, and as what containers need. */
#include "certificates.h"
#include "keys.h"

#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <stdio.h>
#include <unistd.h>

enum { PATH_LENGTH = 4096 };

enum err
certificates_read(const char *path, STACK_OF(X509) * *ret)
{
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new_file(path, "r");
	STACK_OF(X509) * all CLEANUP(ossl_x509s_free) = sk_X509_new_null();

	if (!bio)
		return ERR_IO;
	for (;;) {
		X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);

		if (!x)
			break;
		if (!all || !sk_X509_push(all, x)) {
			X509_free(x);
			return ERR_NOMEM;
		}
	}
	if (sk_X509_num(all) < 1)
		return ERR_CRYPTO;
	*ret = all;
	all = NULL;
	return OK;
}

static enum err
der_of(struct arena *a, X509 *x, struct str *ret)
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
make_chain(struct arena *a, STACK_OF(X509) * certificates, struct chain *ret)
{
	X509 *leaf = sk_X509_value(certificates, 0);
	struct chain c = {.issuers_n = (size_t)sk_X509_num(certificates) - 1};

	if (c.issuers_n > CHAIN_ISSUERS_MAX)
		return ERR_CONFIG;
	TRY(der_of(a, leaf, &c.leaf));
	for (size_t i = 0; i < c.issuers_n; i++)
		TRY(der_of(a, sk_X509_value(certificates, (int)i + 1), &c.issuers[i]));
	TRY(issuer_and_serial(a, leaf, &c.issuer_and_serial));
	TRY(key_algorithm_of(leaf, &c.algorithm));
	c.leaf_digest = sha256_of(c.leaf);
	c.signature_max = (size_t)EVP_PKEY_get_size(X509_get0_pubkey(leaf));
	*ret = c;
	return OK;
}

static enum err
path_of(const char *dir, const char *name, char ret[PATH_LENGTH])
{
	return snprintf(ret, PATH_LENGTH, "%s/%s", dir, name) < PATH_LENGTH ? OK : ERR_CONFIG;
}

/* Of our own authority: its root is kept in one place. */
static enum err
load_own(struct arena *a, const char *dir, const char *name, struct chain *ret)
{
	STACK_OF(X509) * leaf CLEANUP(ossl_x509s_free) = NULL, *root CLEANUP(ossl_x509s_free) = NULL;
	char path[PATH_LENGTH];

	TRY(path_of(dir, name, path));
	TRY(certificates_read(path, &leaf));
	TRY(path_of(dir, "ca.pem", path));
	TRY(certificates_read(path, &root));
	if (!sk_X509_push(leaf, sk_X509_value(root, 0)))
		return ERR_NOMEM;
	sk_X509_shift(root); /* now the other's */
	return make_chain(a, leaf, ret);
}

static enum err
load_outside(struct arena *a, const char *path, struct chain *ret)
{
	STACK_OF(X509) * chain CLEANUP(ossl_x509s_free) = NULL;

	TRY(certificates_read(path, &chain));
	return make_chain(a, chain, ret);
}

enum err
certificates_load_own(struct arena *a, const char *dir, struct certificates *ret)
{
	struct certificates c = {0};

	TRY(load_own(a, dir, "seal.pem", &c.seal));
	TRY(load_own(a, dir, "tsa.pem", &c.tsa));
	*ret = c;
	return OK;
}

enum err
certificates_load(struct arena *a, const char *dir, struct certificates *ret)
{
	struct certificates c = {0};
	char outside[PATH_LENGTH];

	TRY(path_of(dir, OUTSIDE_PEM, outside));
	if (access(outside, F_OK) == 0)
		TRY(load_outside(a, outside, &c.seal));
	else
		TRY(load_own(a, dir, "seal.pem", &c.seal));
	TRY(load_own(a, dir, "tsa.pem", &c.tsa));
	*ret = c;
	return OK;
}
