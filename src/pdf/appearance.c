#include "appearance.h"

#include "place.h"

#include <inttypes.h>
#include <math.h>

/* Coverage becomes the soft mask of an image that is one colour throughout. */
static enum err
write_mask(struct update *u, const struct pdf_ink *ink, uint32_t *ret)
{
	uint32_t mask = update_new_num(u), image = update_new_num(u);
	size_t row = ((size_t)ink->mask_w + 7) / 8;
	struct str dict;
	void *zeros;

	if (ink->mask_w == 0 || ink->mask_h == 0 || ink->mask.n / ink->mask_w != ink->mask_h ||
	    ink->mask.n % ink->mask_w)
		return ERR_INVALID;
	dict = arena_printf(u->p->a,
	    "/Type/XObject/Subtype/Image/Width %u/Height %u/ColorSpace/DeviceGray/BitsPerComponent 8",
	    ink->mask_w, ink->mask_h);
	TRY(update_stream(u, mask, dict, ink->mask));
	TRY(arena_try(u->p->a, row, ink->mask_h, &zeros));
	dict = arena_printf(u->p->a,
	    "/Type/XObject/Subtype/Image/Width %u/Height %u/ColorSpace[/Indexed/DeviceRGB "
	    "0<%06X>]/BitsPerComponent 1/SMask %" PRIu32 " 0 R",
	    ink->mask_w, ink->mask_h, ink->rgb & 0xFFFFFF, mask);
	TRY(update_stream(u, image, dict, str_make(zeros, row * ink->mask_h)));
	*ret = image;
	return OK;
}

static void
put_numbers(struct buf *b, const double *v, int n)
{
	for (int i = 0; i < n; i++) {
		pdf_write_number(b, v[i]);
		buf_put_byte(b, ' ');
	}
}

static void
put_ink(struct buf *b, const struct pdf_ink *ink, double w, double h)
{
	double scale = fmin(w / ink->width_mm, h / ink->height_mm);
	double left = (w - scale * ink->width_mm) / 2, bottom = (h - scale * ink->height_mm) / 2;
	const double rgb[3] = {
	    (ink->rgb >> 16 & 255) / 255.0, (ink->rgb >> 8 & 255) / 255.0, (ink->rgb & 255) / 255.0};

	buf_put_c(b, "q /M gs ");
	if (ink->path.n) {
		put_numbers(b, rgb, 3);
		buf_put_c(b, "rg ");
		put_numbers(b, (const double[]){scale, 0, 0, scale, left, bottom}, 6);
		buf_put_c(b, "cm\n");
		buf_put(b, ink->path);
	} else {
		put_numbers(b,
		    (const double[]){scale * ink->width_mm, 0, 0, scale * ink->height_mm, left, bottom}, 6);
		buf_put_c(b, "cm /I Do");
	}
	buf_put_c(b, "\nQ\n");
}

enum err
appearance_write(struct update *u, const struct pdf_page *page, const double rect[4],
    const struct pdf_ink *ink, uint32_t *ret_num)
{
	struct buf dict CLEANUP(buf_free) = {0}, content CLEANUP(buf_free) = {0};
	struct pdf_matrix m = page_matrix(page);
	bool turned = page->rotate % 180 != 0;
	double w = rect[2] - rect[0], h = rect[3] - rect[1], width = turned ? h : w, height = turned ? w : h;
	uint32_t image = 0, num;

	if (ink && !(ink->width_mm > 0 && ink->height_mm > 0))
		return ERR_INVALID;
	if (ink && !ink->path.n)
		TRY(write_mask(u, ink, &image));
	buf_put_c(&dict, "/Type/XObject/Subtype/Form/BBox[0 0 ");
	put_numbers(&dict, (const double[]){width, height}, 2);
	buf_put_c(&dict, "]/Matrix[");
	put_numbers(&dict, m.v, 4);
	buf_put_c(&dict, "0 0]/Resources<<");
	if (ink) {
		buf_put_c(&dict, "/ExtGState<</M<</Type/ExtGState/BM/Multiply>>>>");
		put_ink(&content, ink, width, height);
	}
	if (image)
		buf_printf(&dict, "/XObject<</I %" PRIu32 " 0 R>>", image);
	buf_put_c(&dict, ">>");
	num = update_new_num(u);
	TRY(update_stream(u, num, buf_str(&dict), buf_str(&content)));
	*ret_num = num;
	return OK;
}
