/* A document from outside becomes the one that everybody sees: one revision, nothing that runs or hides,
 * forms and annotations drawn into the page, the document's ID at the foot of every page.  Works in the
 * sandbox. */
#include "cover.h"
#include "flatten.h"
#include "original.h"
#include "pdfd.h"

#include <math.h>
#include <string.h>

enum { HEADER_WITHIN = 1024, PAGES_MAX = 1000, COVERED_MAX = 50 << 20 };

static void
close_qpdf(qpdf_data *q)
{
	if (*q)
		qpdf_cleanup(q);
}

static enum err
refused(qpdf_data q)
{
	enum qpdf_error_code_e code = qpdf_get_error_code(q, qpdf_get_error(q));
	return code == qpdf_e_password ? ERR_PDF_ENCRYPTED : ERR_PDF_BROKEN;
}

static enum err
open_document(qpdf_data q, struct str pdf)
{
	if (str_find(str_slice(pdf, 0, HEADER_WITHIN), STR("%PDF-")) < 0)
		return ERR_NOT_PDF;
	qpdf_silence_errors(q);
	qpdf_set_suppress_warnings(q, QPDF_TRUE);
	if (qpdf_read_memory(q, "document", pdf.p, pdf.n, "") & QPDF_ERRORS)
		return refused(q);
	return OK;
}

/* Such a document's pages say "please wait": its content is made by a program in it. */
static bool
is_drawn_by_xfa(qpdf_data q, qpdf_oh root)
{
	qpdf_oh needs = qpdf_oh_get_key(q, root, "/NeedsRendering");
	return qpdf_oh_is_bool(q, needs) && qpdf_oh_get_bool_value(q, needs);
}

static void
note_actions(qpdf_data q, qpdf_oh root, unsigned *notes)
{
	qpdf_oh names = qpdf_oh_get_key(q, root, "/Names"), open = qpdf_oh_get_key(q, root, "/OpenAction");
	bool named = qpdf_oh_is_dictionary(q, names), runs = false;
	if (qpdf_oh_is_dictionary(q, open)) {
		runs = !is_named(q, qpdf_oh_get_key(q, open, "/S"), "/GoTo");
	}
	if (runs || qpdf_oh_has_key(q, root, "/AA") || (named && qpdf_oh_has_key(q, names, "/JavaScript")))
		NOTED(notes, DOCUMENT_SCRIPTS);
	if (qpdf_oh_has_key(q, root, "/AF") || (named && qpdf_oh_has_key(q, names, "/EmbeddedFiles")))
		NOTED(notes, DOCUMENT_ATTACHMENTS);
}

/* What cannot be taken out without changing what is read is refused; the rest is noted, and left behind by
 * keep_only(). */
static enum err
check_catalog(qpdf_data q, qpdf_oh root, unsigned *notes)
{
	qpdf_oh form = qpdf_oh_get_key(q, root, "/AcroForm");
	if (qpdf_oh_is_dictionary(q, form) && qpdf_oh_has_key(q, form, "/XFA"))
		NOTED(notes, DOCUMENT_XFA);
	if (qpdf_oh_has_key(q, root, "/Collection") || is_drawn_by_xfa(q, root))
		return ERR_PDF_ACTIVE;
	note_actions(q, root, notes);
	return OK;
}

static void
keep_only(qpdf_data q, qpdf_oh dict, const char *const *wanted)
{
	struct key_list k = keys_of(q, dict);
	for (int i = 0; i < k.n; i++) {
		const char *const *w = wanted;
		while (*w && strcmp(*w, k.v[i]) != 0)
			w++;
		if (!*w)
			qpdf_oh_remove_key(q, dict, k.v[i]);
	}
	key_list_free(&k);
}

