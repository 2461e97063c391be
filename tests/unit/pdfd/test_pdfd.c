/* Real questions through a real fork server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "client.h"
#include "clock.h"
#include "ipc.h"
#include "pdfd.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct arena arena;
static struct pdfd *pdfd;
static pid_t server;

static int
start(void **state)
{
	int pair[2];
	assert_int_equal(ipc_pair(pair), OK);
	server = fork();
	if (server == 0) {
		close(pair[0]);
		_exit(pdfd_serve(pair[1], NULL));
	}
	close(pair[1]);
	assert_int_equal(pdfd_client_new(&arena, pair[0], &pdfd), OK);
	return 0;
}

static int
stop(void **state)
{
	int status;
	assert_int_equal(waitpid(server, &status, WNOHANG), 0); /* whatever was asked, the server lives */
	kill(server, SIGKILL);
	waitpid(server, &status, 0);
	arena_free(&arena);
	return 0;
}

/* A PDF of the given objects; %zu in none of them. The first is the catalog. */
static struct str
make_pdf(const char *const *objects, size_t n)
{
	struct buf b = {0};
	size_t at[64];
	buf_put_c(&b, "%PDF-1.7\n");
	for (size_t i = 0; i < n; i++) {
		at[i] = b.n;
		buf_printf(&b, "%zu 0 obj\n%s\nendobj\n", i + 1, objects[i]);
	}
	size_t xref = b.n;
	buf_printf(&b, "xref\n0 %zu\n0000000000 65535 f \n", n + 1);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%010zu 00000 n \n", at[i]);
	buf_printf(&b, "trailer\n<< /Size %zu /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", n + 1, xref);
	struct str s = arena_str(&arena, buf_str(&b));
	buf_free(&b);
	return s;
}

#define PAGES "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
#define CONTENT "<< /Length 44 >>\nstream\nBT /F1 24 Tf 72 700 Td (Hello Keiin) Tj ET \nendstream"
#define FONT "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
#define PAGE(more)                                                                                           \
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> "       \
	"/Contents 4 0 R " more " >>"

static enum err
intake(struct str pdf, struct document_info *info, struct str *normal)
{
	return documents_intake(pdfd, pdf, STR("KEIIN test-1"), &arena, info, normal);
}

static enum err
intake_of(const char *catalog, const char *page, const char *extra)
{
	struct document_info info;
	struct str normal;
	const char *const objects[] = {catalog, PAGES, page, CONTENT, FONT, extra};
	return intake(make_pdf(objects, extra ? 6 : 5), &info, &normal);
}

#define CATALOG(more) "<< /Type /Catalog /Pages 2 0 R " more " >>"

static void
a_plain_document_is_taken_in(void **state)
{
	struct document_info info;
	struct str normal, png;
	const char *const objects[] = {CATALOG(""), PAGES, PAGE("/Rotate 90"), CONTENT, FONT};
	assert_int_equal(intake(make_pdf(objects, 5), &info, &normal), OK);
	assert_int_equal(info.pages_n, 1);
	assert_true(info.pages[0].width_mm > 296 && info.pages[0].width_mm < 298); /* turned: landscape */
	assert_true(str_find(info.pages[0].text, STR("Hello Keiin")) >= 0);
	assert_true(str_find(info.pages[0].text, STR("KEIIN test-1")) >= 0);
	assert_int_equal(documents_render(pdfd, normal, 1, 720, &arena, &png), OK);
	assert_true(png.n > 500);
	struct str again;
	assert_int_equal(intake(make_pdf(objects, 5), &info, &again), OK);
	assert_true(str_eq(normal, again)); /* deterministic */
}

static unsigned
notes_of(const char *catalog, const char *page, const char *extra)
{
	struct document_info info = {0};
	struct str normal;
	const char *const objects[] = {catalog, PAGES, page, CONTENT, FONT, extra};
	assert_int_equal(intake(make_pdf(objects, extra ? 6 : 5), &info, &normal), OK);
	static const char *const gone[] = {"JavaScript", "Launch", "EmbeddedFile", "FileAttachment",
	    "RichMedia", "XFA", "/AA", "/OpenAction", "/Annots", "/AF", "secret"};
	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		assert_true(str_find(normal, str_c(gone[i])) < 0);
	return info.notes;
}

