/* A photograph or scan of a seal made into clean coverage (screens.md 4.4, steps 1 to 7). */
#include "inkan.h"
#include "raster.h"

#include <math.h>

enum {
	SIDE_WORK = 1600,
	SIDE_KEPT = 600,
	SIDE_MIN = 24,
	TILES = 10,
	TILE_MIN_PX = 50,
	PIXELS_MAX = 24000000
};

static const double RED_FROM = 0.10, RED_RANGE = 0.28, RED_SHARE_MIN = 0.003, DARK_FROM = 0.35,
                    DARK_RANGE = 0.35;
static const double SPECK_BLUR_MIN = 0.12, SPECK_SHARE = 0.002, TRIM_ALPHA = 0.3, TRIM_MARGIN = 0.04;

struct photo {
	unsigned w, h;
	struct raster rgb[3];
};

/* Colour planes over white, no side longer than SIDE_WORK. */
static struct photo
read_photo(struct arena *a, const unsigned char *rgba, unsigned w, unsigned h)
{
	double scale = fmin(1, (double)SIDE_WORK / (w > h ? w : h));
	struct photo p = {.w = (unsigned)fmax(1, w * scale), .h = (unsigned)fmax(1, h * scale)};
	struct raster plane = {w, h, arena_alloc(a, (size_t)w * h)};

	for (int c = 0; c < 3; c++) {
		for (size_t i = 0; i < (size_t)w * h; i++) {
			unsigned alpha = rgba[4 * i + 3];
			plane.at[i] = (unsigned char)((rgba[4 * i + c] * alpha + 255 * (255 - alpha)) / 255);
		}
		p.rgb[c] = raster_resize(a, &plane, p.w, p.h);
	}
	return p;
}

/* The 90th percentile of one tile: the brightness of its paper. */
static unsigned
paper(const struct raster *r, unsigned x0, unsigned y0, unsigned x1, unsigned y1)
{
	unsigned count[256] = {0}, n = (x1 - x0) * (y1 - y0), above = 0;

	for (unsigned y = y0; y < y1; y++)
		for (unsigned x = x0; x < x1; x++)
			count[r->at[(size_t)y * r->w + x]]++;
	for (int v = 255; v > 0; v--) {
		above += count[v];
		if (above * 10 >= n)
			return (unsigned)v;
	}
	return 1;
}

static double
between(double a, double b, double t)
{
	return a + (b - a) * t;
}

/* Divides by the paper, so that shadows and the colour of the light go. */
static void
flatten(struct raster *r, unsigned tile)
{
	unsigned nx = (r->w + tile - 1) / tile, ny = (r->h + tile - 1) / tile;
	double light[(SIDE_WORK / TILE_MIN_PX + 2)][(SIDE_WORK / TILE_MIN_PX + 2)];

	for (unsigned j = 0; j < ny; j++)
		for (unsigned i = 0; i < nx; i++) {
			unsigned x1 = (i + 1) * tile, y1 = (j + 1) * tile;
			light[j][i] =
			    paper(r, i * tile, j * tile, x1 < r->w ? x1 : r->w, y1 < r->h ? y1 : r->h);
		}
	for (unsigned y = 0; y < r->h; y++) {
		double fy = fmin(ny - 1, fmax(0, (double)y / tile - 0.5));
		unsigned j = (unsigned)fy, j1 = j + 1 < ny ? j + 1 : j;
		for (unsigned x = 0; x < r->w; x++) {
			double fx = fmin(nx - 1, fmax(0, (double)x / tile - 0.5));
			unsigned i = (unsigned)fx, i1 = i + 1 < nx ? i + 1 : i;
			double l = between(between(light[j][i], light[j][i1], fx - i),
			    between(light[j1][i], light[j1][i1], fx - i), fy - j);
			unsigned char *v = &r->at[(size_t)y * r->w + x];
			*v = (unsigned char)fmin(255, *v * 255 / fmax(24, l));
		}
	}
}

static unsigned char
ramp(double v, double from, double range)
{
	return (unsigned char)(255 * fmin(1, fmax(0, (v - from) / range)) + 0.5);
}

/* How much red ink covers each pixel: black text and shadows have none. Answers the share of pixels that have
 * some. */
static double
cover_red(const struct photo *p, struct raster *ret)
{
	size_t n = (size_t)p->w * p->h, red = 0;

	for (size_t i = 0; i < n; i++) {
		int r = p->rgb[0].at[i], g = p->rgb[1].at[i], b = p->rgb[2].at[i];
		ret->at[i] = ramp((r - (g > b ? g : b)) / 255.0, RED_FROM, RED_RANGE);
		red += ret->at[i] > 127;
	}
	return (double)red / (double)n;
}

static void
cover_dark(const struct photo *p, struct raster *ret)
{
	for (size_t i = 0; i < (size_t)p->w * p->h; i++) {
		double luma =
		    (0.299 * p->rgb[0].at[i] + 0.587 * p->rgb[1].at[i] + 0.114 * p->rgb[2].at[i]) / 255;
		ret->at[i] = ramp(1 - luma, DARK_FROM, DARK_RANGE);
	}
}

