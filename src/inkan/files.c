/* An impression as a file: SVG, PNG, PDF. */
#include "inkan.h"

#include "buf.h"
#include "hex.h"
#include "path.h"
#include "raster.h"

#include <math.h>
#include <zlib.h>

static const double FINISH_PX_PER_MM = 40;

static void
put_xml(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '<')
			buf_put_c(b, "&lt;");
		else if (c == '>')
			buf_put_c(b, "&gt;");
		else if (c == '&')
			buf_put_c(b, "&amp;");
		else if (c == '"')
			buf_put_c(b, "&quot;");
		else if ((unsigned char)c >= 0x20)
			buf_put_byte(b, (unsigned char)c);
	}
}

static void
put_svg_path(struct buf *b, const struct inkan *k)
{
	struct str s = k->path;
	struct path_op o;

	while (path_next(&s, &o) == OK && o.op && o.op != 'f') {
		buf_put_byte(b, o.op == 'h' ? 'Z' : (unsigned char)(o.op - 'a' + 'A'));
		for (int i = 0; i < (o.op == 'c' ? 6 : o.op == 'h' ? 0 : 2); i++)
			buf_printf(b, "%s%.5g", i ? " " : "", i % 2 ? k->height_mm - o.v[i] : o.v[i]);
	}
}

struct str
inkan_svg(struct arena *a, const struct inkan *k, struct str title)
{
	struct buf b = {0};

	buf_printf(&b,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.6gmm\" height=\"%.6gmm\" viewBox=\"0 0 %.6g "
	    "%.6g\" "
	    "role=\"img\"><title>",
	    k->width_mm, k->height_mm, k->width_mm, k->height_mm);
	put_xml(&b, title);
	buf_put_c(&b, "</title>");
	if (k->path.n) {
		buf_printf(&b, "<path fill=\"#%06x\" d=\"", k->rgb & 0xFFFFFF);
		put_svg_path(&b, k);
		buf_put_c(&b, "\"/>");
	} else {
		struct raster r = {k->mask_w, k->mask_h, (unsigned char *)k->mask.p};
		struct str png;
		if (raster_png(a, &r, k->rgb, k->mask_w / k->width_mm, &png) == OK) {
			struct str text = base64_encode(a, png, 0);
			buf_printf(&b,
			    "<image width=\"%.6g\" height=\"%.6g\" href=\"data:image/png;base64,%.*s\"/>",
			    k->width_mm, k->height_mm, STR_ARG(text));
		}
	}
	buf_put_c(&b, "</svg>\n");
	struct str s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

enum err
inkan_png(struct arena *a, const struct inkan *k, double px_per_mm, bool ink_finish, struct str seed,
    struct str *ret)
{
	struct raster r;

	if (!(px_per_mm >= 1 && px_per_mm <= 100))
		return ERR_INVALID;
	if (ink_finish && k->path.n) {
		double fine = fmax(px_per_mm, FINISH_PX_PER_MM);
		TRY(raster_draw(a, k, fine, &r));
		raster_ink(a, &r, fine, seed);
		if (fine > px_per_mm)
			r = raster_resize(a, &r, (unsigned)ceil(k->width_mm * px_per_mm - 1e-9),
			    (unsigned)ceil(k->height_mm * px_per_mm - 1e-9));
	} else {
		TRY(raster_draw(a, k, px_per_mm, &r));
	}
	return raster_png(a, &r, k->rgb, px_per_mm, ret);
}

struct writer {
	struct buf b;
	size_t at[8];
	unsigned n;
};

static void
begin_object(struct writer *w)
{
	w->at[++w->n] = w->b.n;
	buf_printf(&w->b, "%u 0 obj\n", w->n);
}

static void
put_stream(struct writer *w, struct str dictionary, struct str data)
{
	begin_object(w);
	buf_printf(&w->b, "<<%.*s/Length %zu>>\nstream\n", STR_ARG(dictionary), data.n);
	buf_put(&w->b, data);
	buf_put_c(&w->b, "\nendstream\nendobj\n");
}

enum err
inkan_pdf(struct arena *a, const struct inkan *k, struct str *ret)
{
	const double pt = 72 / 25.4;
	struct writer w = {0};
	struct str page;
	double red = (k->rgb >> 16 & 255) / 255.0, green = (k->rgb >> 8 & 255) / 255.0,
	       blue = (k->rgb & 255) / 255.0;

	if (!k->path.n && k->mask.n != (size_t)k->mask_w * k->mask_h)
		return ERR_INVALID;
	if (k->path.n)
		page = arena_printf(a, "%.6f 0 0 %.6f 0 0 cm %.3f %.3f %.3f rg\n%.*s", pt, pt, red, green,
		    blue, STR_ARG(k->path));
	else
		page = arena_printf(a, "%.3f 0 0 %.3f 0 0 cm /I Do\n", k->width_mm * pt, k->height_mm * pt);
	buf_put_c(&w.b, "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
	begin_object(&w);
	buf_put_c(&w.b, "<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
	begin_object(&w);
	buf_put_c(&w.b, "<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n");
	begin_object(&w);
	buf_printf(&w.b,
	    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.3f %.3f]/Resources<<%s>>/Contents 4 0 R>>\nendobj\n",
	    k->width_mm * pt, k->height_mm * pt, k->path.n ? "" : "/XObject<</I 5 0 R>>");
	put_stream(&w, STR(""), page);
	if (!k->path.n) {
		unsigned char colour[3] = {
		    (unsigned char)(k->rgb >> 16), (unsigned char)(k->rgb >> 8), (unsigned char)k->rgb};
		uLongf n = compressBound((uLong)k->mask.n);
		unsigned char *packed = arena_alloc(a, n);
		if (compress2(packed, &n, (const unsigned char *)k->mask.p, (uLong)k->mask.n, 9) != Z_OK) {
			buf_free(&w.b);
			return ERR_NOMEM;
		}
		put_stream(&w,
		    STR("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceRGB/BitsPerComponent "
		        "8/SMask 6 0 R"),
		    str_make(colour, 3));
		put_stream(&w,
		    arena_printf(a,
		        "/Type/XObject/Subtype/Image/Width %u/Height "
		        "%u/ColorSpace/DeviceGray/BitsPerComponent 8"
		        "/Filter/FlateDecode",
		        k->mask_w, k->mask_h),
		    str_make(packed, n));
	}
	size_t xref = w.b.n;
	buf_printf(&w.b, "xref\n0 %u\n0000000000 65535 f \n", w.n + 1);
	for (unsigned i = 1; i <= w.n; i++)
		buf_printf(&w.b, "%010zu 00000 n \n", w.at[i]);
	buf_printf(&w.b, "trailer\n<</Size %u/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", w.n + 1, xref);
	*ret = arena_str(a, buf_str(&w.b));
	buf_free(&w.b);
	return OK;
}