static void
active_content_is_removed_and_said(void **state)
{
	const unsigned scripts = 1 << DOCUMENT_SCRIPTS, attachments = 1 << DOCUMENT_ATTACHMENTS;
	assert_int_equal(notes_of(CATALOG(""), PAGE(""), NULL), 0);
	assert_int_equal(notes_of(CATALOG("/OpenAction [3 0 R /Fit]"), PAGE(""), NULL), 0);
	assert_int_equal(
	    notes_of(CATALOG("/OpenAction << /S /JavaScript /JS (secret) >>"), PAGE(""), NULL), scripts);
	assert_int_equal(notes_of(CATALOG("/AA << /WC << /S /JavaScript >> >>"), PAGE(""), NULL), scripts);
	assert_int_equal(
	    notes_of(CATALOG("/Names << /JavaScript << /Names [] >> >>"), PAGE(""), NULL), scripts);
	assert_int_equal(
	    notes_of(CATALOG("/Names << /EmbeddedFiles << /Names [(secret)] >> >>"), PAGE(""), NULL),
	    attachments);
	assert_int_equal(
	    notes_of(CATALOG("/AF [6 0 R]"), PAGE(""), "<< /Type /Filespec /F (secret) >>"), attachments);
	assert_int_equal(
	    notes_of(CATALOG("/AcroForm << /Fields [] /XFA (x) >>"), PAGE(""), NULL), 1 << DOCUMENT_XFA);
	assert_int_equal(notes_of(CATALOG(""), PAGE("/AA << /O << /S /Launch >> >>"), NULL), scripts);
	assert_int_equal(
	    notes_of(CATALOG(""),
	        PAGE("/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (x) >> >>]"), NULL),
	    scripts | 1 << DOCUMENT_LINKS);
	assert_int_equal(
	    notes_of(CATALOG(""), PAGE("/Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9] >>]"), NULL),
	    attachments | 1 << DOCUMENT_UNDRAWN);
	assert_int_equal(
	    notes_of(CATALOG(""),
	        PAGE("/Annots [<< /Subtype /RichMedia /Rect [0 0 9 9] /F 2 /Contents (secret) >>]"), NULL),
	    1 << DOCUMENT_MEDIA | 1 << DOCUMENT_HIDDEN);
}

static void
earlier_revisions_and_fonts_are_said(void **state)
{
	struct document_info info;
	struct str normal;
	const char *objects[] = {CATALOG(""), PAGES, PAGE(""), CONTENT, FONT};
	struct str pdf = make_pdf(objects, 5);
	ptrdiff_t xref = str_find_last(pdf, STR("startxref"));
	assert_int_equal(intake(pdf, &info, &normal), OK);
	assert_int_equal(info.notes, 0);
	long long at = atoll(pdf.p + xref + 10);
	pdf = arena_printf(&arena,
	    "%.*sxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 6 /Root 1 0 R /Prev %lld "
	    ">>\nstartxref\n%zu\n%%%%EOF\n",
	    STR_ARG(pdf), at, pdf.n);
	assert_int_equal(intake(pdf, &info, &normal), OK);
	assert_int_equal(info.notes, 1 << DOCUMENT_REVISIONS);
	objects[4] = "<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light /Encoding /UniJIS-UCS2-H "
	             "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light "
	             "/FontDescriptor << /Type /FontDescriptor >> >>] >>";
	assert_int_equal(intake(make_pdf(objects, 5), &info, &normal), OK);
	assert_int_equal(info.notes, 1 << DOCUMENT_FONTS);
}

/* What cannot be taken out without changing what somebody has seen. */
static void
content_that_depends_on_the_viewer_is_refused(void **state)
{
	assert_int_equal(intake_of(CATALOG("/Collection << >>"), PAGE(""), NULL), ERR_PDF_ACTIVE);
	assert_int_equal(
	    intake_of(CATALOG("/NeedsRendering true /AcroForm << /Fields [] /XFA (x) >>"), PAGE(""), NULL),
	    ERR_PDF_ACTIVE);
}

/* ---- layers ---- */

#define GROUPS(d)                                                                                            \
	"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [6 0 R 7 0 R] /D << /OFF [6 0 R] " d          \
	" >> >> >>"
#define OFF_GROUP "<< /Type /OCG /Name (secret off) >>"
#define ON_GROUP "<< /Type /OCG /Name (on) >>"
#define MEMBERS "/L6 6 0 R /L7 7 0 R /M8 8 0 R"
#define LAYERED                                                                                              \
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Annots 10 0 R /Resources << " \
	"/Font << /F1 5 0 R >> /XObject << /X 9 0 R >> /Properties << " MEMBERS " >> >> >>"
#define SQUARE(more)                                                                                         \
	"<< /Type /XObject /Subtype /Form /BBox [0 0 20 20] " more                                           \
	" /Length 11 >>\nstream\n0 0 20 20 re f\nendstream"

struct layered {
	const char *content, *group, *membership, *xobject, *annotations;
};

