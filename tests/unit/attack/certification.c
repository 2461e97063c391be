/* Attacks on certified documents: annotations (EAA) and signature fields (SSA) that come later. */
#include "attack.h"

#include "write.h"

#define JUNK "<</Type/Sig/Filter/X/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]/Contents<3003020100>>>"

/* The list that stands in the object, with one reference more. */
static struct str
longer(struct target *t, const struct pdf_obj *list)
{
	struct buf b CLEANUP(buf_free) = {0};

	pdf_write(&b, list);
	return arena_printf(&t->f->a, "%.*s 40 0 R]", (int)b.n - 1, b.p);
}

enum { ON_PAGE = 1, IN_FORM = 2 };

/* text is a new object, 40, on the page or in the form; 41 looks like a signature, 42 is a picture. */
static void
added(struct target *t, const struct attack *how)
{
	unsigned list = (unsigned)doc_number_after(buf_str(&t->file), "/Annots ");
	const struct pdf_obj *annotations, *form;
	struct pdf *p;
	struct doc d;

	if (pdf_open(&t->f->a, buf_str(&t->file), NULL, &p) != OK ||
	    pdf_object(p, list, &annotations) != OK || pdf_object(p, ACROFORM, &form) != OK)
		return;
	doc_append(&d, &t->file);
	if (how->num & ON_PAGE)
		doc_object(&d, list, "%.*s", STR_ARG(longer(t, annotations)));
	if (how->num & IN_FORM)
		doc_object(
		    &d, ACROFORM, "<</Fields%.*s/SigFlags 3>>", STR_ARG(longer(t, pdf_key(form, "Fields"))));
	doc_object(&d, 40, "%s", how->text);
	doc_plain(&d, 41, JUNK);
	doc_stream(&d, 42, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]", STR("0 g"));
	doc_end(&d, "/Info 9 0 R");
}

/* The empty visible field of the scene is filled. */
static void
filled(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	amend_in(t, &d, BLANK, how->text);
	doc_plain(&d, 41, JUNK);
	doc_stream(&d, 42,
	    "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray",
	    STR("0"));
	doc_object(&d, 43, "<</Type/Nothing>>");
	doc_end(&d, "/Info 9 0 R");
}

static void
old_annotation(struct target *t, const struct attack *how)
{
	unsigned list = (unsigned)doc_number_after(buf_str(&t->file), "/Annots ");
	const struct pdf_obj *o;
	struct pdf *p;
	struct buf b CLEANUP(buf_free) = {0};
	struct doc d;

	if (pdf_open(&t->f->a, buf_str(&t->file), NULL, &p) != OK || pdf_object(p, list, &o) != OK)
		return;
	pdf_write(&b, o);
	doc_append(&d, &t->file);
	doc_object(&d, list, "%.*s 6 0 R]", (int)b.n - 1, b.p);
	doc_end(&d, "/Info 9 0 R");
}

/* A field that becomes the parent of another one. */
static void
field_becomes_parent(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	amend_in(t, &d, AMOUNT, "/Kids[40 0 R]");
	doc_object(&d, 40, "<</T(x)/FT/Tx/Parent 11 0 R>>");
	doc_end(&d, "/Info 9 0 R");
}

