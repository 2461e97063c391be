/* Outlines of characters, cut by Pango from the typefaces installed. */
#ifndef INKAN_GLYPH_H
#define INKAN_GLYPH_H

#include "shape.h"

/* The typefaces seals are cut from, also as fallbacks (screens.md 4.2). */
enum glyph_face { GLYPH_DEJIMA, GLYPH_KOUZAN, GLYPH_KLEE, GLYPH_SERIF, GLYPH_HANAZONO, GLYPH_FACES };

/* The outline of text (one character, or a run to stand on one line) at 200 units an em, y downwards. False
 * when the typeface is not installed, lacks a character or has it empty. Safe from any thread. */
bool
glyph_outline(struct arena *a, enum glyph_face face, struct str text, bool vertical, struct shape *ret);

#endif