static struct str
layered_pdf(const struct layered *l)
{
	const char *content = arena_cstr(&arena,
	    arena_printf(&arena, "<< /Length %zu >>\nstream\n%s\nendstream", strlen(l->content), l->content));
	const char *const objects[] = {l->group ? l->group : GROUPS(""), PAGES, LAYERED, content, FONT,
	    OFF_GROUP, ON_GROUP, l->membership ? l->membership : "null", l->xobject ? l->xobject : SQUARE(""),
	    l->annotations ? l->annotations : "[]"};
	return make_pdf(objects, 10);
}

static bool
looks_the_same(struct str before, struct str after)
{
	struct str a, b;
	assert_int_equal(documents_render(pdfd, before, 1, 400, &arena, &a), OK);
	assert_int_equal(documents_render(pdfd, after, 1, 400, &arena, &b), OK);
	return str_eq(a, b);
}

#define SHOWN "BT /F1 12 Tf 10 80 Td (shown) Tj ET "
#define HIDDEN "BT /F1 12 Tf 10 60 Td (secret) Tj ET "

/* What the default configuration hides is gone, and the page looks as it did. */
static void
hidden_layers_are_removed_and_said(void **state)
{
	static const struct layered cases[] = {
	    {SHOWN "/OC /L6 BDC " HIDDEN "EMC", NULL, NULL, NULL, NULL},
	    {SHOWN "/OC /L#36 BDC " HIDDEN "EMC", NULL, NULL, NULL, NULL},
	    {"/OC /L7 BDC " SHOWN "/OC /L6 BDC " HIDDEN
	     "/Span << /ActualText (secret) >> BDC /OC /L7 BDC " HIDDEN "EMC EMC EMC " SHOWN "EMC",
	        NULL, NULL, NULL, NULL},
	    /* state set inside goes on after it; so does a clipping path */
	    {"/OC /L6 BDC q 1 0 0 rg 2 0 0 2 0 0 cm 0 0 30 30 re W f EMC 5 5 40 40 re f Q " SHOWN, NULL, NULL,
	        NULL, NULL},
	    {"/OC /L6 BDC q 20 0 0 20 5 5 cm BI /W 3 /H 1 /BPC 8 /CS /G ID EMC EI Q /Sh sh /X Do EMC " SHOWN,
	        NULL, NULL, NULL, NULL},
	    {SHOWN "/X Do", NULL, NULL, SQUARE("/OC 6 0 R"), NULL},
	    {SHOWN "/OC /M8 BDC " HIDDEN "EMC", NULL, "<< /Type /OCMD /OCGs 6 0 R >>", NULL, NULL},
	    {SHOWN "/OC /L6 BDC " HIDDEN "EMC", GROUPS("/BaseState /OFF /ON [7 0 R]"), NULL, NULL, NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct document_info info;
		struct str normal, before = layered_pdf(&cases[i]);
		assert_int_equal(documents_intake(pdfd, before, STR_NONE, &arena, &info, &normal), OK);
		assert_int_equal(info.notes, 1 << DOCUMENT_LAYERS);
		assert_true(looks_the_same(before, normal));
		assert_true(str_find(info.pages[0].text, STR("shown")) >= 0 || i == 3);
		assert_true(str_find(normal, STR("secret")) < 0);
		assert_true(str_find(normal, STR("/OC")) < 0);
	}
}

static void
shown_layers_stay(void **state)
{
	static const struct layered cases[] = {{SHOWN "/OC /L7 BDC " SHOWN "EMC", NULL, NULL, NULL, NULL},
	    {SHOWN "/OC /None BDC " SHOWN "EMC /X Do", NULL, NULL, SQUARE("/OC 7 0 R"), NULL},
	    {SHOWN "/OC /M8 BDC " SHOWN "EMC", NULL, "<< /Type /OCMD /OCGs [6 0 R 7 0 R] >>", NULL, NULL},
	    {SHOWN "/OC /M8 BDC " SHOWN "EMC", NULL, "<< /Type /OCMD /OCGs [null] >>", NULL, NULL},
	    {SHOWN "/OC /M8 BDC " SHOWN "EMC", NULL,
	        "<< /Type /OCMD /VE [/And [/Not 6 0 R] [/Or 6 0 R 7 0 R]] >>", NULL, NULL}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct document_info info;
		struct str normal, before = layered_pdf(&cases[i]);
		assert_int_equal(documents_intake(pdfd, before, STR_NONE, &arena, &info, &normal), OK);
		assert_int_equal(info.notes, 0);
		assert_true(looks_the_same(before, normal));
		assert_true(str_find(normal, STR("/OC")) < 0);
	}
}

/* Policies, expressions and marks that end within a text, which the renderer takes differently, and what
 * opening a file on a screen switches. */
static void
expressions_and_usage_are_heeded(void **state)
{
	static const struct layered cases[] = {
	    {SHOWN "/OC /M8 BDC " HIDDEN "EMC", NULL, "<< /Type /OCMD /OCGs [6 0 R 7 0 R] /P /AllOn >>", NULL,
	        NULL},
	    {SHOWN "/OC /M8 BDC " HIDDEN "EMC", NULL, "<< /Type /OCMD /OCGs 7 0 R /P /AnyOff >>", NULL, NULL},
	    {SHOWN "/OC /M8 BDC " HIDDEN "EMC", NULL, "<< /Type /OCMD /VE [/Not [/Or 6 0 R 7 0 R]] >>", NULL,
	        NULL},
	    {SHOWN "/OC /M8 BDC " HIDDEN "EMC", NULL, "<< /Type /OCMD /OCGs 7 0 R /VE [/And 6 0 R 7 0 R] >>",
	        NULL, NULL},
	    {SHOWN "/OC /M8 BDC " HIDDEN "EMC",
	        "<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [8 0 R] /D << /AS [<< /Event /View "
	        "/Category [/View] /OCGs [8 0 R] >>] >> >> >>",
	        "<< /Type /OCG /Usage << /View << /ViewState /OFF >> >> >>", NULL, NULL},
	    {"/OC /L6 BDC BT /F1 9 Tf 14 TL 10 50 Td (secret) ' (secret \\) EMC) Tj [(secret)] TJ EMC T* "
	     "(shown) Tj ET",
	        NULL, NULL, NULL, NULL},
	    {"/OC /L6 BDC BT /F1 9 Tf 14 TL 10 50 Td 1 2 (secret) \" EMC T* (shown) Tj ET", NULL, NULL, NULL,
	        NULL},
	    {SHOWN, NULL, NULL, NULL,
	        "[<< /Subtype /Square /Rect [0 0 9 9] /OC 6 0 R /Contents (secret) /AP << /N 9 0 R >> >>]"}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct document_info info;
		struct str normal;
		assert_int_equal(intake(layered_pdf(&cases[i]), &info, &normal), OK);
		assert_int_equal(info.notes, 1 << DOCUMENT_LAYERS);
		assert_true(str_find(normal, STR("secret")) < 0);
	}
}

static void
layers_that_cannot_be_decided_are_refused(void **state)
{
	static const struct layered cases[] = {{"/OC /L6 BDC " HIDDEN, NULL, NULL, NULL, NULL},
	    {"/OC << /Type /OCMD /OCGs 6 0 R >> BDC " HIDDEN "EMC", NULL, NULL, NULL, NULL},
	    {"BT /F1 9 Tf /OC /L6 BDC (secret) Tj EMC (shown) Tj ET", NULL, NULL, NULL, NULL},
	    {"BT /F1 9 Tf 7 Tr /OC /L6 BDC (secret) Tj EMC ET", NULL, NULL, NULL, NULL},
	    {"/OC /M8 BDC " HIDDEN "EMC", NULL, "<< /Type /OCMD /VE [/Xor 6 0 R 7 0 R] >>", NULL, NULL},
	    {SHOWN, GROUPS("/Intent /Design"), NULL, NULL, NULL},
	    {"/X Do", NULL, NULL,
	        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 26 >>\nstream\n/OC /L6 BDC 0 0 9 9 "
	        "re f "
	        "EMC\nendstream",
	        NULL}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct document_info info;
		struct str normal;
		assert_int_equal(intake(layered_pdf(&cases[i]), &info, &normal), ERR_PDF_ACTIVE);
	}
}

/* What is kept in another file is not the same for everybody; nor is an image for printing only. */
static void
references_to_other_files_are_removed_or_refused(void **state)
{
	static const struct {
		const char *xobject;
		enum err e;
	} cases[] = {{SQUARE("/Ref << /F (secret.pdf) /Page 0 >>"), OK},
	    {SQUARE("/OPI << /1.3 (secret) >>"), OK},
	    {"<< /Type /XObject /Subtype /PS /Length 6 >>\nstream\nsecret\nendstream", OK},
	    {"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace "
	     "/DeviceGray "
	     "/Alternates [<< /DefaultForPrinting true /Image 10 0 R /N (secret) >>] /Length 1 "
	     ">>\nstream\nx\nendstream",
	        OK},
	    {SQUARE("/F (other.bin) /FFilter /FlateDecode"), ERR_PDF_ACTIVE},
	    {SQUARE("/Resources << /ColorSpace << /C [/ICCBased 10 0 R] >> >>"), ERR_PDF_ACTIVE},
	    {SQUARE("/Resources << /Font << /F << /Subtype /TrueType /FontDescriptor << /FontFile2 10 0 R >> "
	            ">> >> >>"),
	        ERR_PDF_ACTIVE}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct document_info info;
		struct str normal;
		const char *const objects[] = {CATALOG(""), PAGES, LAYERED, CONTENT, FONT, "null", "null",
		    "null", cases[i].xobject,
		    "<< /F (http://example.test/x) /Length 0 >>\nstream\n\nendstream"};
		assert_int_equal(intake(make_pdf(objects, 10), &info, &normal), cases[i].e);
		if (cases[i].e != OK)
			continue;
		assert_int_equal(info.notes, 1 << DOCUMENT_EXTERNAL);
		assert_true(str_find(normal, STR("(secret")) < 0);
	}
}

static void
a_page_without_a_size_is_letter(void **state)
{
	static const struct {
		const char *boxes;
		double width_mm;
	} cases[] = {{"/MediaBox [0 0 0 0]", 215.9}, {"/MediaBox [0 0 0 0] /CropBox [0 0 9 9]", 215.9},
	    {"", 215.9}, {"/MediaBox [0 0 595 842] /CropBox [600 900 700 1000]", 209.9},
	    {"/MediaBox [0 0 595 842] /CropBox [0 0 0 0]", 209.9}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct document_info info;
		struct str normal, png;
		const char *const objects[] = {CATALOG(""), PAGES,
		    arena_cstr(
		        &arena, arena_printf(&arena, "<< /Type /Page /Parent 2 0 R %s >>", cases[i].boxes))};
		assert_int_equal(intake(make_pdf(objects, 3), &info, &normal), OK);
		assert_true(info.pages[0].width_mm > cases[i].width_mm - 0.1 &&
		            info.pages[0].width_mm < cases[i].width_mm + 0.1);
		assert_int_equal(documents_render(pdfd, normal, 1, 300, &arena, &png), OK);
	}
}

/* A decoder of images would unpack page content of this kind to gigabytes. */
static void
content_that_is_an_image_is_refused(void **state)
{
	const char *const filters[] = {"/JBIG2Decode", "[/JBIG2Decode]", "[/FlateDecode /DCTDecode]"};
	for (int i = 0; i < 3; i++) {
		struct document_info info;
		struct str normal;
		const char *content = arena_cstr(&arena,
		    arena_printf(&arena, "<< /Length 4 /Filter %s >>\nstream\nabcd\nendstream", filters[i]));
		const char *const one[] = {CATALOG(""), PAGES, PAGE(""), content, FONT};
		const char *const several[] = {
		    CATALOG(""), PAGES, PAGE("/Contents [4 0 R 6 0 R]"), CONTENT, FONT, content};
		assert_int_equal(intake(make_pdf(one, 5), &info, &normal), ERR_PDF_BROKEN);
		assert_int_equal(intake(make_pdf(several, 6), &info, &normal), ERR_PDF_BROKEN);
	}
}

static void
plain_links_become_inert(void **state)
{
	assert_int_equal(intake_of(CATALOG(""),
	                     PAGE("/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI "
	                          "(https://example.test) >> >>]"),
	                     NULL),
	    OK);
}

static void
signed_and_junk_are_refused(void **state)
{
	struct document_info info;
	struct str normal;
	assert_int_equal(
	    intake_of(CATALOG("/AcroForm << /Fields [<< /FT /Sig /T (s) /V << /Type /Sig >> >>] >>"),
	        PAGE(""), NULL),
	    ERR_PDF_SIGNED);
	assert_int_equal(intake(STR("this is no PDF"), &info, &normal), ERR_NOT_PDF);
	assert_int_equal(intake(STR("%PDF-1.7\ngarbage"), &info, &normal), ERR_PDF_BROKEN);
	assert_int_equal(intake(STR_NONE, &info, &normal), ERR_NOT_PDF);
}

#define SIGNED                                                                                               \
	CATALOG(                                                                                             \
	    "/AcroForm << /Fields [<< /FT /Sig /T (a) /Kids [<< /T (b) /V << /Type /Sig /Name (Taro) /M "    \
	    "(D:20260102030405+09'00') >> >> << /T (none) >>] >> << /FT /Sig /T (c) /V << /Type "            \
	    "/DocTimeStamp >> >> << /FT /Tx /T (d) /V << >> >>] >>")

static struct str
make_cover(void)
{
	const char *const objects[] = {CATALOG(""), "<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>",
	    PAGE(""), "<< /Length 40 >>\nstream\nBT /F1 24 Tf 72 700 Td (The cover) Tj ET\nendstream", FONT,
	    ("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> "
	     "/Contents 7 0 R >>"),
	    "<< /Length 32 >>\nstream\nBT /F1 8 Tf 0 3 Td (COPY) Tj ET \nendstream"};
	return make_pdf(objects, 7);
}

static void
signed_documents_say_what_they_carry(void **state)
{
	const char *const objects[] = {SIGNED, PAGES, PAGE(""), CONTENT, FONT};
	struct document_info info;
	struct str normal;
	assert_int_equal(intake(make_pdf(objects, 5), &info, &normal), ERR_PDF_SIGNED);
	const struct document_original *o = &info.original;
	assert_int_equal(o->signatures_n, 2);
	assert_int_equal(o->listed_n, 2);
	assert_true(str_eq(o->signatures[0].field, STR("a.b")));
	assert_true(str_eq(o->signatures[0].name, STR("Taro")));
	assert_true(str_eq(o->signatures[0].time, STR("2026-01-02 03:04:05 +09:00")));
	assert_false(o->signatures[0].is_timestamp);
	assert_true(str_eq(o->signatures[1].field, STR("c")) && o->signatures[1].is_timestamp);
	assert_true(o->signatures[1].name.n == 0 && o->signatures[1].time.n == 0);
	assert_int_equal(intake_of(CATALOG("/Perms << >>"), PAGE(""), NULL), ERR_PDF_SIGNED);
}

static void
signed_documents_go_under_a_cover(void **state)
{
	const char *const objects[] = {SIGNED, PAGES, PAGE("/Rotate 90"), CONTENT, FONT};
	struct str pdf = make_pdf(objects, 5), normal;
	struct document_info info;
	assert_int_equal(documents_cover(pdfd, pdf, STR("契約.pdf"), make_cover(), STR("KEIIN test-1"),
	                     &arena, &info, &normal),
	    OK);
	assert_int_equal(info.pages_n, 2);
	assert_int_equal(info.notes, 1u << DOCUMENT_COVERED);
	assert_true(str_find(info.pages[0].text, STR("The cover")) >= 0);
	assert_true(str_find(info.pages[0].text, STR("COPY")) < 0);
	assert_true(str_find(info.pages[1].text, STR("Hello Keiin")) >= 0);
	assert_true(str_find(info.pages[1].text, STR("COPY")) >= 0);
	for (int i = 0; i < 2; i++)
		assert_true(str_find(info.pages[i].text, STR("KEIIN test-1")) >= 0);
	assert_true(str_find(normal, STR("/AFRelationship /Source")) >= 0);
	assert_true(str_find(normal, STR("/AcroForm")) < 0);
	assert_true(str_find(normal, STR("(c)")) < 0); /* the original's parts are not to be found in ours */
}

static void
covers_that_are_none_are_refused(void **state)
{
	const char *const objects[] = {SIGNED, PAGES, PAGE(""), CONTENT, FONT},
	                  *const folio[] = {
	                      CATALOG("/Collection << >> /Perms << >>"), PAGES, PAGE(""), CONTENT, FONT};
	struct str pdf = make_pdf(objects, 5), normal;
	struct document_info info;
	assert_int_equal(documents_cover(pdfd, pdf, STR("a.pdf"), pdf, STR_NONE, &arena, &info, &normal),
	    ERR_PDF_BROKEN); /* there is no page for the mark */
	assert_int_equal(
	    documents_cover(pdfd, pdf, STR("a.pdf"), STR("none"), STR_NONE, &arena, &info, &normal),
	    ERR_PDF_BROKEN);
	assert_int_equal(documents_cover(pdfd, pdf, STR_NONE, make_cover(), STR_NONE, &arena, &info, &normal),
	    ERR_INVALID);
	assert_int_equal(documents_cover(pdfd, make_pdf(folio, 5), STR("a.pdf"), make_cover(), STR_NONE,
	                     &arena, &info, &normal),
	    ERR_PDF_ACTIVE);
}

static void
a_form_field_is_drawn_into_the_page(void **state)
{
	struct document_info info;
	struct str normal;
	const char *const objects[] = {CATALOG("/AcroForm << /Fields [6 0 R] >>"), PAGES,
	    PAGE("/Annots [6 0 R]"), CONTENT, FONT,
	    "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Taro) /Rect [72 600 272 630] /AP << /N 7 "
	    "0 R >> >>",
	    ("<< /Type /XObject /Subtype /Form /BBox [0 0 200 30] /Resources << /Font << /F1 5 0 R >> >> "
	     "/Length 40 >>\nstream\n"
	     "BT /F1 12 Tf 2 8 Td (Field Taro) Tj ET \nendstream")};
	assert_int_equal(intake(make_pdf(objects, 7), &info, &normal), OK);
	assert_true(str_find(info.pages[0].text, STR("Field Taro")) >= 0);
	assert_true(str_find(normal, STR("/AcroForm")) < 0);
}

/* Programs read the value, people what is drawn: what is drawn is what is agreed to. */
static void
a_value_that_is_not_seen_is_said(void **state)
{
	static const struct {
		const char *field;
		unsigned notes;
	} cases[] = {{"/FT /Tx /V (Field\\nTaro) /AP << /N 7 0 R >>", 0},
	    {"/FT /Tx /V (1,000) /AP << /N 7 0 R >>", 1},
	    {"/Parent << /FT /Ch /V (Jiro) >> /AP << /N 7 0 R >>", 1},
	    {"/FT /Tx /V () /AP << /N 7 0 R >>", 0},
	    {"/FT /Btn /V /Yes /AS /Yes /AP << /N << /Yes 7 0 R /Off 7 0 R >> >>", 0},
	    {"/FT /Btn /V /Yes /AS /Off /AP << /N << /Yes 7 0 R /Off 7 0 R >> >>", 1},
	    {"/FT /Btn /V /Yes /AS /Off /AP << /N << /No 7 0 R /Off 7 0 R >> >>", 0},
	    {"/FT /Btn /V /Off /AS /Yes /AP << /N << /Yes 7 0 R /Off 7 0 R >> >>", 1}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct document_info info;
		struct str normal;
		const char *const objects[] = {CATALOG("/AcroForm << /Fields [6 0 R] >>"), PAGES,
		    PAGE("/Annots [6 0 R] /Rotate 90 /CropBox [50 50 500 800]"), CONTENT, FONT,
		    arena_cstr(
		        &arena, arena_printf(&arena,
		                    "<< /Type /Annot /Subtype /Widget /T (name) /Rect [72 600 272 630] %s >>",
		                    cases[i].field)),
		    ("<< /Type /XObject /Subtype /Form /BBox [0 0 200 30] /Resources << /Font << /F1 5 0 R "
		     ">> >> "
		     "/Length 40 >>\nstream\n"
		     "BT /F1 12 Tf 2 8 Td (Field Taro) Tj ET \nendstream")};
		assert_int_equal(intake(make_pdf(objects, 7), &info, &normal), OK);
		assert_int_equal(info.notes, cases[i].notes << DOCUMENT_VALUES);
	}
}

static void
what_never_ends_is_ended(void **state)
{
	struct document_info info;
	struct str normal;
	const char *const loop[] = {CATALOG(""), "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"};
	int64_t began = clock_monotonic_ms();
	assert_int_not_equal(intake(make_pdf(loop, 2), &info, &normal), OK);
	const char *const huge[] = {
	    CATALOG(""), PAGES, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1000000000 1000000000] >>"};
	assert_int_not_equal(intake(make_pdf(huge, 3), &info, &normal), OK);
	assert_true(clock_monotonic_ms() - began < 20000);
}

/* Each form draws the next ten times: a short file, ten to the eleventh squares. */
static struct str
endless_pdf(void)
{
	enum { FORMS = 12 };
	static const char page[] = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R "
	                           "/Resources << /XObject << /X 6 0 R >> >> >>";
	const char *objects[5 + FORMS] = {
	    CATALOG(""), PAGES, page, "<< /Length 5 >>\nstream\n/X Do\nendstream", FONT};
	for (unsigned i = 0; i + 1 < FORMS; i++)
		objects[5 + i] = arena_cstr(&arena, arena_printf(&arena,
		                                        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] "
		                                        "/Resources << /XObject << /X %u 0 R >> >> "
		                                        "/Length 60 >>\nstream\n/X Do /X Do /X Do /X Do /X "
		                                        "Do /X Do /X Do /X Do /X Do /X Do \nendstream",
		                                        7 + i));
	objects[4 + FORMS] = SQUARE("");
	return make_pdf(objects, 5 + FORMS);
}

