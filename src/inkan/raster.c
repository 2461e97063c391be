#include "raster.h"

#include "path.h"

#include <cairo.h>
#include <math.h>
#include <png.h>

enum { SIDE_MAX = 4800 };

static enum err
trace(cairo_t *cr, struct str path)
{
	struct path_op o;

	for (;;) {
		TRY(path_next(&path, &o));
		switch (o.op) {
		case 'm': cairo_move_to(cr, o.v[0], o.v[1]); break;
		case 'l': cairo_line_to(cr, o.v[0], o.v[1]); break;
		case 'c': cairo_curve_to(cr, o.v[0], o.v[1], o.v[2], o.v[3], o.v[4], o.v[5]); break;
		case 'h': cairo_close_path(cr); break;
		case 'f': cairo_fill(cr); break;
		default: return OK;
		}
	}
}

static enum err
draw_path(const struct inkan *k, double px_per_mm, struct raster *r)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, (int)r->w, (int)r->h);
	cairo_t *cr = cairo_create(surface);

	cairo_translate(cr, 0, k->height_mm * px_per_mm);
	cairo_scale(cr, px_per_mm, -px_per_mm);
	enum err e = trace(cr, k->path);
	cairo_surface_flush(surface);
	const unsigned char *data = cairo_image_surface_get_data(surface);
	if (e == OK && (cairo_status(cr) != CAIRO_STATUS_SUCCESS || !data))
		e = ERR_NOMEM;
	for (unsigned y = 0; e == OK && y < r->h; y++)
		memcpy(r->at + (size_t)y * r->w,
		    data + (size_t)y * (size_t)cairo_image_surface_get_stride(surface), r->w);
	cairo_destroy(cr);
	cairo_surface_destroy(surface);
	return e;
}

enum err
raster_draw(struct arena *a, const struct inkan *k, double px_per_mm, struct raster *ret)
{
	double w = ceil(k->width_mm * px_per_mm - 1e-9), h = ceil(k->height_mm * px_per_mm - 1e-9);
	void *at;

	if (!(w >= 1 && w <= SIDE_MAX && h >= 1 && h <= SIDE_MAX))
		return ERR_INVALID;
	struct raster r = {.w = (unsigned)w, .h = (unsigned)h};
	if (!k->path.n) {
		struct raster mask = {k->mask_w, k->mask_h, (unsigned char *)k->mask.p};
		if (!mask.w || !mask.h || k->mask.n != (size_t)mask.w * mask.h)
			return ERR_INVALID;
		*ret = raster_resize(a, &mask, r.w, r.h);
		return OK;
	}
	TRY(arena_try(a, r.w, r.h, &at));
	r.at = at;
	TRY(draw_path(k, px_per_mm, &r));
	*ret = r;
	return OK;
}

/* One row or column of from pixels to the span [x0, x1): the weights of its ends are what it covers of them.
 */
static double
span(const float *v, unsigned n, double x0, double x1)
{
	double sum = 0;

	for (unsigned i = (unsigned)x0; i < n && i < x1; i++)
		sum += v[i] * (fmin(i + 1.0, x1) - fmax(i, x0));
	return sum / (x1 - x0);
}

struct raster
raster_resize(struct arena *a, const struct raster *r, unsigned w, unsigned h)
{
	struct raster out = {w, h, arena_alloc(a, (size_t)w * h)};
	float *rows = ARENA_ARRAY(a, float, (size_t)w * r->h),
	      *line = ARENA_ARRAY(a, float, r->w > r->h ? r->w : r->h);
	double sx = (double)r->w / w, sy = (double)r->h / h;

	for (unsigned y = 0; y < r->h; y++) {
		for (unsigned x = 0; x < r->w; x++)
			line[x] = r->at[(size_t)y * r->w + x];
		for (unsigned x = 0; x < w; x++)
			rows[(size_t)y * w + x] = (float)span(line, r->w, x * sx, fmin((x + 1) * sx, r->w));
	}
	for (unsigned x = 0; x < w; x++) {
		for (unsigned y = 0; y < r->h; y++)
			line[y] = rows[(size_t)y * w + x];
		for (unsigned y = 0; y < h; y++)
			out.at[(size_t)y * w + x] =
			    (unsigned char)(span(line, r->h, y * sy, fmin((y + 1) * sy, r->h)) + 0.5);
	}
	return out;
}

struct sink {
	struct buf b;
};

static void
sink_write(png_structp png, png_bytep data, png_size_t n)
{
	struct sink *s = png_get_io_ptr(png);
	buf_put(&s->b, str_make(data, n));
}

static void
sink_flush(png_structp png)
{
}

static void
write_png(png_structp png, png_infop info, const struct raster *r, unsigned rgb, double px_per_mm)
{
	png_color palette[256];
	png_byte alpha[256];
	png_uint_32 per_metre = (png_uint_32)(px_per_mm * 1000 + 0.5);

	for (int i = 0; i < 256; i++) {
		palette[i] = (png_color){(png_byte)(rgb >> 16), (png_byte)(rgb >> 8), (png_byte)rgb};
		alpha[i] = (png_byte)i;
	}
	png_set_IHDR(png, info, r->w, r->h, 8, PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE,
	    PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_set_PLTE(png, info, palette, 256);
	png_set_tRNS(png, info, alpha, 256, NULL);
	png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
	png_set_compression_level(png, 6);
	png_write_info(png, info);
	for (unsigned y = 0; y < r->h; y++)
		png_write_row(png, r->at + (size_t)y * r->w);
	png_write_end(png, info);
}

enum err
raster_png(struct arena *a, const struct raster *r, unsigned rgb, double px_per_mm, struct str *ret)
{
	struct sink s = {0};
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png ? png_create_info_struct(png) : NULL;

	if (!info || setjmp(png_jmpbuf(png))) {
		png_destroy_write_struct(&png, &info);
		buf_free(&s.b);
		return ERR_NOMEM;
	}
	png_set_write_fn(png, &s, sink_write, sink_flush);
	write_png(png, info, r, rgb, px_per_mm);
	png_destroy_write_struct(&png, &info);
	*ret = arena_str(a, buf_str(&s.b));
	buf_free(&s.b);
	return OK;
}