/* Moves the origin to the bottom left of the page as displayed, x to its right. */
static void
displayed(const double box[4], int rotate, double ret[6])
{
	const double m[4][6] = {{1, 0, 0, 1, box[0], box[1]}, {0, 1, -1, 0, box[2], box[1]},
	    {-1, 0, 0, -1, box[2], box[3]}, {0, -1, 1, 0, box[0], box[3]}};
	memcpy(ret, m[rotate / 90], sizeof(m[0]));
}

enum { SIDE_MIN = 3, SIDE_MAX = 20000 };

static bool
is_page_size(const double box[4])
{
	return box[2] - box[0] >= SIDE_MIN && box[3] - box[1] >= SIDE_MIN;
}

/* Viewers take US letter for a page without a usable size, and all of it when nothing of it is left by the
 * crop: so that none has to guess, the page says so itself. */
static void
mend_boxes(qpdf_data q, qpdf_oh page)
{
	double media[4], crop[4];
	if (!box_of(q, qpdf_oh_get_key(q, page, "/MediaBox"), media) || !is_page_size(media)) {
		qpdf_oh_replace_key(q, page, "/MediaBox", qpdf_oh_parse(q, "[0 0 612 792]"));
		qpdf_oh_remove_key(q, page, "/CropBox");
		return;
	}
	if (!box_of(q, qpdf_oh_get_key(q, page, "/CropBox"), crop))
		return;
	const double both[4] = {fmax(media[0], crop[0]), fmax(media[1], crop[1]), fmin(media[2], crop[2]),
	    fmin(media[3], crop[3])};
	if (!is_page_size(both))
		qpdf_oh_remove_key(q, page, "/CropBox");
}

static enum err
page_box(qpdf_data q, qpdf_oh page, double ret[4])
{
	double media[4], crop[4];
	if (!box_of(q, qpdf_oh_get_key(q, page, "/MediaBox"), media))
		return ERR_PDF_BROKEN;
	if (!box_of(q, qpdf_oh_get_key(q, page, "/CropBox"), crop))
		memcpy(crop, media, sizeof(crop));
	ret[0] = fmax(media[0], crop[0]);
	ret[1] = fmax(media[1], crop[1]);
	ret[2] = fmin(media[2], crop[2]);
	ret[3] = fmin(media[3], crop[3]);
	if (!is_page_size(ret))
		return ERR_PDF_BROKEN;
	return ret[2] - ret[0] > SIDE_MAX || ret[3] - ret[1] > SIDE_MAX ? ERR_PDF_LIMIT : OK;
}

/* What stands at the foot of a page. */
struct footer {
	const char *text;
	qpdf_oh font, mark;
	bool marked; /* the mark stands before the text */
};

static enum err
footer_operators(qpdf_data q, qpdf_oh page, const struct footer *f, struct buf *out)
{
	double box[4], m[6], unit = 1;
	int rotate = 0;
	TRY(page_box(q, page, box));
	qpdf_oh_get_value_as_int(q, qpdf_oh_get_key(q, page, "/Rotate"), &rotate);
	rotate = (rotate % 360 + 360) % 360 / 90 * 90;
	if (!qpdf_oh_get_value_as_number(q, qpdf_oh_get_key(q, page, "/UserUnit"), &unit) ||
	    !(unit >= 0.01 && unit <= 1000))
		unit = 1;
	displayed(box, rotate, m);
	/* a copy may have come with such a line of its own */
	double right = 20 / unit, up = (f->marked ? 21 : 11) / unit, down = COVER_MARK_BASELINE / unit;
	if (f->marked) {
		buf_printf(out, "/Artifact BMC q %.5f %.5f %.5f %.5f %.4f %.4f cm /KeiinC Do Q EMC\n",
		    m[0] / unit, m[1] / unit, m[2] / unit, m[3] / unit,
		    m[4] + m[0] * right + m[2] * (up - down), m[5] + m[1] * right + m[3] * (up - down));
		right += COVER_MARK_WIDTH / unit;
	}
	buf_printf(out,
	    "/Artifact BMC q 0.45 g BT /KeiinF %.3f Tf %.4f %.4f %.4f %.4f %.4f %.4f Tm (%s) Tj ET Q EMC\n",
	    7 / unit, m[0], m[1], m[2], m[3], m[4] + m[0] * right + m[2] * up,
	    m[5] + m[1] * right + m[3] * up, f->text);
	return OK;
}

