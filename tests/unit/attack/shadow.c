/* Shadow attacks: what is prepared before the signature is hidden, replaced, or both, after it. */
#include "attack.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

static void
sign_traps(struct target *t)
{
	t->file.n = 0;
	scene_with_traps(&t->file, t->streams);
	assert_int_equal(forge_sign(t->f, PDF_SIGN_APPROVE, "blank", t->level == LEVEL_B_T, &t->file), OK);
}

static void
trap(struct target *t, const struct attack *how)
{
	struct doc d;

	sign_traps(t);
	doc_append(&d, &t->file);
	amend_in(t, &d, how->num, how->text);
	doc_stream(&d, 40, "/Type/XObject/Subtype/Form/BBox[0 0 10 10]", STR("0 g"));
	doc_end(&d, "/Info 9 0 R");
}

static void
shared_list(struct target *t, const struct attack *how)
{
	struct doc d;

	sign_traps(t);
	doc_append(&d, &t->file);
	doc_object(&d, 16, "[4 0 R 11 0 R 13 0 R 40 0 R]");
	doc_stream(&d, 40, "", STR("BT /F 12 Tf (Pay 900) Tj ET"));
	doc_end(&d, "/Info 9 0 R");
}

static void
hide_and_replace(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	amend_in(t, &d, CATALOG, "/Pages 2 0 R=>/Pages 41 0 R");
	doc_object(&d, 41, "<</Type/Pages/Count 1/Kids[42 0 R]/MediaBox[0 0 595 842]>>");
	doc_object(&d, 42, "<</Type/Page/Parent 41 0 R>>");
	doc_end(&d, "/Info 9 0 R");
}

/* The page's list, which the product made an object of its own. */
static void
annotations(struct target *t, const struct attack *how)
{
	redefine(t, &(struct attack){
	                .num = (unsigned)doc_number_after(buf_str(&t->file), "/Annots "), .text = how->text});
}

/* The newest section leads past the signed one. */
static void
prev_past(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	d.prev = doc_number_after(
	    str_slice(buf_str(&t->file), 0, forge_newest(t->f, &t->file).contents_at), "startxref\n");
	doc_object(&d, CATALOG, "<</Type/Catalog/Pages 2 0 R>>");
	doc_end(&d, "/Info 9 0 R");
}

#define REDEFINED "an object of the signed revision was redefined"
#define TRAP "what may change is used for something else, too"
#define SIGNED_ONCE (LEVEL_B_B | LEVEL_B_T)
static const struct attack attacks[] = {
    {"hide: overlay taken away", annotations, "lost entries", 0, 0, "[11 0 R 13 0 R]"},
    {"hide: overlay last", annotations, "was rearranged", 0, 0,
        "[11 0 R 13 0 R 7 0 R 11 0 R 11 0 R 11 0 R 11 0 R]"},
    {"hide: overlay hidden", amend, REDEFINED, 0, OVERLAY, "/F 4=>/F 2"},
    {"hide: overlay moved", amend, REDEFINED, 0, OVERLAY, "[50 690 200 720]=>[0 0 0 0]"},
    {"hide: overlay with a picture", amend, REDEFINED, 0, OVERLAY, "/AP<</N 6 0 R>>"},
    {"replace: font", redefine, REDEFINED, 0, FONT, "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>"},
    {"replace: picture", redefine, REDEFINED, 0, PICTURE, "null"},
    {"replace: look of a field", redefine, REDEFINED, 0, AMOUNT_LOOK, "null"},
    {"replace: a reference that led nowhere", redefine, "a reference that led nowhere", 0, GHOST,
        "<</Type/XObject>>"},
    {"replace: a free object", redefine, "a reference that led nowhere", 0, NEVER, "<</Type/XObject>>"},
    {"hide and replace: another page tree", hide_and_replace, "the document's catalog was changed", 0, 0, 0},
    {"hide and replace: the signed section left out", prev_past, "", HEALS, 0, 0},
    {"trap: a picture among validation material", trap, TRAP, SIGNED_ONCE, 15, "/VRI 6 0 R=>/VRI 40 0 R"},
    {"trap: a picture among flags", trap, "the form was changed", SIGNED_ONCE, ACROFORM,
        "/SigFlags 3=>/SigFlags 40 0 R"},
    {"trap: flags of a pattern", trap, TRAP, SIGNED_ONCE, ACROFORM, "/SigFlags 3=>/SigFlags 1"},
    {"trap: content among fields", shared_list, "a field was added that is no signature", SIGNED_ONCE, 0, 0},
    {"trap: a graphics state among declarations", trap, TRAP, SIGNED_ONCE, CATALOG,
        "/Extensions <<=>/Extensions<</X<</ca 0>>"},
};
const struct attack_table SHADOW = ATTACK_TABLE("shadow", attacks);
