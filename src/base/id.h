/* Random identifiers and digests. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "arena.h"

enum { ID_LENGTH = 26, SHA256_LENGTH = 32 };

struct sha256 {
	unsigned char b[SHA256_LENGTH];
};

/* libsodium must be ready before anything here is used; called once at start. */
MUST_CHECK enum err
id_init(void);
/* A new public id: 128 random bits as 26 lower-case base32 characters. */
struct str
id_new(struct arena *a);
void
random_bytes(void *ret, size_t n);
/* Uniform in [0, bound). */
unsigned
random_below(unsigned bound);
struct sha256
sha256_of(struct str bytes);
/* Hexadecimal, 64 characters. */
struct str
sha256_hex(struct arena *a, const struct sha256 *d);
bool
sha256_eq(const struct sha256 *a, const struct sha256 *b);
/* HMAC-SHA-256 (RFC 2104) under a 32-byte key. */
struct sha256
hmac_sha256(const unsigned char key[32], struct str bytes);
/* Equality in time that depends on the lengths alone. */
bool
bytes_equal_const(struct str a, struct str b);

#endif