/* Filters that make pixels (ISO 32000-2 7.4): as page content they are never meant to be read, only to unpack
 * without end. */
static bool
is_image_filter(qpdf_data q, qpdf_oh filter)
{
	static const char *const names[] = {
	    "/JBIG2Decode", "/JPXDecode", "/DCTDecode", "/DCT", "/CCITTFaxDecode", "/CCF", NULL};
	const char *name = qpdf_oh_is_name(q, filter) ? qpdf_oh_get_name(q, filter) : "";
	for (const char *const *n = names; *n; n++)
		if (strcmp(*n, name) == 0)
			return true;
	return false;
}

static enum err
check_content(qpdf_data q, qpdf_oh stream)
{
	if (!qpdf_oh_is_stream(q, stream))
		return OK;
	if (qpdf_oh_has_key(q, qpdf_oh_get_dict(q, stream), "/F"))
		return ERR_PDF_ACTIVE; /* the content is another file (7.3.8.2) */
	qpdf_oh filter = qpdf_oh_get_key(q, qpdf_oh_get_dict(q, stream), "/Filter");
	int n = qpdf_oh_is_array(q, filter) ? qpdf_oh_get_array_n_items(q, filter) : 0;
	bool image = is_image_filter(q, filter);
	for (int i = 0; i < n && !image; i++)
		image = is_image_filter(q, qpdf_oh_get_array_item(q, filter, i));
	return image ? ERR_PDF_BROKEN : OK;
}

static enum err
check_contents(qpdf_data q, qpdf_oh page)
{
	qpdf_oh content = qpdf_oh_get_key(q, page, "/Contents");
	int n = qpdf_oh_is_array(q, content) ? qpdf_oh_get_array_n_items(q, content) : 0;
	TRY(check_content(q, content));
	for (int i = 0; i < n; i++)
		TRY(check_content(q, qpdf_oh_get_array_item(q, content, i)));
	return OK;
}

static void
set_contents(qpdf_data q, qpdf_oh page, qpdf_oh before, struct str after)
{
	qpdf_oh old = qpdf_oh_get_key(q, page, "/Contents"), all = qpdf_oh_new_array(q);
	qpdf_oh_append_item(q, all, before);
	if (qpdf_oh_is_array(q, old)) {
		int n = qpdf_oh_get_array_n_items(q, old);
		for (int i = 0; i < n; i++) {
			qpdf_oh one = qpdf_oh_get_array_item(q, old, i);
			if (qpdf_oh_is_stream(q, one))
				qpdf_oh_append_item(q, all, one);
		}
	} else if (qpdf_oh_is_stream(q, old)) {
		qpdf_oh_append_item(q, all, old);
	}
	qpdf_oh_append_item(q, all, stream_of(q, after));
	qpdf_oh_replace_key(q, page, "/Contents", all);
}

