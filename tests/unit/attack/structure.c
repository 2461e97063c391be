/* Structure: circles, objects listed twice, depth. */
#include "attack.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <setjmp.h>

#include <cmocka.h>

static void
prev_circle(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	doc_plain(&d, d.next, "<</Nothing 1>>");
	d.prev = t->file.n;
	doc_end(&d, "/Info 9 0 R");
}

static void
listed_twice(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	unsigned num = how->num ? how->num : d.next;
	doc_plain(&d, num, "<</Nothing 1>>");
	doc_plain(&d, num, "<</Type/Page/Parent 2 0 R>>");
	doc_end(&d, "/Info 9 0 R");
}

/* An object stream whose length stands in itself. */
static void
stream_circle(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	doc_entry(&d, 50, 1, t->file.n);
	buf_put_c(&t->file,
	    "50 0 obj\n<</Type/ObjStm/N 1/First 5/Length 51 0 R>>\nstream\n51 0 99\nendstream\nendobj\n");
	doc_entry(&d, 51, 1, t->file.n);
	buf_put_c(&t->file, "51 0 obj\n52 0 R\nendobj\n");
	doc_entry(&d, 52, 1, t->file.n);
	buf_put_c(&t->file, "52 0 obj\n51 0 R\nendobj\n");
	doc_end(&d, "/Info 9 0 R");
}

static void
deep(struct target *t, const struct attack *how)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct doc d;

	for (int i = 0; i < 5000; i++)
		buf_put_byte(&b, '[');
	for (int i = 0; i < 5000; i++)
		buf_put_byte(&b, ']');
	doc_append(&d, &t->file);
	doc_plain(&d, d.next, "%.*s", (int)b.n, b.p);
	doc_end(&d, "/Info 9 0 R");
}

/* Two fields with one signature: one container, two claims. */
static void
one_container_for_two(struct target *t, const struct attack *how)
{
	struct pdf_signature s;
	struct doc d;

	t->file.n = 0;
	scene(&t->file, t->streams);
	doc_append(&d, &t->file);
	doc_object(&d, ACROFORM, "<</Fields[40 0 R 41 0 R]/SigFlags 3>>");
	doc_object(&d, 40, "<</FT/Sig/T(one)/V 42 0 R>>");
	doc_object(&d, 41, "<</FT/Sig/T(two)/V 42 0 R>>");
	doc_plain(&d, 42,
	    "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0000000000 0000000000 "
	    "0000000000 0000000000]/Contents<%08000d>>>",
	    0);
	doc_end(&d, "/Info 9 0 R");
	s = forge_newest(t->f, &t->file);
	char text[64];
	ptrdiff_t at = str_find(buf_str(&t->file), STR("/ByteRange["));
	int n = snprintf(text, sizeof(text), "[0000000000 %010zu %010zu %010zu]", s.contents_at,
	    s.contents_end, t->file.n - s.contents_end);
	memcpy(t->file.p + at + strlen("/ByteRange"), text, (size_t)n);
	assert_true(forge_container(t->f, &(struct container){.signers = 1}, &t->file));
}

/* The signed revision's page tree is broken, and a later one mends it. */
static void
broken_then_mended(struct target *t, const struct attack *how)
{
	struct doc d;
	ptrdiff_t at = str_find(buf_str(&t->file), STR("Kids[3 0 R]"));

	memcpy(t->file.p + at, "Kids[4 0 R]", strlen("Kids[4 0 R]"));
	doc_append(&d, &t->file);
	doc_object(&d, PAGES, "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595 842]>>");
	doc_end(&d, "/Info 9 0 R");
}

#define BROKEN "broken"
static const struct attack attacks[] = {
    {"sections in a circle", prev_circle, BROKEN, 0, 0, 0},
    {"object listed twice", listed_twice, "an object is listed twice in one revision", 0, 0, 0},
    {"page listed twice", listed_twice, "an object is listed twice in one revision", 0, PAGE, 0},
    {"lengths in a circle", stream_circle, "", 0, 0, 0},
    {"pages in a circle", redefine, BROKEN, 0, PAGES,
        "<</Type/Pages/Count 1/Kids[2 0 R]/MediaBox[0 0 5 5]>>"},
    {"one page twice", redefine, BROKEN, 0, PAGES,
        "<</Type/Pages/Count 2/Kids[3 0 R 3 0 R]/MediaBox[0 0 5 5]>>"},
    {"no pages", redefine, BROKEN, 0, PAGES, "<</Type/Pages/Count 0/Kids[]>>"},
    {"references in a circle", redefine, BROKEN, 0, PAGES, "2 0 R"},
    {"depth", deep, "", 0, 0, 0},
    {"one container for two fields", one_container_for_two, "two signatures cover the same bytes", LEVEL_B_B,
        0, 0},
    {"broken, then mended", broken_then_mended, "the revisions cannot be compared", 0, 0, 0},
};
const struct attack_table STRUCTURE = ATTACK_TABLE("structure", attacks);
