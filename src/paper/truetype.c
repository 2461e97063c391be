#include "truetype.h"

#include "buf.h"

enum { GLYPHS_MAX = 8192 };
/* OpenType glyf, composite glyph flags */
enum {
	ARG_WORDS = 0x0001,
	SCALE = 0x0008,
	MORE = 0x0020,
	XY_SCALE = 0x0040,
	TWO_BY_TWO = 0x0080,
	INSTRUCTIONS = 0x0100
};

struct cut {
	const struct truetype *from;
	uint16_t *glyphs;
	size_t n;
	uint32_t *at; /* offsets into glyf, n + 1 */
	struct buf glyf;
};

static unsigned
u16(struct str s, size_t at)
{
	return at + 2 <= s.n ? (unsigned)(unsigned char)s.p[at] << 8 | (unsigned char)s.p[at + 1] : 0;
}

static uint32_t
u32(struct str s, size_t at)
{
	return (uint32_t)u16(s, at) << 16 | u16(s, at + 2);
}

static void
put16(struct buf *b, unsigned v)
{
	buf_put_byte(b, (unsigned char)(v >> 8));
	buf_put_byte(b, (unsigned char)v);
}

static void
put32(struct buf *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b, v & 0xFFFF);
}

bool
truetype_metrics(const struct truetype *f, int *ret_ascent, int *ret_descent, int ret_box[4])
{
	if (f->head.n < 54 || f->hhea.n < 36)
		return false;
	*ret_ascent = (int16_t)u16(f->hhea, 4);
	*ret_descent = (int16_t)u16(f->hhea, 6);
	for (size_t i = 0; i < 4; i++)
		ret_box[i] = (int16_t)u16(f->head, 36 + 2 * i);
	return true;
}

static bool
glyph_data(const struct truetype *f, unsigned glyph, struct str *ret)
{
	bool is_long = u16(f->head, 50) != 0;
	size_t from = is_long ? u32(f->loca, 4 * (size_t)glyph) : 2 * (size_t)u16(f->loca, 2 * (size_t)glyph);
	size_t to =
	    is_long ? u32(f->loca, 4 * (size_t)glyph + 4) : 2 * (size_t)u16(f->loca, 2 * (size_t)glyph + 2);

	if (((size_t)glyph + 2) * (is_long ? 4 : 2) > f->loca.n || from > to || to > f->glyf.n)
		return false;
	*ret = str_slice(f->glyf, from, to);
	return to == from || to - from >= 10;
}

/* The new number of a component, given now if it has none yet. */
static bool
renumber(struct cut *c, unsigned glyph, unsigned *ret)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->glyphs[i] == glyph) {
			*ret = (unsigned)i;
			return true;
		}
	if (c->n == GLYPHS_MAX)
		return false;
	c->glyphs[c->n] = (uint16_t)glyph;
	*ret = (unsigned)c->n++;
	return true;
}

static bool
put_composite(struct cut *c, struct str g)
{
	size_t at = 10;
	unsigned flags, glyph;

	buf_put(&c->glyf, str_slice(g, 0, 10));
	do {
		if (at + 4 > g.n || !renumber(c, u16(g, at + 2), &glyph))
			return false;
		flags = u16(g, at);
		size_t size = 4 + (flags & ARG_WORDS ? 4 : 2) +
		              (flags & TWO_BY_TWO    ? 8
		                  : flags & XY_SCALE ? 4
		                  : flags & SCALE    ? 2
		                                     : 0);
		if (at + size > g.n)
			return false;
		put16(&c->glyf, flags & ~(unsigned)INSTRUCTIONS);
		put16(&c->glyf, glyph);
		buf_put(&c->glyf, str_slice(g, at + 4, at + size));
		at += size;
	} while (flags & MORE);
	return true;
}

/* A simple glyph without its instructions. */
static bool
put_simple(struct cut *c, struct str g)
{
	size_t ends = 10 + 2 * (size_t)u16(g, 0), code = u16(g, ends);

	if (ends + 2 + code > g.n)
		return false;
	buf_put(&c->glyf, str_slice(g, 0, ends));
	put16(&c->glyf, 0);
	buf_put(&c->glyf, str_slice(g, ends + 2 + code, g.n));
	return true;
}

