#include "keys.h"
#include "ossl.h"

#include <openssl/x509v3.h>
#include <time.h>

static X509 *
parse(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;

	return d2i_X509(NULL, &p, (long)der.n);
}

static int64_t
until_ms(const X509 *x)
{
	struct tm tm;

	return ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) ? (int64_t)timegm(&tm) * 1000 : 0;
}

static enum err
check_dates(struct str der, int64_t at_ms, struct keys_finding *f)
{
	X509 *x CLEANUP(ossl_x509_free) = parse(der);
	time_t at = (time_t)(at_ms / 1000);

	if (!x)
		return ERR_CRYPTO;
	if (X509_cmp_time(X509_get0_notBefore(x), &at) >= 0)
		f->fault = KEYS_NOT_YET;
	else if (X509_cmp_time(X509_get0_notAfter(x), &at) <= 0)
		f->fault = KEYS_ENDED;
	if (until_ms(x) < f->until_ms)
		f->until_ms = until_ms(x);
	return OK;
}

/* A seal is a signature, or a declaration that binds (RFC 5280 4.2.1.3); a certificate that names no use is
 * for any. Timestamps: the one purpose, critical (RFC 3161 2.3). */
static bool
is_for(X509 *x, enum key_id key)
{
	uint32_t usage = X509_get_key_usage(x);

	if (key == KEY_TSA)
		return X509_check_purpose(x, X509_PURPOSE_TIMESTAMP_SIGN, 0) == 1;
	return (usage & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) && X509_check_ca(x) != 1;
}

static enum err
fits(struct keys *k, enum key_id key, X509 *x, enum key_algorithm algorithm, bool *ret)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct sha256 digest = sha256_of(STR("keys_check"));
	EVP_PKEY_CTX *ctx CLEANUP(ossl_pkey_ctx_free) = EVP_PKEY_CTX_new(X509_get0_pubkey(x), NULL);
	struct str signature;
	enum err e = keys_sign(k, key, &digest, &a, &signature);

	*ret = false;
	if (e != OK)
		return e == ERR_CRYPTO ? OK : e; /* a key of another kind than the certificate says */
	if (!ctx || EVP_PKEY_verify_init(ctx) <= 0)
		return ERR_CRYPTO;
	TRY(key_algorithm_apply(algorithm, ctx));
	*ret = EVP_PKEY_verify(
	           ctx, (const unsigned char *)signature.p, signature.n, digest.b, sizeof(digest.b)) == 1;
	return OK;
}

enum err
keys_check(
    struct keys *k, const struct certificates *c, enum key_id key, int64_t at_ms, struct keys_finding *ret)
{
	const struct chain *chain = key == KEY_SEAL ? &c->seal : &c->tsa;
	X509 *leaf CLEANUP(ossl_x509_free) = parse(chain->leaf);
	struct keys_finding f = {.until_ms = INT64_MAX};
	bool fit;

	if (!leaf)
		return ERR_CRYPTO;
	TRY(check_dates(chain->leaf, at_ms, &f));
	for (size_t i = 0; i < chain->issuers_n && f.fault == KEYS_FIT; i++)
		TRY(check_dates(chain->issuers[i], at_ms, &f));
	TRY(fits(k, key, leaf, chain->algorithm, &fit));
	if (!fit)
		f.fault = KEYS_ANOTHER_KEY;
	else if (!is_for(leaf, key))
		f.fault = KEYS_WRONG_USE;
	*ret = f;
	return OK;
}
