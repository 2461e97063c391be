/* Incremental saving: something appended behind the signature. */
#include "attack.h"

static void
bytes_appended(struct target *t, const struct attack *how)
{
	buf_put_c(&t->file, how->text);
}

/* A page that no cross-reference section lists, for readers that repair. */
static void
unlisted_object(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	buf_put_c(&t->file, "3 0 obj\n<</Type/Page/Parent 2 0 R/Rotate 180>>\nendobj\n");
	doc_plain(&d, d.next, "<</Nothing 1>>");
	doc_end(&d, "/Info 9 0 R");
}

static void
startxref_only(struct target *t, const struct attack *how)
{
	size_t prev = doc_number_after(buf_str(&t->file), "startxref\n");

	buf_printf(&t->file, "3 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\nstartxref\n%zu\n%%%%EOF\n", prev);
}

static void
trailer_entries(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	doc_plain(&d, d.next, "<</Title(Another)>>");
	doc_end(&d, how->text);
}

static void
smaller_size(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	doc_plain(&d, d.next, "<</Nothing 1>>");
	d.size = how->text;
	doc_end(&d, "/Info 9 0 R");
}

static void
freed(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	doc_entry(&d, how->num, 0, 0);
	doc_end(&d, "/Info 9 0 R");
}

/* Types past 2 are null objects; who skips them keeps the old one. */
static void
unknown_type(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	if (d.streams)
		doc_entry(&d, how->num, 7, 0);
	else
		doc_entry(&d, how->num, 0, 0);
	doc_end(&d, "/Info 9 0 R");
}

static void
page_added(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	amend_in(t, &d, PAGES, how->text);
	doc_object(&d, 40, "<</Type/Page/Parent 2 0 R>>");
	doc_end(&d, "/Info 9 0 R");
}

static void
harmless(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	doc_plain(&d, d.next, "<</Nothing 1>>");
	doc_end(&d, "/Info 9 0 R");
}

/* Into the validation material, which may stand behind the last signature. */
static void
smuggled(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	amend_in(t, &d, CATALOG, t->level == LEVEL_LTA ? "/DSS=>/DSS 41 0 R/Old" : "/DSS 41 0 R");
	doc_object(&d, 41, "%s", how->text);
	doc_stream(&d, 42, "", STR("0"));
	doc_end(&d, "/Info 9 0 R");
}

/* A store that is put in anew, and beside it something that nobody asked for. */
static void
smuggled_beside(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	amend_in(t, &d, CATALOG, "/DSS 41 0 R");
	doc_object(&d, 41, "<</Type/DSS/Certs[42 0 R]>>");
	doc_stream(&d, 42, "", STR("0"));
	doc_object(&d, 43, "<</Type/Page/Parent 2 0 R>>");
	doc_end(&d, "/Info 9 0 R");
}

static void
store_emptied(struct target *t, const struct attack *how)
{
	struct doc d;

	doc_append(&d, &t->file);
	amend_in(t, &d, (unsigned)doc_number_after(buf_str(&t->file), "/DSS "), "/CRLs=>/VRI");
	doc_end(&d, "/Info 9 0 R");
}