static enum err
cut_glyphs(struct cut *c)
{
	for (size_t i = 0; i < c->n; i++) { /* c->n grows while composites name their components */
		struct str g;
		c->at[i] = (uint32_t)c->glyf.n;
		if (!glyph_data(c->from, c->glyphs[i], &g))
			return ERR_GLYPH;
		if (g.n && !(u16(g, 0) & 0x8000 ? put_composite(c, g) : put_simple(c, g)))
			return ERR_GLYPH;
		while (c->glyf.n % 4)
			buf_put_byte(&c->glyf, 0);
	}
	c->at[c->n] = (uint32_t)c->glyf.n;
	return OK;
}

static void
put_metrics(struct buf *b, const struct cut *c)
{
	size_t longs = u16(c->from->hhea, 34);

	for (size_t i = 0; i < c->n; i++) {
		size_t g = c->glyphs[i];
		if (g < longs) {
			put32(b, u32(c->from->hmtx, 4 * g));
		} else {
			put16(b, longs ? u16(c->from->hmtx, 4 * (longs - 1)) : 0);
			put16(b, u16(c->from->hmtx, 4 * longs + 2 * (g - longs)));
		}
	}
}

static uint32_t
checksum(struct str s)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 4 <= s.n; i += 4)
		sum += u32(s, i);
	return sum;
}

static void
patch16(struct buf *b, size_t at, unsigned v)
{
	b->p[at] = (char)(v >> 8);
	b->p[at + 1] = (char)v;
}

static struct str
assemble(struct arena *a, const struct cut *c)
{
	static const char *const names[] = {"glyf", "head", "hhea", "hmtx", "loca", "maxp"};
	struct buf t[6] = {0}, out = {0};

	buf_put(&t[0], buf_str(&c->glyf));
	buf_put(&t[1], str_slice(c->from->head, 0, 54));
	memset(t[1].p + 8, 0, 4);
	patch16(&t[1], 50, 1);
	buf_put(&t[2], str_slice(c->from->hhea, 0, 36));
	patch16(&t[2], 34, (unsigned)c->n);
	put_metrics(&t[3], c);
	for (size_t i = 0; i <= c->n; i++)
		put32(&t[4], c->at[i]);
	buf_put(&t[5], c->from->maxp);
	patch16(&t[5], 4, (unsigned)c->n);
	put32(&out, 0x00010000);
	put16(&out, 6);
	put16(&out, 64);
	put16(&out, 2);
	put16(&out, 32);
	size_t at = 12 + 16 * 6;
	for (int i = 0; i < 6; i++) {
		size_t n = t[i].n;
		while (t[i].n % 4)
			buf_put_byte(&t[i], 0);
		buf_put_c(&out, names[i]);
		put32(&out, checksum(buf_str(&t[i])));
		put32(&out, (uint32_t)at);
		put32(&out, (uint32_t)n);
		at += t[i].n;
	}
	for (int i = 0; i < 6; i++) {
		buf_put(&out, buf_str(&t[i]));
		buf_free(&t[i]);
	}
	struct str s = arena_str(a, buf_str(&out));
	buf_free(&out);
	return s;
}

enum err
truetype_subset(struct arena *a, const struct truetype *f, const uint16_t *glyphs, size_t n, struct str *ret)
{
	struct cut c = {.from = f, .n = n};

	if (n > GLYPHS_MAX || f->head.n < 54 || f->hhea.n < 36 || f->maxp.n < 6)
		return ERR_GLYPH;
	c.glyphs = ARENA_ARRAY(a, uint16_t, GLYPHS_MAX);
	c.at = ARENA_ARRAY(a, uint32_t, GLYPHS_MAX + 1);
	memcpy(c.glyphs, glyphs, n * sizeof *glyphs);
	enum err e = cut_glyphs(&c);
	if (e == OK)
		*ret = assemble(a, &c);
	buf_free(&c.glyf);
	return e;
}
