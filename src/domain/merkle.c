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

/* The root of leaves [0, n). */
static struct sha256
root_of(const struct sha256 *leaves, uint64_t n)
{
	struct merkle m = {0};
	for (uint64_t i = 0; i < n; i++)
		merkle_add(&m, &leaves[i]);
	return merkle_root(&m);
}

/* The largest power of two below n; n > 1. */
static uint64_t
split_at(uint64_t n)
{
	uint64_t k = 1;
	while (k << 1 < n)
		k <<= 1;
	return k;
}

unsigned
merkle_path(const struct sha256 *leaves, uint64_t n, uint64_t index, struct sha256 *ret)
{
	if (n <= 1)
		return 0;
	uint64_t k = split_at(n);
	unsigned found;
	if (index < k) {
		found = merkle_path(leaves, k, index, ret);
		ret[found] = root_of(leaves + k, n - k);
	} else {
		found = merkle_path(leaves + k, n - k, index - k, ret);
		ret[found] = root_of(leaves, k);
	}
	return found + 1;
}

bool
merkle_path_fits(const struct sha256 *leaf, uint64_t index, uint64_t n, const struct sha256 *path,
    unsigned path_n, const struct sha256 *root)
{
	if (index >= n)
		return false;
	uint64_t fn = index, sn = n - 1;
	struct sha256 r = *leaf;
	for (unsigned i = 0; i < path_n; i++) {
		if (sn == 0)
			return false;
		if (fn & 1 || fn == sn) {
			r = node(&path[i], &r);
			for (; !(fn & 1) && fn; fn >>= 1)
				sn >>= 1;
		} else {
			r = node(&r, &path[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && sha256_eq(&r, root);
}