static enum err
normalise_page(struct resources *r, qpdf_oh page, qpdf_oh before, const struct footer *footer)
{
	static const char *const wanted[] = {"/Type", "/Parent", "/MediaBox", "/CropBox", "/BleedBox",
	    "/TrimBox", "/ArtBox", "/Rotate", "/Contents", "/Resources", "/Group", "/UserUnit",
	    "/StructParents", NULL};
	struct buf after CLEANUP(buf_free) = {0};
	qpdf_data q = r->q;
	if (!qpdf_oh_is_dictionary(q, page))
		return ERR_PDF_BROKEN;
	if (qpdf_oh_has_key(q, page, "/AA"))
		NOTED(r->notes, DOCUMENT_SCRIPTS);
	mend_boxes(q, page);
	TRY(check_contents(q, page));
	TRY(resources_clean_page(r, page));
	TRY(resources_clean(r, qpdf_oh_get_key(q, page, "/Resources")));
	qpdf_oh resources = own_copy(q, qpdf_oh_get_key(q, page, "/Resources"));
	qpdf_oh xobjects = own_copy(q, qpdf_oh_get_key(q, resources, "/XObject"));
	qpdf_oh fonts = own_copy(q, qpdf_oh_get_key(q, resources, "/Font"));
	buf_put_c(&after, "\nQ\n");
	TRY(flatten_annotations(r, page, xobjects, &after));
	TRY(footer_operators(q, page, footer, &after));
	qpdf_oh_replace_key(q, fonts, "/KeiinF", footer->font);
	if (footer->marked)
		qpdf_oh_replace_key(q, xobjects, "/KeiinC", footer->mark);
	qpdf_oh_replace_key(q, resources, "/Font", fonts);
	qpdf_oh_replace_key(q, resources, "/XObject", xobjects);
	qpdf_oh_replace_key(q, page, "/Resources", resources);
	set_contents(q, page, before, buf_str(&after));
	keep_only(q, page, wanted);
	return OK;
}

/* One level of pages, counted: renderers believe a tree's /Count. */
static void
flatten_tree(qpdf_data q, qpdf_oh root, int pages)
{
	qpdf_oh tree = qpdf_make_indirect_object(q, qpdf_oh_parse(q, "<< /Type /Pages >>")),
	        kids = qpdf_oh_new_array(q);
	for (int i = 0; i < pages; i++) {
		qpdf_oh page = qpdf_get_page_n(q, (size_t)i);
		qpdf_oh_replace_key(q, page, "/Parent", tree);
		qpdf_oh_append_item(q, kids, page);
	}
	qpdf_oh_replace_key(q, tree, "/Kids", kids);
	qpdf_oh_replace_key(q, tree, "/Count", qpdf_oh_new_integer(q, pages));
	qpdf_oh_replace_key(q, root, "/Pages", tree);
}

static enum err
write_document(qpdf_data q, struct buf *ret)
{
	if (qpdf_init_write_memory(q) & QPDF_ERRORS)
		return ERR_PDF_BROKEN;
	qpdf_set_object_stream_mode(q, qpdf_o_disable);
	qpdf_set_decode_level(q, qpdf_dl_none);
	qpdf_set_compress_streams(q, QPDF_FALSE); /* what a document leaves open stays so; ours are short */
	qpdf_set_preserve_encryption(q, QPDF_FALSE);
	qpdf_set_deterministic_ID(q, QPDF_TRUE);
	qpdf_set_minimum_pdf_version(q, "1.7");
	if (qpdf_write(q) & QPDF_ERRORS)
		return ERR_PDF_BROKEN;
	buf_put(ret, str_make(qpdf_get_buffer(q), qpdf_get_buffer_length(q)));
	return OK;
}

/* Each revision ends by saying where its cross-references start (ISO 32000-2 7.5.6); a linearised file says
 * so twice, the first time with 0 (annex F.3). */
static bool
has_revisions(struct str pdf)
{
	const struct str word = STR("startxref");
	unsigned n = 0;
	for (ptrdiff_t at; (at = str_find(pdf, word)) >= 0;) {
		pdf = str_slice(pdf, (size_t)at + word.n, pdf.n);
		struct str offset = str_trim(str_slice(pdf, 0, 8)), digits;
		n += !(str_split(&offset, '\n', &digits) && str_eq(str_trim(digits), STR("0")));
	}
	return n > 1;
}

/* Only printable ASCII without the characters that end a PDF string. */
static bool
plain(const char *footer)
{
	for (; *footer; footer++)
		if (*footer < 0x20 || *footer > 0x7e || strchr("()\\", *footer))
			return false;
	return true;
}

