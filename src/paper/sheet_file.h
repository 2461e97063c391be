/* What a sheet holds while it is drawn; for sheet.c and sheet_file.c alone. */
#ifndef PAPER_SHEET_FILE_H
#define PAPER_SHEET_FILE_H

#include "sheet.h"

enum { SHEET_PAGES_MAX = 400, SHEET_GLYPHS_MAX = 4096, SHEET_IMAGES_MAX = 64 };

struct sheet_font {
	bool used;
	uint16_t *place; /* by glyph: its place in glyph[] */
	uint16_t *glyph;
	struct glyph *source; /* the character that first asked for it */
	size_t n;
};

struct sheet {
	struct arena *a;
	enum err e;
	struct str field, missing_field;
	int missing;
	struct buf page[SHEET_PAGES_MAX], *out;
	unsigned pages;
	struct sheet_font font[TYPEFACES];
	const struct inkan *image[SHEET_IMAGES_MAX];
	unsigned images;
};

#endif
