#include "intake.h"

#include "app_text.h"
#include "buf.h"
#include "cover_page.h"

static const size_t TEXT_BYTES_MAX = 8 << 20;
static const unsigned PAGES_MAX = 1000;

/* 80 random bits as "K7QA-...": short enough for a footer and the telephone. */
static struct str
document_id_new(struct arena *a)
{
	struct str id = id_new(a);
	char up[19];
	size_t n = 0;
	for (size_t i = 0; i < 16; i++) {
		if (i > 0 && i % 4 == 0)
			up[n++] = '-';
		char c = id.p[i];
		up[n++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
	}
	return arena_str(a, str_make(up, n));
}

static struct str
join_texts(struct arena *a, const struct document_info *d)
{
	struct buf b CLEANUP(buf_free) = {.limit = TEXT_BYTES_MAX};
	for (unsigned i = 0; i < d->pages_n; i++) {
		struct str t = d->pages[i].text;
		if (i > 0)
			buf_put_byte(&b, '\f');
		if (memchr(t.p ? t.p : "", '\f', t.n) || memchr(t.p ? t.p : "", 0, t.n)) {
			for (size_t k = 0; k < t.n; k++)
				buf_put_byte(
				    &b, t.p[k] == '\f' || t.p[k] == 0 ? '\n' : (unsigned char)t.p[k]);
		} else {
			buf_put(&b, t);
		}
	}
	return arena_str(a, buf_str(&b));
}

/* A name that every system can save a file by, with the ending of a PDF. */
static struct str
attachment_name(struct arena *a, struct str file_name)
{
	struct str name = arena_str(a, file_name);
	for (size_t i = 0; i < name.n; i++)
		if (strchr(":*?\"<>|", name.p[i]) || (i == 0 && name.p[i] == '.'))
			((char *)name.p)[i] = '_';
	bool ends = name.n > 4 && str_ieq(str_slice(name, name.n - 4, name.n), STR(".pdf"));
	return ends ? name : arena_printf(a, "%.*s.pdf", STR_ARG(name));
}

static enum err
cover(struct app *a, struct str file_name, struct str pdf, struct str footer, struct document_info *ret,
    struct str *ret_pdf)
{
	struct buf pages CLEANUP(buf_free) = {0};
	struct sha256 digest = sha256_of(pdf);
	struct str name =
	    attachment_name(a->arena, file_name_clean(a->arena, file_name, STR("original.pdf")));
	struct cover_page c = {.file_name = name,
	    .sha256 = sha256_hex(a->arena, &digest),
	    .bytes = pdf.n,
	    .original = &ret->original};
	TRY(cover_page_draw(a->arena, &c, &pages));
	return documents_cover(a->documents, pdf, name, buf_str(&pages), footer, a->arena, ret, ret_pdf);
}

enum err
intake_pdf(struct app *a, struct str file_name, struct str pdf, struct intake *ret)
{
	struct intake in = {.document_id = document_id_new(a->arena)};
	struct str clean, footer = arena_printf(a->arena, "KEIIN %.*s", STR_ARG(in.document_id));
	struct sha256 digest;
	enum err e = documents_intake(a->documents, pdf, footer, a->arena, &in.info, &clean);
	if (e == ERR_PDF_SIGNED)
		e = cover(a, file_name, pdf, footer, &in.info, &clean);
	TRY(e);
	if (in.info.pages_n == 0 || in.info.pages_n > PAGES_MAX)
		return ERR_PDF_LIMIT;
	TRY(blob_put(a->blobs, clean, &digest));
	in.sha256 = sha256_hex(a->arena, &digest);
	in.sizes = sizes_encode(a->arena, in.info.pages, in.info.pages_n);
	in.texts = join_texts(a->arena, &in.info);
	*ret = in;
	return OK;
}

enum err
intake_store(struct tx *tx, const struct intake *i)
{
	int64_t n;
	return q_document_add(tx, i->sha256, i->info.pages_n, i->sizes, i->texts, i->info.place_page,
	    i->info.place_x_mm, i->info.place_y_mm, i->info.notes, &n);
}

/* Few widths, so that nobody can fill the cache with 1,800 sizes of a page. */
static unsigned
width_fit(unsigned px)
{
	static const unsigned widths[] = {360, 720, 1080, 1440, 2000};
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (px <= widths[i])
			return widths[i];
	return widths[sizeof(widths) / sizeof(widths[0]) - 1];
}

static enum err
cached(struct app *a, struct str document, unsigned page, unsigned width, struct sha256 *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_page_image_get r;
	TRY(tx_read(a->store, &tx));
	TRY(q_page_image_get(&tx, a->arena, document, page, width, &r));
	return digest_read(r.sha256, ret);
}

enum err
page_image(struct app *a, struct str document_sha256, unsigned page, unsigned width_px, struct str *ret_png)
{
	unsigned width = width_fit(width_px);
	struct sha256 digest;
	struct str pdf, png;
	int64_t n;
	enum err e = cached(a, document_sha256, page, width, &digest);
	if (e == OK)
		e = blob_get(a->blobs, &digest, a->arena, ret_png);
	if (e != ERR_NOT_FOUND)
		return e;
	TRY(digest_read(document_sha256, &digest));
	TRY(blob_get(a->blobs, &digest, a->arena, &pdf));
	TRY(documents_render(a->documents, pdf, page, width, a->arena, &png));
	TRY(blob_put(a->blobs, png, &digest));
	struct tx tx CLEANUP(tx_end) = {0};
	TRY(tx_write(a->store, &tx));
	TRY(q_page_image_add(&tx, document_sha256, page, width, sha256_hex(a->arena, &digest), &n));
	TRY(tx_commit(&tx));
	*ret_png = png;
	return OK;
}
