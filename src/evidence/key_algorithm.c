#include "key_algorithm.h"

#include "ossl.h"

#include <openssl/rsa.h>

static const struct {
	const char *name, *group; /* group: of an elliptic curve, as the library calls it */
	int bits;
	bool pss;
} ALGORITHMS[] = {
    [KEY_P256] = {.name = "p256", .group = "prime256v1", .bits = 256},
    [KEY_P384] = {.name = "p384", .group = "secp384r1", .bits = 384},
    [KEY_RSA2048] = {.name = "rsa2048", .bits = 2048},
    [KEY_RSA3072] = {.name = "rsa3072", .bits = 3072},
    [KEY_RSA4096] = {.name = "rsa4096", .bits = 4096},
    [KEY_RSA2048_PSS] = {.name = "rsa2048-pss", .bits = 2048, .pss = true},
    [KEY_RSA3072_PSS] = {.name = "rsa3072-pss", .bits = 3072, .pss = true},
    [KEY_RSA4096_PSS] = {.name = "rsa4096-pss", .bits = 4096, .pss = true},
};
enum { ALGORITHMS_N = sizeof(ALGORITHMS) / sizeof(ALGORITHMS[0]) };

const char *
key_algorithm_name(enum key_algorithm algorithm)
{
	return ALGORITHMS[algorithm].name;
}

bool
key_algorithm_by_name(struct str name, enum key_algorithm *ret)
{
	for (size_t i = 0; i < ALGORITHMS_N; i++)
		if (str_eq(name, str_c(ALGORITHMS[i].name))) {
			*ret = (enum key_algorithm)i;
			return true;
		}
	return false;
}

bool
key_algorithm_is_ecdsa(enum key_algorithm algorithm)
{
	return ALGORITHMS[algorithm].group != NULL;
}

bool
key_algorithm_is_pss(enum key_algorithm algorithm)
{
	return ALGORITHMS[algorithm].pss;
}

/* The restrictions go into the certificate, so that the key signs in no other way. */
static EVP_PKEY *
generate_pss(int bits)
{
	EVP_PKEY_CTX *ctx CLEANUP(ossl_pkey_ctx_free) = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY *key = NULL;

	if (!ctx || EVP_PKEY_keygen_init(ctx) <= 0 || EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_pss_keygen_md(ctx, EVP_sha256()) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_pss_keygen_mgf1_md(ctx, EVP_sha256()) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_pss_keygen_saltlen(ctx, KEY_PSS_SALT) <= 0 ||
	    EVP_PKEY_generate(ctx, &key) <= 0)
		return NULL;
	return key;
}

EVP_PKEY *
key_algorithm_generate(enum key_algorithm algorithm, bool leave_open)
{
	if (ALGORITHMS[algorithm].group)
		return EVP_EC_gen(ALGORITHMS[algorithm].group);
	return ALGORITHMS[algorithm].pss && !leave_open ? generate_pss(ALGORITHMS[algorithm].bits)
	                                                : EVP_RSA_gen((size_t)ALGORITHMS[algorithm].bits);
}

static bool
is_of(X509 *x, size_t algorithm)
{
	const EVP_PKEY *key = X509_get0_pubkey(x);
	int type = key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;
	bool pss =
	    type == EVP_PKEY_RSA_PSS || (type == EVP_PKEY_RSA && X509_get_signature_nid(x) == NID_rsassaPss);
	char group[32];
	size_t n;

	if (type == EVP_PKEY_RSA_PSS)
		type = EVP_PKEY_RSA;
	if (type != (ALGORITHMS[algorithm].group ? EVP_PKEY_EC : EVP_PKEY_RSA) ||
	    pss != ALGORITHMS[algorithm].pss || EVP_PKEY_get_bits(key) != ALGORITHMS[algorithm].bits)
		return false;
	return !ALGORITHMS[algorithm].group || (EVP_PKEY_get_group_name(key, group, sizeof(group), &n) == 1 &&
	                                           str_eq(str_c(group), str_c(ALGORITHMS[algorithm].group)));
}

enum err
key_algorithm_of(X509 *certificate, enum key_algorithm *ret)
{
	for (size_t i = 0; i < ALGORITHMS_N; i++)
		if (is_of(certificate, i)) {
			*ret = (enum key_algorithm)i;
			return OK;
		}
	return ERR_CONFIG;
}

enum err
key_algorithm_apply(enum key_algorithm algorithm, EVP_PKEY_CTX *ctx)
{
	if (EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) <= 0)
		return ERR_CRYPTO;
	if (key_algorithm_is_ecdsa(algorithm))
		return OK;
	if (!key_algorithm_is_pss(algorithm))
		return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0 ? OK : ERR_CRYPTO;
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	               EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) > 0 &&
	               EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, KEY_PSS_SALT) > 0
	           ? OK
	           : ERR_CRYPTO;
}
