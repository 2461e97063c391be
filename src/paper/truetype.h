/* Cuts a TrueType font program down to a few glyphs, without their hinting: tens of microseconds instead of
 * milliseconds. */
#ifndef PAPER_TRUETYPE_H
#define PAPER_TRUETYPE_H

#include "arena.h"

#include <stdint.h>

struct truetype {
	struct str head, hhea, maxp, hmtx, loca, glyf;
};

/* From head and hhea, in design units. */
bool
truetype_metrics(const struct truetype *f, int *ret_ascent, int *ret_descent, int ret_box[4]);
/* glyphs[i] becomes glyph i; what composite glyphs are made of is added behind. ERR_GLYPH for a damaged font.
 */
MUST_CHECK enum err
truetype_subset(struct arena *a, const struct truetype *f, const uint16_t *glyphs, size_t n, struct str *ret);

#endif
