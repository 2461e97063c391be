#include "attack.h"

#include "write.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

static void
put_scene(struct doc *d, const char *catalog, const char *page, const char *picture, const char *form)
{
	doc_object(d, CATALOG,
	    "<</Type/Catalog/Pages 2 0 R/Lang<FEFF006A0061>/AcroForm 10 0 R/OCProperties<</OCGs[8 0 "
	    "R]/D<</ON[8 "
	    "0 R]>>>>%s>>",
	    catalog);
	doc_object(d, PAGES, "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595 842]>>");
	doc_object(d, PAGE,
	    "<</Type/Page/Parent 2 0 R%s/Annots[7 0 R 11 0 R 13 0 R]/Resources<</Font<</F 5 0 "
	    "R>>/XObject<</X 6 0 "
	    "R/G 90 0 R/N 14 0 R>>/Properties<</L 8 0 R>>>>>>",
	    page);
	doc_stream(d, CONTENT, "", STR("BT /F 12 Tf 50 700 Td (Pay 100) Tj ET /X Do /OC /L BDC EMC"));
	doc_object(d, FONT, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
	doc_stream(d, PICTURE, picture, STR("0 0 10 10 re f"));
	doc_object(d, OVERLAY, "<</Type/Annot/Subtype/Square/Rect[50 690 200 720]/F 4/C[1 1 1]>>");
	doc_object(d, LAYER, "<</Type/OCG/Name(Terms)>>");
	doc_object(d, INFO, "<</Title(Contract)>>");
	doc_object(d, ACROFORM, "%s", form);
	doc_object(d, AMOUNT,
	    "<</Type/Annot/Subtype/Widget/FT/Tx/T(amount)/V(100)/DA(/F 9 Tf)/Rect[50 600 200 620]/P 3 0 "
	    "R/AP<</N "
	    "12 0 R>>>>");
	doc_stream(d, AMOUNT_LOOK, "/Type/XObject/Subtype/Form/BBox[0 0 150 20]", STR("BT (100) Tj ET"));
	doc_object(
	    d, BLANK, "<</Type/Annot/Subtype/Widget/FT/Sig/T(blank)/Rect[50 500 200 560]/P 3 0 R/F 132>>");
	doc_entry(d, NEVER, 0, 0);
	doc_end(d, "/Info 9 0 R");
}

void
scene(struct buf *file, bool streams)
{
	struct doc d;

	doc_begin(&d, file, "%PDF-1.7\n", streams, NEXT);
	put_scene(&d, "", "/Contents 4 0 R", "/Type/XObject/Subtype/Form/BBox[0 0 10 10]",
	    "<</Fields[11 0 R 13 0 R]/SigFlags 3>>");
}

void
scene_with_traps(struct buf *file, bool streams)
{
	struct doc d;

	doc_begin(&d, file, "%PDF-1.7\n", streams, NEXT);
	doc_object(&d, 15, "<</Certs[]/VRI 6 0 R>>");
	doc_object(&d, 16, "[4 0 R 11 0 R 13 0 R]");
	put_scene(&d, "/DSS 15 0 R/Extensions<<>>", "/Contents 16 0 R",
	    "/Type/XObject/Subtype/Form/BBox[0 0 10 10]/Resources<</XObject 15 0 R/ExtGState 1 0 R/Pattern "
	    "10 0 R>>",
	    "<</Fields 16 0 R/SigFlags 3>>");
}

void
target_make(struct target *t)
{
	t->file.n = 0;
	t->trust = STR_NONE;
	scene(&t->file, t->streams);
	if (t->level != LEVEL_LTA) {
		assert_int_equal(
		    forge_sign(t->f, PDF_SIGN_APPROVE, "party", t->level == LEVEL_B_T, &t->file), OK);
		return;
	}
	assert_int_equal(forge_sign(t->f, PDF_SIGN_CERTIFY, "platform", false, &t->file), OK);
	assert_int_equal(forge_sign(t->f, PDF_SIGN_APPROVE, "party", false, &t->file), OK);
	assert_int_equal(forge_sign(t->f, PDF_SIGN_TIMESTAMP, "concluded", false, &t->file), OK);
	assert_int_equal(forge_archive(t->f, &t->file), OK);
}

void
redefine(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	doc_object(&d, how->num, "%s", how->text);
	doc_end(&d, "/Info 9 0 R");
}

/* "old=>new" in a text, or new entries before the end of a dictionary. */
static struct str
changed(struct arena *a, struct str text, const char *how)
{
	const char *arrow = strstr(how, "=>");
	struct str old = str_make(how, arrow ? (size_t)(arrow - how) : 0);
	ptrdiff_t at = arrow ? str_find(text, old) : (ptrdiff_t)text.n - 2;

	if (at < 0)
		fail_msg("no \"%s\" in %.*s", how, STR_ARG(text));
	return arena_printf(a, "%.*s%s%.*s", (int)at, text.p, arrow ? arrow + 2 : how,
	    (int)(text.n - (size_t)at - old.n), text.p + at + old.n);
}

void
amend_in(struct target *t, struct doc *d, unsigned num, const char *text)
{
	struct buf b CLEANUP(buf_free) = {0};
	const struct pdf_obj *o;
	struct pdf *p;

	assert_int_equal(pdf_open(&t->f->a, str_slice(buf_str(&t->file), 0, d->from), NULL, &p), OK);
	assert_int_equal(pdf_object(p, num, &o), OK);
	pdf_write(&b, o);
	struct str now = changed(&t->f->a, buf_str(&b), text);
	doc_object(d, num, "%.*s", STR_ARG(now));
}

void
amend(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	amend_in(t, &d, how->num, how->text);
	doc_end(&d, "/Info 9 0 R");
}

void
overwrite(struct target *t, const struct attack *how)
{
	const char *arrow = strstr(how->text, "=>");
	struct str old = str_make(how->text, (size_t)(arrow - how->text));
	ptrdiff_t at = str_find_last(buf_str(&t->file), old);

	if (at < 0 || strlen(arrow + 2) != old.n)
		fail_msg("cannot overwrite: %s", how->text);
	memcpy(t->file.p + at, arrow + 2, old.n);
}

void
overwrite_at(struct target *t, size_t from, size_t to, const char *text)
{
	assert_in_range(strlen(text), 0, to - from);
	memset(t->file.p + from, ' ', to - from);
	memcpy(t->file.p + from, text, strlen(text));
}