/* Drops what a blur of two pixels finds too thin to be ink. */
static void
drop_noise(struct arena *a, struct raster *r)
{
	unsigned char *keep = arena_alloc(a, (size_t)r->w * r->h);

	for (int y = 0; y < (int)r->h; y++)
		for (int x = 0; x < (int)r->w; x++) {
			unsigned sum = 0, n = 0;
			if (r->at[(size_t)y * r->w + (size_t)x] == 0)
				continue;
			for (int j = y > 2 ? y - 2 : 0; j <= y + 2 && j < (int)r->h; j++)
				for (int i = x > 2 ? x - 2 : 0; i <= x + 2 && i < (int)r->w; i++, n++)
					sum += r->at[(size_t)j * r->w + (size_t)i];
			keep[(size_t)y * r->w + (size_t)x] = sum >= SPECK_BLUR_MIN * 255 * n;
		}
	for (size_t i = 0; i < (size_t)r->w * r->h; i++)
		if (!keep[i])
			r->at[i] = 0;
}

/* Fills the component that holds pixel i; answers how many pixels it has, their places in stack. */
static size_t
component(const struct raster *r, size_t i, unsigned char *seen, unsigned *stack)
{
	size_t n = 1;

	stack[0] = (unsigned)i;
	seen[i] = 1;
	for (size_t k = 0; k < n; k++) {
		unsigned x = stack[k] % r->w, y = stack[k] / r->w;
		for (int d = 0; d < 9; d++) {
			unsigned nx = x + (unsigned)(d % 3) - 1,
			         ny = y + (unsigned)(d / 3) - 1; /* wraps to huge at the edge */
			if (nx >= r->w || ny >= r->h)
				continue;
			size_t next = (size_t)ny * r->w + nx;
			if (!seen[next] && r->at[next] > 40) {
				seen[next] = 1;
				stack[n++] = (unsigned)next;
			}
		}
	}
	return n;
}

static void
drop_specks(struct arena *a, struct raster *r)
{
	size_t all = (size_t)r->w * r->h, ink = 0;
	unsigned char *seen = arena_alloc(a, all);
	unsigned *stack = ARENA_ARRAY(a, unsigned, all);

	for (size_t i = 0; i < all; i++)
		ink += r->at[i] > 40;
	for (size_t i = 0; i < all; i++) {
		if (r->at[i] <= 40 || seen[i])
			continue;
		size_t n = component(r, i, seen, stack);
		if ((double)n < SPECK_SHARE * (double)ink)
			for (size_t k = 0; k < n; k++)
				r->at[stack[k]] = 0;
	}
}

static enum err
trim(struct arena *a, const struct raster *r, struct raster *ret)
{
	unsigned x0 = r->w, y0 = r->h, x1 = 0, y1 = 0;

	for (unsigned y = 0; y < r->h; y++)
		for (unsigned x = 0; x < r->w; x++)
			if (r->at[(size_t)y * r->w + x] > TRIM_ALPHA * 255) {
				x0 = x < x0 ? x : x0;
				x1 = x + 1 > x1 ? x + 1 : x1;
				y0 = y < y0 ? y : y0;
				y1 = y + 1;
			}
	if (x1 <= x0 || x1 - x0 < SIDE_MIN || y1 - y0 < SIDE_MIN)
		return ERR_SEAL_NOT_FOUND;
	unsigned w = x1 - x0, h = y1 - y0, margin = (unsigned)((w > h ? w : h) * TRIM_MARGIN);
	struct raster out = {w + 2 * margin, h + 2 * margin, NULL};
	out.at = arena_alloc(a, (size_t)out.w * out.h);
	for (unsigned y = 0; y < h; y++)
		memcpy(
		    out.at + (size_t)(y + margin) * out.w + margin, r->at + (size_t)(y + y0) * r->w + x0, w);
	double scale = (double)SIDE_KEPT / (out.w > out.h ? out.w : out.h);
	if (scale < 1)
		out = raster_resize(a, &out, (unsigned)(out.w * scale), (unsigned)(out.h * scale));
	/* Sixteen levels are as good to the eye and a third of the size. */
	for (size_t i = 0; i < (size_t)out.w * out.h; i++)
		out.at[i] = (unsigned char)((out.at[i] + 8) / 17 * 17);
	*ret = out;
	return OK;
}

enum err
inkan_from_image(
    struct arena *a, const unsigned char *rgba, unsigned w, unsigned h, double size_mm, struct inkan *ret)
{
	struct raster cover, clean;

	if (w == 0 || h == 0 || (unsigned long long)w * h > PIXELS_MAX || w > 20 * h || h > 20 * w ||
	    !(size_mm >= 5 && size_mm <= 40))
		return ERR_INVALID;
	struct photo p = read_photo(a, rgba, w, h);
	unsigned longest = p.w > p.h ? p.w : p.h;
	for (int c = 0; c < 3; c++)
		flatten(&p.rgb[c], longest / TILES > TILE_MIN_PX ? longest / TILES : TILE_MIN_PX);
	cover = (struct raster){p.w, p.h, arena_alloc(a, (size_t)p.w * p.h)};
	if (cover_red(&p, &cover) < RED_SHARE_MIN)
		cover_dark(&p, &cover);
	drop_noise(a, &cover);
	drop_specks(a, &cover);
	TRY(trim(a, &cover, &clean));
	double longer = clean.w > clean.h ? clean.w : clean.h;
	*ret = (struct inkan){.width_mm = size_mm * clean.w / longer,
	    .height_mm = size_mm * clean.h / longer,
	    .rgb = INKAN_RED,
	    .mask_w = clean.w,
	    .mask_h = clean.h,
	    .mask = str_make(clean.at, (size_t)clean.w * clean.h)};
	return OK;
}
