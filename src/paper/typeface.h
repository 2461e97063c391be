/* Typefaces on disk: found once a process through fontconfig, mapped, and read by any thread at once. */
#ifndef PAPER_TYPEFACE_H
#define PAPER_TYPEFACE_H

#include "arena.h"

#include <stdint.h>

enum typeface {
	TYPEFACE_GOTHIC, /* body: BIZ UDPGothic */
	TYPEFACE_BOLD,
	TYPEFACE_MONO,   /* BIZ UDGothic */
	TYPEFACE_MINCHO, /* IPAexMincho */
	TYPEFACE_IPA_GOTHIC,
	TYPEFACE_HANAZONO_A,
	TYPEFACE_HANAZONO_B,
	TYPEFACE_NOTO_SANS,
	TYPEFACE_NOTO_SERIF,
	TYPEFACES
};

struct typeface_info {
	struct str postscript_name;
	int units, ascent, descent; /* a glyph's design units in the em */
	int box[4];
	bool is_cff;
};

/* NULL when it is not installed. */
const struct typeface_info *
typeface_info(enum typeface t);
/* The glyph of a code point, with exactly this variation selector or, for 0, none; 0 when the typeface lacks
 * it. */
unsigned
typeface_glyph(enum typeface t, int code, int selector);
/* In thousandths of the em. */
unsigned
typeface_advance(enum typeface t, unsigned glyph);

/* A font program holding just these glyphs (glyphs[0] is 0). TrueType: renumbered in this order, components
 * following; CFF: numbers kept. ERR_GLYPH for a damaged typeface. */
MUST_CHECK enum err
typeface_subset(struct arena *a, enum typeface t, const uint16_t *glyphs, size_t n, struct str *ret);

#endif