struct question {
	struct str pdf;
	enum err e;
};

static void *
ask_alone(void *user)
{
	struct question *q = user;
	struct arena own = {0};
	struct document_info info;
	struct str normal;
	q->e = documents_intake(pdfd, q->pdf, STR_NONE, &own, &info, &normal);
	arena_free(&own);
	return NULL;
}

static void
a_neighbour_is_served_meanwhile(void **state)
{
	struct question endless = {.pdf = endless_pdf()};
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, ask_alone, &endless), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(intake_of(CATALOG(""), PAGE(""), NULL), OK);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(endless.e, ERR_PDF_TIMEOUT);
}

/* 499 documents of public projects, where they are at hand: no crash of the server, nothing that hangs. */
static void
the_corpus_is_taken_in_or_refused(void **state)
{
	const char *folder = getenv("KEIIN_CORPUS");
	char command[4096];
	snprintf(command, sizeof(command), "find '%s' -name '*.pdf' 2>/dev/null | sort",
	    folder ? folder : KEIIN_SOURCE_ROOT "/../shared/corpus");
	FILE *list = popen(command, "r");
	unsigned outcomes[ERR_COUNT] = {0}, n = 0, covered = 0;
	int64_t longest = 0;
	char path[4096];
	while (list && fgets(path, sizeof(path), list)) {
		struct arena one = {0};
		struct document_info info;
		struct str normal, png;
		path[strcspn(path, "\n")] = 0;
		FILE *f = fopen(path, "rb");
		static char bytes[32 << 20];
		size_t size = f ? fread(bytes, 1, sizeof(bytes), f) : 0;
		if (f)
			fclose(f);
		int64_t began = clock_monotonic_ms();
		enum err e =
		    documents_intake(pdfd, str_make(bytes, size), STR("KEIIN corpus"), &one, &info, &normal);
		if (e == ERR_PDF_SIGNED) {
			covered++;
			e = documents_cover(pdfd, str_make(bytes, size), STR("a.pdf"), make_cover(),
			    STR("KEIIN corpus"), &one, &info, &normal);
		}
		outcomes[e]++;
		n++;
		if (e == OK) {
			e = documents_render(pdfd, normal, 1, 300, &one, &png);
			if (e != OK)
				print_message("not rendered: %s: %s\n", path, err_info(e)->name);
		}
		int64_t took = clock_monotonic_ms() - began;
		if (took > longest)
			longest = took;
		if (getenv("KEIIN_VERBOSE"))
			print_message("%s %lld ms %s\n", err_info(e)->name, (long long)took, path);
		arena_free(&one);
	}
	if (list)
		pclose(list);
	if (n == 0) {
		print_message("no corpus here: skipped\n");
		skip();
	}
	for (unsigned e = 0; e < ERR_COUNT; e++)
		if (outcomes[e])
			print_message("%-20s %u\n", err_info((enum err)e)->name, outcomes[e]);
	print_message("%u files, %u of them signed, longest %lld ms\n", n, covered, (long long)longest);
	assert_true(longest < 2 * 16000);
	assert_int_equal(outcomes[ERR_PEER] + outcomes[ERR_IO] + outcomes[ERR_BUG], 0);
	assert_int_equal(outcomes[ERR_PDF_SIGNED], 0);
	assert_true(outcomes[OK] > n / 2);
}

