#include "id.h"
#include "hex.h"

#include <sodium.h>

enum err
id_init(void)
{
	return sodium_init() < 0 ? ERR_CRYPTO : OK;
}

struct str
id_new(struct arena *a)
{
	static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* no l, o, 0, 1 */
	unsigned char raw[17] = {0};
	randombytes_buf(raw, 16);
	char *p = arena_alloc(a, ID_LENGTH + 1);
	for (unsigned i = 0; i < ID_LENGTH; i++) {
		unsigned bit = i * 5;
		unsigned two = (unsigned)raw[bit / 8] << 8 | raw[bit / 8 + 1];
		p[i] = alphabet[two >> (11 - bit % 8) & 31];
	}
	return str_make(p, ID_LENGTH);
}

void
random_bytes(void *ret, size_t n)
{
	randombytes_buf(ret, n);
}

unsigned
random_below(unsigned bound)
{
	return randombytes_uniform(bound);
}

struct str
sha256_hex(struct arena *a, const struct sha256 *d)
{
	return hex_encode(a, str_make(d->b, sizeof(d->b)));
}

bool
sha256_eq(const struct sha256 *a, const struct sha256 *b)
{
	return sodium_memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

struct sha256
hmac_sha256(const unsigned char key[32], struct str bytes)
{
	struct sha256 d;
	crypto_auth_hmacsha256(d.b, (const unsigned char *)bytes.p, bytes.n, key);
	return d;
}

bool
bytes_equal_const(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}
