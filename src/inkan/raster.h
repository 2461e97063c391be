/* Coverage bitmaps: one byte a pixel, top row first. */
#ifndef INKAN_RASTER_H
#define INKAN_RASTER_H

#include "buf.h"
#include "inkan.h"

struct raster {
	unsigned w, h;
	unsigned char *at;
};

/* The impression at this resolution, w and h rounded up. ERR_INVALID for a path that path_next() refuses. */
MUST_CHECK enum err
raster_draw(struct arena *a, const struct inkan *k, double px_per_mm, struct raster *ret);
/* Area average; for going down. */
struct raster
raster_resize(struct arena *a, const struct raster *r, unsigned w, unsigned h);
/* screens.md 4.3 step 5: the unevenness of ink pressed on paper, the same for the same seed. */
void
raster_ink(struct arena *a, struct raster *r, double px_per_mm, struct str seed);
/* 8-bit PNG of one colour whose palette entries differ in transparency. */
MUST_CHECK enum err
raster_png(struct arena *a, const struct raster *r, unsigned rgb, double px_per_mm, struct str *ret);

#endif
