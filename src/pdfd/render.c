/* A page as PNG: sixteen greys where there is no colour, else RGB. */
#include "mupdf_context.h"
#include "pdfd.h"

#include <png.h>
#include <stdlib.h>

enum { HEIGHT_MAX = 20000, PIXELS_MAX = 25000000, COLOUR_SLACK = 8, COMPRESSION = 2 };

static bool
has_colour(const unsigned char *p, int w, int h, int stride)
{
	for (int y = 0; y < h; y++) {
		const unsigned char *row = p + (size_t)y * (size_t)stride;
		for (int x = 0; x < w; x++, row += 3) {
			int a = abs(row[0] - row[1]), b = abs(row[1] - row[2]), c = abs(row[0] - row[2]);
			if (a > COLOUR_SLACK || b > COLOUR_SLACK || c > COLOUR_SLACK)
				return true;
		}
	}
	return false;
}

static void
png_out(png_structp png, png_bytep data, png_size_t n)
{
	pdfd_put(png_get_io_ptr(png), data, n);
}

static void
png_flush_nothing(png_structp png)
{
}

/* Two pixels a byte. */
static void
grey_row(const unsigned char *rgb, int w, unsigned char *ret)
{
	for (int x = 0; x < w; x++) {
		unsigned g = (unsigned)rgb[3 * x + 1] * 15 + 127;
		g /= 255;
		if (x & 1)
			ret[x / 2] = (unsigned char)(ret[x / 2] | g);
		else
			ret[x / 2] = (unsigned char)(g << 4);
	}
}

static enum err
encode(const unsigned char *pixels, int w, int h, int stride, struct pdfd_output *o)
{
	const volatile bool colour = has_colour(pixels, w, h, stride); /* survives the jump of libpng */
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png ? png_create_info_struct(png) : NULL;
	unsigned char *row = calloc(1, (size_t)w / 2 + 1);
	if (!info || !row || setjmp(png_jmpbuf(png)))
		return ERR_PDF_LIMIT; /* the process ends with this document: nothing to give back */
	png_set_write_fn(png, o, png_out, png_flush_nothing);
	png_set_compression_level(png, COMPRESSION);
	png_set_filter(png, 0, colour ? PNG_FILTER_SUB : PNG_FILTER_NONE);
	png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)h, colour ? 8 : 4,
	    colour ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
	    PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (int y = 0; y < h; y++) {
		const unsigned char *from = pixels + (size_t)y * (size_t)stride;
		if (!colour)
			grey_row(from, w, row);
		png_write_row(png, colour ? from : row);
	}
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	free(row);
	return OK;
}

enum err
pdfd_render(struct str pdf, unsigned number, unsigned width_px, struct pdfd_output *o)
{
	fz_context *ctx = mupdf_context();
	fz_document *doc;
	fz_pixmap *pix = NULL;
	enum err e = OK;
	TRY(mupdf_open(ctx, pdf, &doc));
	fz_var(pix);
	fz_try(ctx)
	{
		fz_page *page = fz_load_page(ctx, doc, (int)number - 1);
		fz_rect box = fz_bound_page(ctx, page);
		float w = box.x1 - box.x0, h = box.y1 - box.y0, scale = w > 0 ? (float)width_px / w : 0;
		if (!(w > 0 && h > 0) || h * scale > HEIGHT_MAX || h * scale * (float)width_px > PIXELS_MAX)
			fz_throw(ctx, FZ_ERROR_GENERIC, "size");
		fz_matrix m = fz_concat(fz_translate(-box.x0, -box.y0), fz_scale(scale, scale));
		fz_irect area = {0, 0, (int)width_px, (int)(h * scale + 0.5f)};
		pix = fz_new_pixmap_with_bbox(ctx, fz_device_rgb(ctx), area, NULL, 0);
		fz_clear_pixmap_with_value(ctx, pix, 255);
		fz_device *device = fz_new_draw_device(ctx, fz_identity, pix);
		fz_run_page_contents(ctx, page, device, m, NULL);
		fz_close_device(ctx, device);
		fz_drop_device(ctx, device);
	}
	fz_catch(ctx) e = ERR_PDF_BROKEN;
	if (e != OK)
		return e;
	return encode(fz_pixmap_samples(ctx, pix), fz_pixmap_width(ctx, pix), fz_pixmap_height(ctx, pix),
	    fz_pixmap_stride(ctx, pix), o);
}
