/* Uploaded images as pixels: PNG and JPEG, metadata dropped, EXIF orientation applied, no larger than 2,000
 * pixels a side. */
#include "pdfd.h"

#include <stdio.h>

#include <jpeglib.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>

enum { PIXELS_MAX = 24000000, SIDE_OUT = 2000 };

struct pixels {
	unsigned char *rgba;
	unsigned w, h;
};

static enum err
read_png(struct str image, struct pixels *ret)
{
	png_image p = {.version = PNG_IMAGE_VERSION};
	if (!png_image_begin_read_from_memory(&p, image.p, image.n))
		return ERR_IMAGE;
	if (p.width == 0 || p.height == 0 || (size_t)p.width * p.height > PIXELS_MAX)
		return ERR_IMAGE;
	p.format = PNG_FORMAT_RGBA;
	ret->rgba = malloc((size_t)p.width * p.height * 4);
	if (!ret->rgba || !png_image_finish_read(&p, NULL, ret->rgba, 0, NULL))
		return ERR_IMAGE;
	ret->w = p.width;
	ret->h = p.height;
	return OK;
}

struct jpeg_fault {
	struct jpeg_error_mgr base;
	jmp_buf back;
};

static void
jpeg_failed(j_common_ptr c)
{
	longjmp(((struct jpeg_fault *)c->err)->back, 1);
}

static void
jpeg_silent(j_common_ptr c)
{
}

/* Tag 0x0112 of the first IFD in APP1 "Exif"; 1 when there is none. */
static unsigned
exif_orientation(const struct jpeg_decompress_struct *j)
{
	for (jpeg_saved_marker_ptr m = j->marker_list; m; m = m->next) {
		const unsigned char *d = m->data;
		unsigned n = m->data_length;
		if (m->marker != JPEG_APP0 + 1 || n < 20 || memcmp(d, "Exif\0\0", 6) != 0)
			continue;
		bool little = d[6] == 'I';
#define U16(at) (little ? (unsigned)(d[at] | d[(at) + 1] << 8) : (unsigned)(d[at] << 8 | d[(at) + 1]))
		unsigned offset = little ? (unsigned)(d[10] | d[11] << 8) : (unsigned)(d[12] << 8 | d[13]);
		unsigned at = 6 + offset;
		if (at + 2 > n)
			continue;
		unsigned entries = U16(at);
		for (unsigned i = 0; i < entries && at + 2 + 12 * (i + 1) <= n; i++) {
			unsigned entry = at + 2 + 12 * i;
			if (U16(entry) == 0x0112)
				return U16(entry + 8);
		}
#undef U16
	}
	return 1;
}

static enum err
read_jpeg(struct str image, struct pixels *ret, unsigned *ret_orientation)
{
	struct jpeg_decompress_struct j;
	struct jpeg_fault fault;
	j.err = jpeg_std_error(&fault.base);
	fault.base.error_exit = jpeg_failed;
	fault.base.output_message = jpeg_silent;
	if (setjmp(fault.back))
		return ERR_IMAGE;
	jpeg_create_decompress(&j);
	jpeg_save_markers(&j, JPEG_APP0 + 1, 0xffff);
	jpeg_mem_src(&j, (const unsigned char *)image.p, image.n);
	jpeg_read_header(&j, TRUE);
	if ((size_t)j.image_width * j.image_height > PIXELS_MAX)
		return ERR_IMAGE;
	*ret_orientation = exif_orientation(&j);
	j.out_color_space = JCS_EXT_RGBA;
	jpeg_start_decompress(&j);
	ret->w = j.output_width;
	ret->h = j.output_height;
	ret->rgba = malloc((size_t)ret->w * ret->h * 4);
	if (!ret->rgba)
		return ERR_IMAGE;
	while (j.output_scanline < j.output_height) {
		unsigned char *row = ret->rgba + (size_t)j.output_scanline * ret->w * 4;
		jpeg_read_scanlines(&j, &row, 1);
	}
	jpeg_finish_decompress(&j);
	jpeg_destroy_decompress(&j);
	return OK;
}

/* Where the pixel (x, y) of the turned image comes from. */
static const unsigned char *
source(const struct pixels *p, unsigned orientation, unsigned x, unsigned y)
{
	unsigned u = x, v = y;
	switch (orientation) {
	case 2: u = p->w - 1 - x; break;
	case 3:
		u = p->w - 1 - x;
		v = p->h - 1 - y;
		break;
	case 4: v = p->h - 1 - y; break;
	case 5:
		u = y;
		v = x;
		break;
	case 6:
		u = y;
		v = p->h - 1 - x;
		break;
	case 7:
		u = p->w - 1 - y;
		v = p->h - 1 - x;
		break;
	case 8:
		u = p->w - 1 - y;
		v = x;
		break;
	default: break;
	}
	return p->rgba + ((size_t)v * p->w + u) * 4;
}

/* Turned, and averaged over whole blocks of step by step pixels. */
static void
write_pixels(const struct pixels *p, unsigned orientation, struct pdfd_output *o)
{
	bool swap = orientation >= 5 && orientation <= 8;
	unsigned w = swap ? p->h : p->w, h = swap ? p->w : p->h;
	unsigned longest = w > h ? w : h, step = (longest + SIDE_OUT - 1) / SIDE_OUT;
	unsigned out_w = w / step, out_h = h / step;
	pdfd_put_u32(o, out_w);
	pdfd_put_u32(o, out_h);
	for (unsigned y = 0; y < out_h; y++) {
		for (unsigned x = 0; x < out_w; x++) {
			unsigned sum[4] = {0};
			unsigned char px[4];
			for (unsigned dy = 0; dy < step; dy++)
				for (unsigned dx = 0; dx < step; dx++)
					for (int c = 0; c < 4; c++)
						sum[c] +=
						    source(p, orientation, x * step + dx, y * step + dy)[c];
			for (int c = 0; c < 4; c++)
				px[c] = (unsigned char)(sum[c] / (step * step));
			pdfd_put(o, px, sizeof(px));
		}
	}
}

enum err
pdfd_image(struct str image, struct pdfd_output *o)
{
	struct pixels p = {0};
	unsigned orientation = 1;
	if (str_starts(image, STR("\x89PNG")))
		TRY(read_png(image, &p));
	else if (str_starts(image, STR("\xff\xd8\xff")))
		TRY(read_jpeg(image, &p, &orientation));
	else
		return ERR_IMAGE;
	if (p.w == 0 || p.h == 0)
		return ERR_IMAGE;
	write_pixels(&p, orientation, o);
	free(p.rgba);
	return OK;
}
