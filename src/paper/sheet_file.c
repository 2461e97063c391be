/* The file around the pages. */
#include "sheet_file.h"

#include "clock.h"
#include "hex.h"
#include "id.h"
#include "inkan.h"
#include "srgb.h"
#include "utf8.h"

#include <zlib.h>

/* Page text and font programs are packed as quickly as possible: see docs/decisions/0002. */
enum { LEVEL = 1, OBJECTS_MAX = 2048 };

struct file {
	struct arena *a;
	struct buf *out;
	unsigned n; /* objects given out */
	size_t at[OBJECTS_MAX];
};

static unsigned
new_object(struct file *f)
{
	return ++f->n;
}

static void
begin(struct file *f, unsigned object)
{
	f->at[object] = f->out->n;
	buf_printf(f->out, "%u 0 obj\n", object);
}

static void
put_object(struct file *f, unsigned object, struct str body)
{
	begin(f, object);
	buf_put(f->out, body);
	buf_put_c(f->out, "\nendobj\n");
}

static void
put_stream(struct file *f, unsigned object, struct str dictionary, struct str data, bool pack)
{
	if (pack) {
		uLongf n = compressBound((uLong)data.n);
		unsigned char *p = arena_alloc(f->a, n);
		if (compress2(p, &n, (const unsigned char *)data.p, (uLong)data.n, LEVEL) == Z_OK) {
			data = str_make(p, n);
			dictionary = arena_printf(f->a, "%.*s/Filter/FlateDecode", STR_ARG(dictionary));
		}
	}
	begin(f, object);
	buf_printf(f->out, "<<%.*s/Length %zu>>\nstream\n", STR_ARG(dictionary), data.n);
	buf_put(f->out, data);
	buf_put_c(f->out, "\nendstream\nendobj\n");
}

/* A text string (ISO 32000-2 7.9.2.2) in UTF-16, as hexadecimal. */
static void
put_utf16(struct buf *b, int c)
{
	if (c > 0xFFFF)
		buf_printf(b, "%04X%04X", 0xD7C0 + (unsigned)(c >> 10), 0xDC00 + (unsigned)(c & 0x3FF));
	else
		buf_printf(b, "%04X", (unsigned)c);
}

static void
put_string(struct file *f, struct str text)
{
	size_t at = 0;

	buf_put_c(f->out, "<FEFF");
	for (int c; (c = utf8_next(text, &at)) >= 0;)
		put_utf16(f->out, c);
	buf_put_byte(f->out, '>');
}

