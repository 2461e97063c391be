/* 印影: seal impressions, drawn as vectors in millimetres (screens.md section 4). */
#ifndef INKAN_INKAN_H
#define INKAN_INKAN_H

#include "arena.h"

struct inkan {
	double width_mm, height_mm;
	unsigned rgb; /* 0xRRGGBB */
	struct str
	    path; /* PDF path operators (m l c h, then f) in mm, origin bottom left; empty for images */
	unsigned mask_w, mask_h; /* uploaded images: coverage, 8 bits a pixel, top row first */
	struct str mask;
	bool substituted; /* a character came from another typeface: tell the user */
};

enum inkan_face {
	INKAN_KOINTAI /* 古印体風 */,
	INKAN_GYOSHO /* 行書 */,
	INKAN_KAISHO /* 楷書 */,
	INKAN_MINCHO /* 明朝 */
};
enum { INKAN_RED = 0xC82B22 };

/* 個人印: a round personal seal of 1 to 6 characters, 10 to 18 mm. Deterministic. ERR_INVALID for a text it
 * does not take, ERR_GLYPH when no typeface at hand has a character. */
MUST_CHECK enum err
inkan_kojin(struct arena *a, struct str text, enum inkan_face face, double diameter_mm, struct inkan *ret);
/* A photograph or scan of a seal, decoded to RGBA (top row first), cleaned as in 4.4. ERR_SEAL_NOT_FOUND. */
MUST_CHECK enum err
inkan_from_image(
    struct arena *a, const unsigned char *rgba, unsigned w, unsigned h, double size_mm, struct inkan *ret);
/* Handwriting: JSON {"w":..,"h":..,"strokes":[[[x,y,t,p],..],..]} normalised to the pad (4.5); bounded; dots
 * refused. */
MUST_CHECK enum err
inkan_from_strokes(struct arena *a, struct str json, double width_mm, struct inkan *ret);

/* A compact form to keep, and back; what is kept is what was shown and is what is stamped. ERR_INVALID when
 * damaged. */
struct str
inkan_encode(struct arena *a, const struct inkan *k);
MUST_CHECK enum err
inkan_decode(struct arena *a, struct str s, struct inkan *ret);

struct str
inkan_svg(struct arena *a, const struct inkan *k, struct str title);
/* 8-bit PNG with transparency at this resolution; ink_finish adds 4.3 step 5 with the seed. */
MUST_CHECK enum err
inkan_png(struct arena *a, const struct inkan *k, double px_per_mm, bool ink_finish, struct str seed,
    struct str *ret);
/* One page of its true size. */
MUST_CHECK enum err
inkan_pdf(struct arena *a, const struct inkan *k, struct str *ret);

#endif