static void
speed_is_printed(void **state)
{
	struct document_info info;
	struct str normal;
	const char *const objects[] = {CATALOG(""), PAGES, PAGE(""), CONTENT, FONT};
	struct str pdf = make_pdf(objects, 5);
	int64_t began = clock_monotonic_ms();
	for (int i = 0; i < 200; i++)
		assert_int_equal(intake(pdf, &info, &normal), OK);
	print_message("intake: %.2f ms each\n", (double)(clock_monotonic_ms() - began) / 200);
}

int
main(int argc, char **argv)
{
	/* the corpus is a test of its own: test_pdfd 'the_corpus*' */
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	else
		cmocka_set_skip_filter("the_corpus*");
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_plain_document_is_taken_in),
	    cmocka_unit_test(active_content_is_removed_and_said),
	    cmocka_unit_test(earlier_revisions_and_fonts_are_said),
	    cmocka_unit_test(content_that_depends_on_the_viewer_is_refused),
	    cmocka_unit_test(hidden_layers_are_removed_and_said),
	    cmocka_unit_test(shown_layers_stay),
	    cmocka_unit_test(expressions_and_usage_are_heeded),
	    cmocka_unit_test(layers_that_cannot_be_decided_are_refused),
	    cmocka_unit_test(references_to_other_files_are_removed_or_refused),
	    cmocka_unit_test(a_page_without_a_size_is_letter),
	    cmocka_unit_test(content_that_is_an_image_is_refused),
	    cmocka_unit_test(plain_links_become_inert),
	    cmocka_unit_test(signed_and_junk_are_refused),
	    cmocka_unit_test(signed_documents_say_what_they_carry),
	    cmocka_unit_test(signed_documents_go_under_a_cover),
	    cmocka_unit_test(covers_that_are_none_are_refused),
	    cmocka_unit_test(a_form_field_is_drawn_into_the_page),
	    cmocka_unit_test(a_value_that_is_not_seen_is_said),
	    cmocka_unit_test(what_never_ends_is_ended),
	    cmocka_unit_test(a_neighbour_is_served_meanwhile),
	    cmocka_unit_test(speed_is_printed),
	    cmocka_unit_test(the_corpus_is_taken_in_or_refused),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
