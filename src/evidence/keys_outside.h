/* Keys that were not made here. */
#ifndef EVIDENCE_KEYS_OUTSIDE_H
#define EVIDENCE_KEYS_OUTSIDE_H

#include "keys.h"
#include "ossl.h"

/* Whether a setting was made. */
static inline bool
keys_given(const char *setting)
{
	return setting && *setting;
}

enum { KEYS_SECRET_MAX = 256 };
/* The first line of a file, a password or PIN. The caller cleanses it. ERR_IO; ERR_CONFIG when it is too
 * long. */
MUST_CHECK enum err
keys_secret_read(const char *path, char ret[KEYS_SECRET_MAX]);
/* The private key of a PKCS#12 file (RFC 7292). Errors as of keys_outside_publish(). */
MUST_CHECK enum err
keys_pkcs12_read(const struct keys_source *source, EVP_PKEY **ret);

/* A key that stays in a token (PKCS#11). */
struct pkcs11_key;
/* ERR_CONFIG: not exactly one private key is what the URI names, or the module is none; ERR_PEER: the token
 * refuses the PIN or does not answer. */
MUST_CHECK enum err
pkcs11_key_open(const struct keys_source *source, struct pkcs11_key **ret);
void
pkcs11_key_close(struct pkcs11_key *k);
/* As keys_sign(). ERR_PEER. */
MUST_CHECK enum err
pkcs11_key_sign(struct pkcs11_key *k, enum key_algorithm algorithm, const struct sha256 *digest,
    struct arena *a, struct str *ret);

#endif