#define REDEFINED "an object of the signed revision was redefined"
#define CATALOG_CHANGED "the document's catalog was changed"
#define FOLLOWS "bytes follow the end of the document"
static const struct attack attacks[] = {
    {"new page content", redefine, "a page was changed", 0, PAGE,
        "<</Type/Page/Parent 2 0 R/Annots[]/Contents 40 0 R>>"},
    {"page turned", amend, "a page was changed", 0, PAGE, "/Rotate 90"},
    {"page with an action", amend, "a page was changed", 0, PAGE, "/AA<</O<</S/JavaScript/JS(1)>>>>"},
    {"content overwritten", redefine, REDEFINED, 0, CONTENT, "<</Length 0>>"},
    {"page added", page_added, "pages were added or removed", 0, 0, "[3 0 R]=>[3 0 R 40 0 R]"},
    {"page exchanged", page_added, "pages were changed", 0, 0, "[3 0 R]=>[40 0 R]"},
    {"media box changed", amend, REDEFINED, 0, PAGES, "/CropBox[0 0 5 5]"},
    {"object without a listing", unlisted_object, "bytes were added that belong to no object", 0, 0, 0},
    {"objects and startxref only", startxref_only, FOLLOWS, 0, 0, 0},
    {"objects only", bytes_appended, FOLLOWS, 0, 0, "3 0 obj\n<</Type/Page>>\nendobj\n"},
    {"a comment", bytes_appended, FOLLOWS, HEALS, 0, "% a comment\n"},
    {"a line", bytes_appended, FOLLOWS, HEALS, 0, "\n\n"},
    {"a second end", bytes_appended, FOLLOWS, HEALS, 0, "%%EOF\n"},
    {"information changed", redefine, REDEFINED, 0, INFO, "<</Title(Another)>>"},
    {"other information", trailer_entries, "the trailer was changed", 0, 0, "/Info 4 0 R"},
    {"no information", trailer_entries, "the trailer was changed", 0, 0, ""},
    {"encryption declared", trailer_entries, "protected by a password", 0, 0, "/Info 9 0 R/Encrypt<<>>"},
    {"hybrid section", trailer_entries, "", 0, 0, "/Info 9 0 R/XRefStm 9"},
    {"fewer objects than there are", smaller_size, "the trailer was changed", HEALS, 0, "4"},
    {"size of another type", smaller_size, "the trailer was changed", HEALS, 0, "/Many"},
    {"font freed", freed, REDEFINED, 0, FONT, 0},
    {"content freed", freed, REDEFINED, 0, CONTENT, 0},
    {"entry of an unknown type", unknown_type, REDEFINED, 0, FONT, 0},
    {"an object that nobody needs", harmless, "unsigned bytes follow the last signature", HEALS, 0, 0},
    {"language changed", amend, CATALOG_CHANGED, 0, CATALOG, "/Lang <FEFF006A0061>=>/Lang(en)"},
    {"JavaScript on opening", amend, CATALOG_CHANGED, 0, CATALOG,
        "/OpenAction<</S/JavaScript/JS(app.alert)>>"},
    {"program launched on opening", amend, CATALOG_CHANGED, 0, CATALOG, "/OpenAction<</S/Launch/F(x)>>"},
    {"address gone to on opening", amend, CATALOG_CHANGED, 0, CATALOG, "/OpenAction<</S/URI/URI(http:x)>>"},
    {"form sent on opening", amend, CATALOG_CHANGED, 0, CATALOG, "/OpenAction<</S/SubmitForm/F(x)>>"},
    {"named scripts", amend, CATALOG_CHANGED, 0, CATALOG, "/Names<</JavaScript<</Names[]>>>>"},
    {"embedded files", amend, CATALOG_CHANGED, 0, CATALOG, "/Names<</EmbeddedFiles<</Names[]>>>>"},
    {"associated files", amend, CATALOG_CHANGED, 0, CATALOG, "/AF[]"},
    {"actions of the document", amend, CATALOG_CHANGED, 0, CATALOG, "/AA<<>>"},
    {"version changed", amend, CATALOG_CHANGED, 0, CATALOG, "/Version/2.0"},
    {"permissions changed", amend, CATALOG_CHANGED, LEVEL_B_B | LEVEL_B_T, CATALOG, "/Perms<<>>"},
    {"layer switched off", amend, CATALOG_CHANGED, 0, CATALOG, "/ON [8 0 R]=>/OFF[8 0 R]"},
    {"layer renamed", redefine, REDEFINED, 0, LAYER, "<</Type/OCG/Name(Other)>>"},
    {"declarations that lead somewhere", amend, CATALOG_CHANGED, 0, CATALOG, "/Extensions<</X 4 0 R>>"},
    {"something else in the store", smuggled, "the validation material is none", LEVEL_B_B | LEVEL_B_T, 0,
        "<</Type/DSS/Certs[42 0 R]/Pages 2 0 R>>"},
    {"store that is a stream", smuggled, "the validation material is none", LEVEL_B_B | LEVEL_B_T, 0,
        "[1 2]"},
    {"something beside the store", smuggled_beside, "unsigned bytes follow the last signature",
        LEVEL_B_B | LEVEL_B_T | HEALS, 0, 0},
    {"revocation lists taken out of the store", store_emptied, "validation material was removed", LEVEL_LTA,
        0, 0},
};
const struct attack_table INCREMENTAL = ATTACK_TABLE("incremental saving", attacks);
