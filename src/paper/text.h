/* Text as glyphs: every character found in some typeface, lines broken by the Japanese rules. */
#ifndef PAPER_TEXT_H
#define PAPER_TEXT_H

#include "typeface.h"

struct glyph {
	int code, selector;
	uint16_t id;
	uint16_t advance; /* thousandths of the em */
	uint8_t typeface;
};

struct text {
	struct glyph *at;
	size_t n;
};

struct text_line {
	size_t from, to;
};

/* What becomes of a character that no typeface has: nothing is ever left out or replaced by a box. */
enum text_missing {
	TEXT_REFUSE,   /* ERR_GLYPH */
	TEXT_WRITE_OUT /* its number instead, as [U+1F600]; after the character, where only its variation is
	                  not there */
};
/* Looks each character up in the typeface and then in the fallbacks. ERR_GLYPH: ret_missing is the code point
 * that cannot be drawn. ERR_INVALID for what is not UTF-8. Line feeds stay, as glyphs of no width. */
MUST_CHECK enum err
text_read(struct arena *a, enum typeface t, enum text_missing missing, struct str s, struct text *ret,
    int *ret_missing);
double
text_width(const struct text *t, size_t from, size_t to, double size);
/* Lines no wider than width; closing marks do not begin a line, opening ones do not end it. At least one
 * line. */
struct text_line *
text_wrap(struct arena *a, const struct text *t, double size, double width, size_t *ret_n);

#endif
