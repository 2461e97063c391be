/* What the sender and the signer are told of a document: page sizes, text, and where an impression would go.
 */
#include "documents.h"
#include "mupdf_context.h"
#include "pdfd.h"
#include "values.h"

#include <mupdf/pdf.h>

#include <math.h>

enum { PAGES_MAX = 1000, TEXT_MAX = 200000 };
static const double MM_PER_POINT = 25.4 / 72;

struct found_place {
	unsigned page;
	double x_mm, y_mm;
};

/* Marks that say "stamp here": ㊞, and 印 at the end of a line, also as （印）. */
static bool
is_mark(int c)
{
	return c == 0x329e || c == 0x5370;
}

static bool
is_closing(int c)
{
	return c == 0xff09 || c == ')' || c == ' ' || c == 0x3000;
}

/* The last mark that stands at the end of its line wins: signature blocks come last, and 甲 before 乙. */
static void
look_for_mark(const fz_stext_line *line, unsigned page, struct found_place *ret)
{
	const fz_stext_char *mark = NULL;
	for (const fz_stext_char *c = line->first_char; c; c = c->next) {
		if (is_mark(c->c))
			mark = c;
		else if (mark && !is_closing(c->c))
			mark = mark->c == 0x329e ? mark : NULL;
	}
	if (!mark)
		return;
	fz_rect box = fz_rect_from_quad(mark->quad);
	double x = (box.x0 + box.x1) / 2 * MM_PER_POINT, y = (box.y0 + box.y1) / 2 * MM_PER_POINT;
	*ret = (struct found_place){page, fmax(x, 0), fmax(y, 0)};
}

static void
read_line(fz_context *ctx, const fz_stext_line *line, struct buf *text)
{
	for (const fz_stext_char *c = line->first_char; c && text->n < TEXT_MAX; c = c->next) {
		char utf8[8];
		int n = c->c >= 0x20 && (c->c < 0xd800 || c->c > 0xdfff) && c->c <= 0x10ffff
		            ? fz_runetochar(utf8, c->c)
		            : 0;
		buf_put(text, str_make(utf8, (size_t)n));
	}
	buf_put_byte(text, '\n');
}

/* White space is how lines are broken, not what is said. */
static void
put_letter(fz_context *ctx, struct buf *b, int c)
{
	char utf8[8];
	if (c > 0x20 && c != 0xa0 && c != 0x3000 && (c < 0xd800 || c > 0xdfff) && c <= 0x10ffff)
		buf_put(b, str_make(utf8, (size_t)fz_runetochar(utf8, c)));
}

static void
read_within(fz_context *ctx, const fz_stext_page *st, fz_rect box, struct buf *ret)
{
	for (const fz_stext_block *b = st->first_block; b; b = b->next)
		for (const fz_stext_line *l = b->type == FZ_STEXT_BLOCK_TEXT ? b->u.t.first_line : NULL; l;
		     l = l->next)
			for (const fz_stext_char *c = l->first_char; c; c = c->next) {
				fz_rect at = fz_rect_from_quad(c->quad);
				float x = (at.x0 + at.x1) / 2, y = (at.y0 + at.y1) / 2;
				if (x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1)
					put_letter(ctx, ret, c->c);
			}
}

static bool
is_seen(fz_context *ctx, const fz_stext_page *st, fz_matrix ctm, const struct field_value *v)
{
	fz_rect box = {(float)v->rect[0], (float)v->rect[1], (float)v->rect[2], (float)v->rect[3]};
	struct buf seen = {0}, wanted = {0};
	for (const char *p = v->text.p; *p;) {
		int c;
		p += fz_chartorune(&c, p);
		put_letter(ctx, &wanted, c);
	}
	read_within(ctx, st, fz_transform_rect(box, ctm), &seen);
	bool found = wanted.n == 0 || str_find(buf_str(&seen), buf_str(&wanted)) >= 0;
	buf_free(&seen);
	buf_free(&wanted);
	return found;
}

static void
compare_values(fz_context *ctx, fz_page *page, const fz_stext_page *st, unsigned number,
    const struct field_value *values, unsigned *notes)
{
	fz_matrix ctm;
	fz_rect media;
	if (!values)
		return;
	pdf_page_transform(ctx, pdf_page_from_fz_page(ctx, page), &media, &ctm);
	for (; values; values = values->next)
		if (values->page == number && !is_seen(ctx, st, ctm, values))
			*notes |= 1u << DOCUMENT_VALUES;
}

static void
read_page(fz_context *ctx, fz_page *page, unsigned number, const struct field_value *values, unsigned *notes,
    struct pdfd_output *o, struct found_place *place)
{
	struct buf text = {0};
	fz_stext_options options = {0};
	fz_rect box = fz_bound_page(ctx, page);
	fz_stext_page *st = fz_new_stext_page_from_page(ctx, page, &options);
	for (const fz_stext_block *b = st->first_block; b; b = b->next) {
		if (b->type != FZ_STEXT_BLOCK_TEXT)
			continue;
		for (const fz_stext_line *l = b->u.t.first_line; l; l = l->next) {
			read_line(ctx, l, &text);
			look_for_mark(l, number, place);
		}
		buf_put_byte(&text, '\n');
	}
	compare_values(ctx, page, st, number, values, notes);
	fz_drop_stext_page(ctx, st);
	pdfd_put_double(o, (box.x1 - box.x0) * MM_PER_POINT);
	pdfd_put_double(o, (box.y1 - box.y0) * MM_PER_POINT);
	pdfd_put_str(o, text.p, text.n);
	buf_free(&text);
}

enum err
pdfd_info(struct str pdf, const struct field_value *values, unsigned *notes, struct pdfd_output *o)
{
	fz_context *ctx = mupdf_context();
	fz_document *doc;
	struct found_place place = {0};
	enum err e = OK;
	TRY(mupdf_open(ctx, pdf, &doc));
	fz_try(ctx)
	{
		int n = fz_count_pages(ctx, doc);
		if (n <= 0 || n > PAGES_MAX)
			fz_throw(ctx, FZ_ERROR_GENERIC, "pages");
		pdfd_put_u32(o, (uint32_t)n);
		for (int i = 0; i < n; i++) {
			fz_page *page = fz_load_page(ctx, doc, i);
			read_page(ctx, page, (unsigned)i + 1, values, notes, o, &place);
			fz_drop_page(ctx, page);
		}
	}
	fz_catch(ctx) e = ERR_PDF_BROKEN;
	if (e != OK)
		return e;
	pdfd_put_u32(o, place.page);
	pdfd_put_double(o, place.x_mm);
	pdfd_put_double(o, place.y_mm);
	return OK;
}
