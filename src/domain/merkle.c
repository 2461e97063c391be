#include "merkle.h"

#include "buf.h"
#include "hex.h"

#include <stdlib.h>

static struct sha256
node(const struct sha256 *left, const struct sha256 *right)
{
	unsigned char both[1 + 2 * SHA256_LENGTH] = {1};
	memcpy(both + 1, left->b, SHA256_LENGTH);
	memcpy(both + 1 + SHA256_LENGTH, right->b, SHA256_LENGTH);
	return sha256_of(str_make(both, sizeof(both)));
}

struct sha256
merkle_leaf(struct str bytes)
{
	struct buf b CLEANUP(buf_free) = {0};
	buf_put_byte(&b, 0);
	buf_put(&b, bytes);
	return sha256_of(buf_str(&b));
}

void
merkle_add(struct merkle *m, const struct sha256 *leaf)
{
	struct sha256 h = *leaf;
	unsigned i = 0;
	for (; i < MERKLE_LEVELS && m->size >> i & 1; i++)
		h = node(&m->at[i], &h);
	if (i == MERKLE_LEVELS)
		abort(); /* 10^12 events */
	m->at[i] = h;
	m->size++;
}

struct sha256
merkle_root(const struct merkle *m)
{
	struct sha256 h;
	bool any = false;
	for (unsigned i = 0; i < MERKLE_LEVELS; i++) {
		if (!(m->size >> i & 1))
			continue;
		h = any ? node(&m->at[i], &h) : m->at[i];
		any = true;
	}
	return any ? h : sha256_of(STR_NONE);
}

struct str
merkle_encode(struct arena *a, const struct merkle *m)
{
	struct buf b CLEANUP(buf_free) = {0};
	buf_printf(&b, "%llu", (unsigned long long)m->size);
	for (unsigned i = MERKLE_LEVELS; i-- > 0;) {
		char hex[2 * SHA256_LENGTH];
		if (!(m->size >> i & 1))
			continue;
		hex_encode_to(m->at[i].b, SHA256_LENGTH, hex);
		buf_put_byte(&b, ' ');
		buf_put(&b, str_make(hex, sizeof(hex)));
	}
	return arena_str(a, buf_str(&b));
}

bool
merkle_decode(struct str s, struct merkle *ret)
{
	struct merkle m = {0};
	unsigned long long size;
	struct str word;
	if (!str_split(&s, ' ', &word) || !str_to_u64(word, (1ULL << MERKLE_LEVELS) - 1, &size))
		return false;
	m.size = size;
	for (unsigned i = MERKLE_LEVELS; i-- > 0;)
		if (m.size >> i & 1 && (!str_split(&s, ' ', &word) || word.n != 2 * SHA256_LENGTH ||
		                           !hex_decode(word, m.at[i].b, SHA256_LENGTH)))
			return false;
	*ret = m;
	return s.n == 0;
}
