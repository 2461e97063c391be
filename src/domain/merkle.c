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

static void
step(struct merkle_path *p, const struct sha256 *node)
{
	p->node[p->n++] = *node;
}

/* Two subtrees of 2^level leaves become one, whose last leaf is `last`. */
static void
note_join(struct merkle_path *paths, size_t n, unsigned level, uint64_t last, const struct sha256 *left,
    const struct sha256 *right)
{
	for (size_t k = 0; k < n; k++)
		if (paths[k].index <= last && paths[k].index >> (level + 1) == last >> (level + 1))
			step(&paths[k], paths[k].index >> level & 1 ? left : right);
}

void
merkle_add_for(struct merkle *m, const struct sha256 *leaf, struct merkle_path *paths, size_t paths_n)
{
	struct sha256 h = *leaf;
	unsigned i = 0;
	for (; i < MERKLE_LEVELS && m->size >> i & 1; i++) {
		note_join(paths, paths_n, i, m->size, &m->at[i], &h);
		h = node(&m->at[i], &h);
	}
	if (i == MERKLE_LEVELS)
		abort(); /* 10^12 events */
	m->at[i] = h;
	m->size++;
}

void
merkle_add(struct merkle *m, const struct sha256 *leaf)
{
	merkle_add_for(m, leaf, NULL, 0);
}

void
merkle_end_paths(const struct merkle *m, struct merkle_path *paths, size_t paths_n)
{
	struct sha256 h;
	bool any = false;
	for (unsigned i = 0; i < MERKLE_LEVELS; i++) {
		uint64_t from = (m->size >> i & ~1ULL) << i, middle = from + (1ULL << i);
		if (!(m->size >> i & 1))
			continue;
		for (size_t k = 0; any && k < paths_n; k++)
			if (paths[k].index >= from && paths[k].index < m->size)
				step(&paths[k], paths[k].index < middle ? &h : &m->at[i]);
		h = any ? node(&m->at[i], &h) : m->at[i];
		any = true;
	}
}

bool
merkle_path_root(
    const struct merkle_path *p, uint64_t size, const struct sha256 *leaf, struct sha256 *ret_root)
{
	struct sha256 r = *leaf;
	if (p->index >= size || p->n > MERKLE_LEVELS)
		return false;
	uint64_t at = p->index, last = size - 1;
	for (unsigned i = 0; i < p->n; i++) {
		if (last == 0)
			return false;
		if (at & 1 || at == last) {
			r = node(&p->node[i], &r);
			for (; at && !(at & 1); at >>= 1)
				last >>= 1;
		} else {
			r = node(&r, &p->node[i]);
		}
		at >>= 1;
		last >>= 1;
	}
	if (last)
		return false;
	*ret_root = r;
	return true;
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