#define ANNOTATION "an annotation was added"
#define VISIBLE "a visible field was added"
#define FIELD "<</Type/Annot/Subtype/Widget/FT/Sig/T(n)/P 3 0 R"
static const struct attack certification[] = {
    {"EAA: free text", added, ANNOTATION, 0, ON_PAGE,
        "<</Type/Annot/Subtype/FreeText/Rect[50 690 200 720]/DA(/F 12 Tf)/Contents(Pay 1)>>"},
    {"EAA: stamp", added, ANNOTATION, 0, ON_PAGE,
        "<</Type/Annot/Subtype/Stamp/Rect[50 690 200 720]/AP<</N 42 0 R>>>>"},
    {"EAA: highlight", added, ANNOTATION, 0, ON_PAGE,
        "<</Type/Annot/Subtype/Highlight/Rect[50 690 200 720]/QuadPoints[50 690 200 690 50 720 200 720]>>"},
    {"EAA: redaction", added, ANNOTATION, 0, ON_PAGE,
        "<</Type/Annot/Subtype/Redact/Rect[50 690 200 720]/OverlayText(Pay 1)>>"},
    {"EAA: link", added, ANNOTATION, 0, ON_PAGE,
        "<</Type/Annot/Subtype/Link/Rect[0 0 500 800]/A<</S/URI/URI(http:x)>>>>"},
    {"EAA: attached file", added, ANNOTATION, 0, ON_PAGE,
        "<</Type/Annot/Subtype/FileAttachment/Rect[0 0 5 5]>>"},
    {"EAA: an old object as annotation", old_annotation, "got an old object", 0, 0, 0},
    {"SSA: visible signature field", added, VISIBLE, 0, ON_PAGE | IN_FORM,
        FIELD "/Rect[50 690 200 720]/V 41 0 R/AP<</N 42 0 R>>>>"},
    {"SSA: visible empty field", added, VISIBLE, 0, ON_PAGE | IN_FORM, FIELD "/Rect[50 690 200 720]>>"},
    {"SSA: rectangle of another type", added, VISIBLE, 0, ON_PAGE | IN_FORM, FIELD "/Rect/None/V 41 0 R>>"},
    {"SSA: rectangle stands twice", added, VISIBLE, 0, ON_PAGE | IN_FORM,
        FIELD "/Rect[0 0 9 9]/Rect[0 0 0 0]/V 41 0 R>>"},
    {"SSA: picture of an invisible field", added, "with an appearance or an action", 0, ON_PAGE | IN_FORM,
        FIELD "/Rect[0 0 0 0]/V 41 0 R/AP<</N 42 0 R>>>>"},
    {"SSA: action of an invisible field", added, "with an appearance or an action", 0, ON_PAGE | IN_FORM,
        FIELD "/Rect[0 0 0 0]/V 41 0 R/AA<<>>>>"},
    {"SSA: signature that is an old object", added, "filled with something old", 0, IN_FORM,
        FIELD "/Rect[0 0 0 0]/V 5 0 R>>"},
    {"SSA: signature that is none", added, "is missing or malformed", 0, IN_FORM,
        FIELD "/Rect[0 0 0 0]/V 42 0 R>>"},
    {"SSA: two fields of one name", added, "two fields have one name", 0, IN_FORM,
        "<</FT/Sig/T(amount)/Rect[0 0 0 0]/V 41 0 R>>"},
    {"SSA: text field", added, "a field was added that is no signature", 0, ON_PAGE | IN_FORM,
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(n)/V(Pay 1)/Rect[50 690 200 720]>>"},
    {"SSA: a form that is no field", added, "a field was added that is no signature", 0, IN_FORM, "[1 2]"},
    {"SSA: picture that is no form", filled, "a signature's picture is no form", 0, 0,
        "/V 41 0 R/AP<</N 42 0 R>>"},
    {"SSA: picture that is old", filled, "a signature's picture is not new", 0, 0,
        "/V 41 0 R/AP<</N 6 0 R>>"},
    {"SSA: three pictures", filled, "a signature's picture is not new", 0, 0,
        "/V 41 0 R/AP<</N 42 0 R/D 42 0 R>>"},
    {"SSA: filled with no signature", filled, "holds something else", 0, 0, "/V 43 0 R"},
    {"SSA: filled and moved", filled, "a field was changed", 0, 0, "/V 41 0 R/MK<<>>"},
    {"certified for nothing", overwrite, "the certification forbids later signatures", LEVEL_LTA, 0,
        "TransformParams/P 2=>TransformParams/P 1"},
};
const struct attack_table CERTIFICATION = ATTACK_TABLE("certified documents", certification);

static const struct attack form[] = {
    {"value of a text field", amend, "a field was changed", 0, AMOUNT, "/V (100)=>/V(900)"},
    {"look of a text field", amend, "a field was changed", 0, AMOUNT, "/N 12 0 R=>/N 6 0 R"},
    {"text field read-only", amend, "a field was changed", 0, AMOUNT, "/Ff 1"},
    {"text field moved", amend, "a field was changed", 0, AMOUNT, "/Rect [50 600=>/Rect[60 610"},
    {"text field calculated", amend, "a field was changed", 0, AMOUNT, "/AA<</C<</S/JavaScript/JS(1)>>>>"},
    {"field becomes a parent", field_becomes_parent, "a field was removed", 0, 0, 0},
    {"looks made anew", amend, "the form was changed", 0, ACROFORM, "/NeedAppearances true"},
    {"XFA", amend, "the form was changed", 0, ACROFORM, "/XFA[]"},
    {"default look", amend, "the form was changed", 0, ACROFORM, "/DA(/F 0 Tf)"},
    {"calculation order", amend, "the form was changed", 0, ACROFORM, "/CO[11 0 R]"},
    {"field out of the form", amend, "lost entries", 0, ACROFORM, "/Fields [11 0 R 13 0 R=>/Fields[11 0 R"},
    {"form taken out", amend, "an earlier signature was taken out", 0, CATALOG, "/AcroForm 10 0 R=>"},
    {"signatures taken out", amend, "an earlier signature was taken out", 0, ACROFORM,
        "/Fields [=>/Fields[11 0 R]/Was["},
};
const struct attack_table FORM = ATTACK_TABLE("fields: value against look", form);
