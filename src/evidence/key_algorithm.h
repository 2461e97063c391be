/* The kinds of keys that seal and stamp. Keys are stronger or weaker, the digest is always SHA-256. */
#ifndef EVIDENCE_KEY_ALGORITHM_H
#define EVIDENCE_KEY_ALGORITHM_H

#include "err.h"
#include "str.h"

#include <openssl/types.h>

/* With what padding an RSA key signs is told by its certificate: by PSS where it names id-RSASSA-PSS as the
 * kind of key (RFC 4055 1.2), or leaves it open (rsaEncryption) and was itself signed by PSS. Whoever can
 * judge such a certificate can judge such a signature. */
enum key_algorithm {
	KEY_P256,
	KEY_P384,
	KEY_RSA2048,
	KEY_RSA3072,
	KEY_RSA4096,
	KEY_RSA2048_PSS,
	KEY_RSA3072_PSS,
	KEY_RSA4096_PSS
};
/* For usage texts. */
#define KEY_ALGORITHM_NAMES "p256|p384|rsa2048|rsa3072|rsa4096|rsa2048-pss|rsa3072-pss|rsa4096-pss"

enum { KEY_SIGNATURE_MAX = 512, KEY_PSS_SALT = 32 };

/* "p256", "rsa3072-pss". */
const char *
key_algorithm_name(enum key_algorithm algorithm);
bool
key_algorithm_by_name(struct str name, enum key_algorithm *ret);
/* How signatures are made with it. */
bool
key_algorithm_is_ecdsa(enum key_algorithm algorithm);
bool
key_algorithm_is_pss(enum key_algorithm algorithm);
/* A new pair; NULL when it cannot be made. The caller frees it. leave_open: an RSA key whose certificate does
 * not name its padding. */
EVP_PKEY *
key_algorithm_generate(enum key_algorithm algorithm, bool leave_open);
/* Of a certificate's key. ERR_CONFIG when it is none of these. */
MUST_CHECK enum err
key_algorithm_of(X509 *certificate, enum key_algorithm *ret);
/* Makes ctx, ready to sign or to verify a SHA-256 digest, do so in the way of the algorithm (RSASSA-PSS: MGF1
 * with SHA-256, salt of KEY_PSS_SALT bytes, RFC 4055 3.1). */
MUST_CHECK enum err
key_algorithm_apply(enum key_algorithm algorithm, EVP_PKEY_CTX *ctx);

#endif