static struct str
unicode_map(struct arena *a, const struct sheet_font *font, bool is_cff)
{
	struct buf b = {0};

	buf_put_c(&b,
	    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry "
	    "(Adobe) "
	    "/Ordering (UCS) /Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
	    "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
	for (size_t i = 1; i < font->n; i++) {
		if (i % 100 == 1)
			buf_printf(&b, "%zu beginbfchar\n", font->n - i < 100 ? font->n - i : 100);
		buf_printf(&b, "<%04X> <", is_cff ? font->glyph[i] : (unsigned)i);
		put_utf16(&b, font->source[i].code);
		if (font->source[i].selector)
			put_utf16(&b, font->source[i].selector);
		buf_put_c(&b, ">\n");
		if (i % 100 == 0 || i + 1 == font->n)
			buf_put_c(&b, "endbfchar\n");
	}
	buf_put_c(&b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
	struct str s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

static struct str
widths(struct arena *a, enum typeface t, const struct sheet_font *font, bool is_cff)
{
	struct buf b = {0};

	buf_printf(&b, "0[%u]", typeface_advance(t, 0));
	if (!is_cff && font->n > 1)
		buf_put_c(&b, "1[");
	for (size_t i = 1; i < font->n; i++)
		if (is_cff)
			buf_printf(&b, " %u[%u]", font->glyph[i], font->source[i].advance);
		else
			buf_printf(&b, "%u ", font->source[i].advance);
	if (!is_cff && font->n > 1)
		buf_put_c(&b, "]");
	struct str s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

static struct str
subset_name(struct arena *a, enum typeface t, const struct sheet_font *font)
{
	struct sha256 d = sha256_of(str_make(font->glyph, font->n * sizeof *font->glyph));
	char tag[7] = {0};

	for (int i = 0; i < 6; i++)
		tag[i] = (char)('A' + d.b[i] % 26);
	return arena_printf(a, "%s+%.*s", tag, STR_ARG(typeface_info(t)->postscript_name));
}

static enum err
put_font(struct file *f, enum typeface t, const struct sheet_font *font, unsigned object)
{
	const struct typeface_info *info = typeface_info(t);
	unsigned descendant = new_object(f), descriptor = new_object(f), program = new_object(f),
	         map = new_object(f);
	struct str name = subset_name(f->a, t, font), data;
	double k = 1000.0 / info->units;

	TRY(typeface_subset(f->a, t, font->glyph, font->n, &data));
	put_object(f, object,
	    arena_printf(f->a,
	        "<</Type/Font/Subtype/Type0/BaseFont/%.*s/Encoding/Identity-H/DescendantFonts[%u 0 "
	        "R]/ToUnicode %u 0 R>>",
	        STR_ARG(name), descendant, map));
	struct str w = widths(f->a, t, font, info->is_cff);
	put_object(f, descendant,
	    arena_printf(f->a,
	        "<</Type/Font/Subtype/CIDFontType%d/BaseFont/%.*s/CIDSystemInfo<</Registry(Adobe)/"
	        "Ordering(Identity)"
	        "/Supplement 0>>/FontDescriptor %u 0 R/DW 1000/W[%.*s]%s>>",
	        info->is_cff ? 0 : 2, STR_ARG(name), descriptor, STR_ARG(w),
	        info->is_cff ? "" : "/CIDToGIDMap/Identity"));
	put_object(f, descriptor,
	    arena_printf(f->a,
	        "<</Type/FontDescriptor/FontName/%.*s/Flags 4/FontBBox[%.0f %.0f %.0f %.0f]/ItalicAngle "
	        "0/Ascent %.0f"
	        "/Descent %.0f/CapHeight %.0f/StemV 80/%s %u 0 R>>",
	        STR_ARG(name), info->box[0] * k, info->box[1] * k, info->box[2] * k, info->box[3] * k,
	        info->ascent * k, info->descent * k, info->ascent * k * 0.85,
	        info->is_cff ? "FontFile3" : "FontFile2", program));
	put_stream(f, program,
	    info->is_cff ? STR("/Subtype/CIDFontType0C") : arena_printf(f->a, "/Length1 %zu", data.n), data,
	    true);
	put_stream(f, map, STR(""), unicode_map(f->a, font, info->is_cff), true);
	return OK;
}

static void
put_image(struct file *f, const struct inkan *k, unsigned object)
{
	unsigned mask = new_object(f);
	unsigned char colour[3] = {
	    (unsigned char)(k->rgb >> 16), (unsigned char)(k->rgb >> 8), (unsigned char)k->rgb};

	put_stream(f, object,
	    arena_printf(f->a,
	        "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceRGB/BitsPerComponent 8/SMask "
	        "%u 0 R",
	        mask),
	    str_make(colour, 3), false);
	put_stream(f, mask,
	    arena_printf(f->a,
	        "/Type/XObject/Subtype/Image/Width %u/Height %u/ColorSpace/DeviceGray/BitsPerComponent 8",
	        k->mask_w, k->mask_h),
	    k->mask, true);
}

static struct str
escaped(struct arena *a, struct str s)
{
	struct buf b = {0};

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '<')
			buf_put_c(&b, "&lt;");
		else if (s.p[i] == '>')
			buf_put_c(&b, "&gt;");
		else if (s.p[i] == '&')
			buf_put_c(&b, "&amp;");
		else
			buf_put_byte(&b, (unsigned char)s.p[i]);
	struct str r = arena_str(a, buf_str(&b));
	buf_free(&b);
	return r;
}

/* XMP (ISO 16684-1); its values repeat those of the information dictionary. */
static struct str
metadata(struct arena *a, const struct sheet_info *info)
{
	struct str date = clock_iso(a, info->at_ms), title = escaped(a, info->title),
	           subject = escaped(a, info->subject);

	return arena_printf(a,
	    "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
	    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
	    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
	    "<rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" "
	    "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
	    "xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n"
	    "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>\n"
	    "<dc:format>application/pdf</dc:format>"
	    "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">%.*s</rdf:li></rdf:Alt></dc:title>\n"
	    "<dc:description><rdf:Alt><rdf:li "
	    "xml:lang=\"x-default\">%.*s</rdf:li></rdf:Alt></dc:description>\n"
	    "<xmp:CreateDate>%.*s</xmp:CreateDate><xmp:ModifyDate>%.*s</xmp:ModifyDate><pdf:Producer>Keiin</"
	    "pdf:Producer>\n"
	    "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>",
	    STR_ARG(title), STR_ARG(subject), STR_ARG(date), STR_ARG(date));
}

/* The associated file (ISO 32000-2 14.13); answers the number of its specification, 0 for none. */
static unsigned
put_attachment(struct file *f, const struct sheet_info *info)
{
	if (info->attachment.n == 0)
		return 0;
	unsigned specification = new_object(f), data = new_object(f);
	struct str date = clock_pdf(f->a, info->at_ms);
	put_stream(f, data,
	    arena_printf(f->a,
	        "/Type/EmbeddedFile/Subtype/application#2Fjson/Params<</Size %zu/ModDate(%.*s)>>",
	        info->attachment.n, STR_ARG(date)),
	    info->attachment, true);
	begin(f, specification);
	buf_printf(f->out,
	    "<</Type/Filespec/AFRelationship/Data/F(%.*s)/UF(%.*s)/EF<</F %u 0 R/UF %u 0 R>>/Desc",
	    STR_ARG(info->attachment_name), STR_ARG(info->attachment_name), data, data);
	put_string(f, info->attachment_note);
	buf_put_c(f->out, ">>\nendobj\n");
	return specification;
}

static void
put_info(struct file *f, unsigned object, const struct sheet_info *info)
{
	struct str date = clock_pdf(f->a, info->at_ms);

	begin(f, object);
	buf_put_c(f->out, "<</Title");
	put_string(f, info->title);
	buf_put_c(f->out, "/Subject");
	put_string(f, info->subject);
	buf_printf(f->out, "/Producer(Keiin)/CreationDate(%.*s)/ModDate(%.*s)>>\nendobj\n", STR_ARG(date),
	    STR_ARG(date));
}

static void
put_trailer(struct file *f, unsigned root, unsigned information, const struct sheet_info *info)
{
	/* The identifier need only differ between files: what they are called, when they were made, where
	 * their objects lie. */
	struct str seed = arena_printf(
	    f->a, "%.*s\n%.*s\n%lld\n", STR_ARG(info->title), STR_ARG(info->subject), (long long)info->at_ms);
	struct buf seeded = {0};
	buf_put(&seeded, seed);
	buf_put(&seeded, str_make(f->at + 1, f->n * sizeof *f->at));
	struct sha256 d = sha256_of(buf_str(&seeded));
	size_t xref = f->out->n;
	char id[33] = {0};

	buf_free(&seeded);
	hex_encode_to(d.b, 16, id);
	buf_printf(f->out, "xref\n0 %u\n0000000000 65535 f \n", f->n + 1);
	for (unsigned i = 1; i <= f->n; i++)
		buf_printf(f->out, "%010zu 00000 n \n", f->at[i]);
	buf_printf(f->out,
	    "trailer\n<</Size %u/Root %u 0 R/Info %u 0 R/ID[<%s><%s>]>>\nstartxref\n%zu\n%%%%EOF\n", f->n + 1,
	    root, information, id, id, xref);
}

static struct str
resources(struct arena *a, const unsigned *fonts, const unsigned *images, unsigned images_n)
{
	struct str s = STR("<</Font<<");

	for (int t = 0; t < TYPEFACES; t++)
		if (fonts[t])
			s = arena_printf(a, "%.*s/F%d %u 0 R", STR_ARG(s), t, fonts[t]);
	s = arena_printf(a, "%.*s>>", STR_ARG(s));
	if (images_n)
		s = arena_printf(a, "%.*s/XObject<<", STR_ARG(s));
	for (unsigned i = 0; i < images_n; i++)
		s = arena_printf(a, "%.*s/I%u %u 0 R", STR_ARG(s), i, images[i]);
	return arena_printf(a, "%.*s%s>>", STR_ARG(s), images_n ? ">>" : "");
}

static enum err
put_everything(struct file *f, const struct sheet *s, const struct sheet_info *info)
{
	unsigned fonts[TYPEFACES] = {0}, images[SHEET_IMAGES_MAX];
	unsigned root = new_object(f), tree = new_object(f), information = new_object(f), xmp = new_object(f),
	         profile = new_object(f), shared = new_object(f), first = f->n + 1;
	struct buf kids = {0};

	f->n += 2 * s->pages;
	buf_put_c(f->out, "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
	for (int t = 0; t < TYPEFACES; t++)
		if (s->font[t].used) {
			fonts[t] = new_object(f);
			TRY(put_font(f, (enum typeface)t, &s->font[t], fonts[t]));
		}
	for (unsigned i = 0; i < s->images; i++) {
		images[i] = new_object(f);
		put_image(f, s->image[i], images[i]);
	}
	put_object(f, shared, resources(f->a, fonts, images, s->images));
	for (unsigned i = 0; i < s->pages; i++) {
		buf_printf(&kids, "%u 0 R ", first + 2 * i);
		put_object(f, first + 2 * i,
		    arena_printf(f->a,
		        "<</Type/Page/Parent %u 0 R/MediaBox[0 0 %.3f %.3f]/Resources %u 0 R/Contents %u 0 "
		        "R>>",
		        tree, SHEET_WIDTH, SHEET_HEIGHT, shared, first + 2 * i + 1));
		put_stream(f, first + 2 * i + 1, STR(""), buf_str(&s->page[i]), true);
	}
	put_object(f, tree,
	    arena_printf(f->a, "<</Type/Pages/Count %u/Kids[%.*s]>>", s->pages, STR_ARG(buf_str(&kids))));
	buf_free(&kids);
	put_stream(f, xmp, STR("/Type/Metadata/Subtype/XML"), metadata(f->a, info), false);
	put_stream(f, profile, STR("/N 3"), srgb_profile(f->a), true);
	unsigned attached = put_attachment(f, info);
	struct str files = STR("");
	if (attached)
		files = arena_printf(f->a, "/AF[%u 0 R]/Names<</EmbeddedFiles<</Names[(%.*s)%u 0 R]>>>>",
		    attached, STR_ARG(info->attachment_name), attached);
	put_info(f, information, info);
	put_object(f, root,
	    arena_printf(f->a,
	        "<</Type/Catalog/Pages %u 0 R/Lang(%s)/ViewerPreferences<</DisplayDocTitle "
	        "true>>/Metadata %u 0 R"
	        "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
	        "/Info(sRGB IEC61966-2.1)/DestOutputProfile %u 0 R>>]%.*s>>",
	        tree, info->english ? "en" : "ja-JP", xmp, profile, STR_ARG(files)));
	put_trailer(f, root, information, info);
	return OK;
}

enum err
sheet_finish(struct sheet *s, const struct sheet_info *info, struct buf *ret)
{
	struct buf out = {0};
	struct file f = {.a = s->a, .out = &out};

	TRY(s->e);
	buf_reserve(&out, 128 * 1024);
	enum err e = put_everything(&f, s, info);
	if (e == OK)
		buf_put(ret, buf_str(&out));
	buf_free(&out);
	return e;
}