static enum err
normalise_pages(struct resources *r, struct footer *footer, int first_copy, int pages)
{
	qpdf_data q = r->q;
	footer->font = qpdf_make_indirect_object(
	    q, qpdf_oh_parse(
	           q, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"));
	qpdf_oh before = stream_of(q, STR("q\n"));
	for (int i = 0; i < pages; i++) {
		r->page = (unsigned)i + 1;
#ifndef MUTANT_COPY
		footer->marked = first_copy && i >= first_copy;
#endif
		TRY(normalise_page(r, qpdf_get_page_n(q, (size_t)i), before, footer));
	}
	resources_end(r);
	return OK;
}

/* What the catalog keeps; page labels would count the cover, too. */
static void
keep_catalog(qpdf_data q, qpdf_oh root, bool covered)
{
	static const char *const wanted[] = {"/Type", "/Pages", "/Version", "/Lang", "/MarkInfo",
	    "/StructTreeRoot", "/PageLayout", "/OutputIntents", "/PageLabels", NULL};
	static const char *const trailer_wanted[] = {"/Root", "/Info", "/ID", "/Size", NULL};
	keep_only(q, root, wanted);
	if (covered)
		qpdf_oh_remove_key(q, root, "/PageLabels");
	keep_only(q, qpdf_get_trailer(q), trailer_wanted);
}

enum err
pdfd_normalise(struct arena *a, struct str pdf, const char *footer_text, const struct pdfd_cover *cover,
    struct pdfd_normal *ret, struct original *ret_original)
{
	struct footer footer = {.text = footer_text};
	struct layers *layers;
	bool covered = cover->pages.n > 0;
	int cover_n = 0;
	qpdf_data q CLEANUP(close_qpdf) = qpdf_init(), from CLEANUP(close_qpdf) = qpdf_init();
	if (!q || !from)
		return ERR_NOMEM;
	if (!plain(footer_text))
		return ERR_INVALID;
	TRY(open_document(q, pdf));
	qpdf_oh root = qpdf_get_root(q);
	if (qpdf_has_error(q) || !qpdf_oh_is_dictionary(q, root))
		return ERR_PDF_BROKEN;
	ret->notes = 0;
	TRY(check_catalog(q, root, &ret->notes));
	TRY(original_read(q, root, a, ret_original));
#ifndef MUTANT_SIGNED
	if (ret_original->is_signed && !covered)
		return ERR_PDF_SIGNED;
#endif
	if (qpdf_is_encrypted(q))
		NOTED(&ret->notes, DOCUMENT_DECRYPTED);
	if (covered)
		NOTED(&ret->notes, DOCUMENT_COVERED); /* with every revision there was */
	else if (has_revisions(pdf))
		NOTED(&ret->notes, DOCUMENT_REVISIONS);
	if (covered)
		TRY(cover_pages(q, from, cover->pages, &cover_n, &footer.mark));
	if (qpdf_push_inherited_attributes_to_page(q) & QPDF_ERRORS)
		return ERR_PDF_BROKEN;
	TRY(layers_read(q, root, a, &layers));
	struct resources r = resources_begin(q, a, layers, &ret->notes);
	int pages = qpdf_get_num_pages(q);
	if (qpdf_has_error(q) || pages <= cover_n)
		return ERR_PDF_BROKEN;
	if (pages > PAGES_MAX)
		return ERR_PDF_LIMIT;
	TRY(normalise_pages(&r, &footer, cover_n, pages));
	ret->values = r.values;
	flatten_tree(q, root, pages);
	keep_catalog(q, root, covered);
	if (covered)
		TRY(cover_attach(q, a, root, pdf, cover->name));
	if (qpdf_has_error(q))
		return ERR_PDF_BROKEN;
	TRY(write_document(q, &ret->pdf));
	return covered && ret->pdf.n > COVERED_MAX ? ERR_PDF_LIMIT : OK;
}
