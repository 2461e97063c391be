/* A4 pages written as PDF 1.7 in the shape of PDF/A-3u: embedded subsets, Unicode for every glyph, XMP, sRGB
 * output intent, file identifier, associated file; one revision, classic cross-reference table. Lengths in
 * points from the top left corner. The first error is remembered; drawing after it does nothing and
 * sheet_finish() answers it. */
#ifndef PAPER_SHEET_H
#define PAPER_SHEET_H

#include "buf.h"
#include "text.h"

#include <stdint.h>

#define SHEET_WIDTH 595.276
#define SHEET_HEIGHT 841.890
#define MM (72 / 25.4)

struct inkan;
struct sheet;

struct sheet *
sheet_new(struct arena *a);
/* Frees what the arena does not hold; for CLEANUP. */
void
sheet_drop(struct sheet **s);
void
sheet_page(struct sheet *s);
unsigned
sheet_pages(const struct sheet *s);
/* Draws on page 1 .. sheet_pages() from now on. */
void
sheet_turn_to(struct sheet *s, unsigned page);

/* Names what is drawn from now on; for sheet_missing(). */
void
sheet_field(struct sheet *s, struct str field);
/* Our own words: every character must be there. */
struct text
sheet_read(struct sheet *s, enum typeface t, struct str text);
/* What others wrote: characters that no typeface has are written out (text.h). */
struct text
sheet_read_value(struct sheet *s, enum typeface t, struct str text);
/* After ERR_GLYPH: the code point that could not be drawn, and in which field. 0: none was missing. */
int
sheet_missing(const struct sheet *s, struct str *ret_field);
/* Part of a text with its baseline at y. */
void
sheet_glyphs(struct sheet *s, double x, double y, double size, unsigned rgb, const struct text *t,
    size_t from, size_t to);
/* One line; answers its width. */
double
sheet_line(struct sheet *s, double x, double y, enum typeface t, double size, unsigned rgb, struct str text);
void
sheet_fill(struct sheet *s, double x, double y, double w, double h, unsigned rgb);
/* Squares of a pattern, top row first, side * side of them in size points: those that are not 0. */
void
sheet_pattern(struct sheet *s, double x, double y, double size, const unsigned char *squares, unsigned side,
    unsigned rgb);
/* The impression with its lower left corner at (x, y), no larger than its true size or than max. */
void
sheet_impression(struct sheet *s, double x, double y, double max, const struct inkan *k);

struct sheet_info {
	struct str title, subject;
	bool english; /* /Lang: en, else ja-JP */
	int64_t at_ms;
	struct str attachment, attachment_name, attachment_note; /* empty: none */
};

MUST_CHECK enum err
sheet_finish(struct sheet *s, const struct sheet_info *info, struct buf *ret);

#endif
