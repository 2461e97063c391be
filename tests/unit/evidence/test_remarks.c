/* What a sound document holds besides pages and signatures is said: each on a file of its own, and nothing on
 * what the product itself seals. */
#include "forge.h"
#include "mini.h"
#include "verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SCRIPT "there are scripts (JavaScript)"
#define AUTOMATIC "something happens by itself when the document is opened or used"
#define PROGRAM "an action starts a program"
#define SUBMIT "an action sends what is filled in to an address"
#define ADDRESS "there are links to addresses outside the document"
#define OTHER_FILE "an action opens or reads another file"
#define OUTSIDE "parts of what is shown are kept in other files"
#define ATTACHED "files are attached"
#define MEDIA "there is sound, video or 3D"
#define LAYERS "there are layers, which may be shown or hidden"
#define XFA "there is an XFA form, which some readers show instead of the pages"
#define DRAWN_ANEW "readers are asked to draw the form's fields anew"
#define VALUE "a form field shows something else than its value, or it cannot be compared"
#define REVISIONS "the state before a change that preceded the first signature is still in the file"
#define UNKNOWN "there is something that these remarks may have missed"

static struct forge forge;

static int
open_forge(void **state)
{
	(void)state;
	return forge_open(&forge, KEY_P256) ? 0 : -1;
}

static int
close_forge(void **state)
{
	(void)state;
	forge_close(&forge);
	return 0;
}

/* A page whose catalog and annotations are these, with some objects from 5 on. */
struct made {
	const char *catalog, *annotations;
	const char *objects[4];
	const char *remarks; /* in their order, separated by '|' */
};

static void
make(const struct made *how, struct buf *file)
{
	struct mini m;
	char text[2000];

	mini_begin(&m, "%PDF-1.7\n");
	snprintf(text, sizeof(text), "<</Type/Catalog/Pages 2 0 R%s>>", how->catalog ? how->catalog : "");
	mini_object(&m, text);
	mini_object(&m, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
	snprintf(text, sizeof(text), "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[%s]>>",
	    how->annotations ? how->annotations : "");
	mini_object(&m, text);
	mini_object(&m, "<</Kind/Nothing>>");
	for (size_t i = 0; i < 4 && how->objects[i]; i++)
		mini_object(&m, how->objects[i]);
	mini_table(&m, -1);
	*file = m.b;
}

static struct str
remarks_of(const struct buf *file, enum verdict wanted)
{
	struct verification v;
	struct str all = STR("");

	assert_int_equal(verify_pdf(&forge.a, buf_str(file), STR_NONE, &v), OK);
	if (v.verdict != wanted)
		fail_msg("verdict %d: %.*s", (int)v.verdict, STR_ARG(v.problem));
	for (size_t i = 0; i < v.remarks_n; i++)
		all = arena_printf(&forge.a, "%.*s%s%.*s", STR_ARG(all), i ? "|" : "", STR_ARG(v.remarks[i]));
	return all;
}

static void
assert_remarks(const struct buf *file, const char *wanted)
{
	struct str found = remarks_of(file, VERDICT_SOUND);

	if (!str_eq(found, str_c(wanted)))
		fail_msg("\"%.*s\" instead of \"%s\"", STR_ARG(found), wanted);
}

/* Sealed by the product's writer, each is sound and remarked on. */
static void
each_is_remarked_on(const struct made *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf file = {0};

		make(&cases[i], &file);
		assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "party", false, &file), OK);
		assert_remarks(&file, cases[i].remarks);
		buf_free(&file);
	}
}

static void
actions_are_remarked_on(void **state)
{
	static const struct made cases[] = {
	    {.remarks = ""},
	    {.catalog = "/OpenAction 5 0 R",
	        .objects = {"<</S/JavaScript/JS(x)>>"},
	        .remarks = SCRIPT "|" AUTOMATIC},
	    {.catalog = "/Names<</JavaScript<</Names[(a) 5 0 R]>>>>",
	        .objects = {"<</S/JavaScript/JS(x)>>"},
	        .remarks = SCRIPT},
	    {.catalog = "/OpenAction[3 0 R/Fit]", .remarks = ""},
	    {.catalog = "/OpenAction<</S/GoTo/D[3 0 R/Fit]>>", .remarks = ""},
	    {.catalog = "/AA<</WC 5 0 R>>", .objects = {"<</S/Named/N/Print>>"}, .remarks = AUTOMATIC},
	    {.annotations = "<</Subtype/Link/Rect[0 0 9 9]/A 5 0 R>>",
	        .objects = {"<</S/Launch/F(a)>>"},
	        .remarks = PROGRAM},
	    {.annotations = "<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://x.example)>>>>",
	        .remarks = ADDRESS},
	    {.annotations = "<</Subtype/Link/Rect[0 0 9 9]/A<</S/SubmitForm/F<</FS/URL/F(x)>>>>>>",
	        .remarks = SUBMIT},
	    {.annotations = "<</Subtype/Link/Rect[0 0 9 9]/A<</S/GoToR/F(a.pdf)/D[0/Fit]>>>>",
	        .remarks = OTHER_FILE},
	    /* after another action, and several at once */
	    {.annotations = "<</Subtype/Link/Rect[0 0 9 9]/A<</S/GoTo/D[3 0 R/Fit]/Next[5 0 R 6 0 R]>>>>",
	        .objects = {"<</S/ImportData/F(a.fdf)>>", "<</S/URI/URI(https://x.example)>>"},
	        .remarks = ADDRESS "|" OTHER_FILE},
	    {.annotations = "<</Subtype/Screen/Rect[0 0 9 9]/A<</S/Rendition/JS(x)>>>>",
	        .remarks = SCRIPT "|" MEDIA},
	};

	(void)state;
	each_is_remarked_on(cases, sizeof(cases) / sizeof(cases[0]));
}

static void
contents_are_remarked_on(void **state)
{
	static const struct made cases[] = {
	    {.catalog = "/Names<</EmbeddedFiles<</Names[(a) 5 0 R]>>>>",
	        .objects = {"<</Type/Filespec/F(a)/EF<</F 6 0 R>>>>",
	            "<</Type/EmbeddedFile/Length 1>>\nstream\nx\nendstream"},
	        .remarks = ATTACHED},
	    {.catalog = "/OCProperties<</OCGs[]/D<<>>>>", .remarks = LAYERS},
	    {.annotations = "<</Subtype/RichMedia/Rect[0 0 9 9]>>", .remarks = MEDIA},
	    {.objects = {"<</Length 0/F(a.txt)>>\nstream\n\nendstream"}, .remarks = OUTSIDE},
	    {.objects = {"<</Subtype/Form/Length 0/Ref<</F(a.pdf)/Page 0>>>>\nstream\n\nendstream"},
	        .remarks = OUTSIDE},
	    /* resources of those names are none of it */
	    {.objects = {"<</Font<</AA<</Type/Font/S 1>>/EF<</Type/Font>>/JS<</Type/Font>>>>>>"},
	        .remarks = ""},
	};

	(void)state;
	each_is_remarked_on(cases, sizeof(cases) / sizeof(cases[0]));
}

#define FIELD(rest) "<</Type/Annot/Subtype/Widget/Rect[0 0 99 9]/T(a)" rest ">>"
#define SHOWS_12345                                                                                          \
	"<</Subtype/Form/BBox[0 0 99 9]/Length 31>>\nstream\nBT /F 9 Tf [(12)-50(345)]TJ ET\nendstream"
#define BOTH "/AP<</N<</Yes 6 0 R/Off 6 0 R>>>>"

static void
forms_are_remarked_on(void **state)
{
	static const struct {
		const char *form, *field;
		const char *remarks;
	} cases[] = {
	    {"", FIELD("/FT/Tx/V(12345)/AP<</N 6 0 R>>"), ""},
	    {"", FIELD("/FT/Tx/V(12 345)/AP<</N 6 0 R>>"), ""},
	    {"/NeedAppearances true", FIELD("/FT/Tx/V(12345)/AP<</N 6 0 R>>"), DRAWN_ANEW},
	    {"/NeedAppearances false", FIELD("/FT/Tx/V(12345)/AP<</N 6 0 R>>"), ""},
	    {"/XFA 6 0 R", FIELD("/FT/Tx/V(12345)/AP<</N 6 0 R>>"), XFA},
	    {"", FIELD("/FT/Tx/V(92345)/AP<</N 6 0 R>>"), VALUE},
	    {"", FIELD("/FT/Tx/V(1234)/AP<</N 6 0 R>>"), VALUE},
	    {"", FIELD("/FT/Tx/AP<</N 6 0 R>>"), VALUE},
	    {"", FIELD("/FT/Tx/V(12345)"), VALUE},
	    {"", FIELD("/FT/Tx"), ""},
	    {"", FIELD("/FT/Tx/V<FEFF5951>/AP<</N 6 0 R>>"), VALUE},
	    {"", FIELD("/FT/Tx/F 2/V(92345)/AP<</N 6 0 R>>"), ""},
	    {"", FIELD("/FT/Ch/V(x)/Opt[[(x)(345)]]/AP<</N 6 0 R>>"), ""},
	    {"", FIELD("/FT/Ch/V(y)/Opt[[(x)(345)]]/AP<</N 6 0 R>>"), VALUE},
	    {"", FIELD("/FT/Btn/V/Yes/AS/Yes" BOTH), ""},
	    {"", FIELD("/FT/Btn/V/Yes/AS/Off" BOTH), VALUE},
	    {"", FIELD("/FT/Btn/V/Off/AS/Yes" BOTH), VALUE},
	    {"", FIELD("/FT/Btn/AS/Off" BOTH), ""},
	    {"", "<</FT/Tx/T(a)/V(92345)/Kids[<</Subtype/Widget/Rect[0 0 9 9]/AP<</N 6 0 R>>>>]>>", VALUE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char catalog[200];
		struct made how = {.catalog = catalog,
		    .annotations = "5 0 R",
		    .objects = {cases[i].field, SHOWS_12345},
		    .remarks = cases[i].remarks};

		snprintf(catalog, sizeof(catalog), "/AcroForm<</Fields[5 0 R]%s>>", cases[i].form);
		each_is_remarked_on(&how, 1);
	}
}

/* References that lead in a circle. */
static void
what_leads_nowhere_is_said(void **state)
{
	static const struct made cases[] = {
	    {.catalog = "/AcroForm<</Fields[5 0 R]>>",
	        .annotations = "5 0 R",
	        .objects = {FIELD("/FT/Tx/V 6 0 R"), "7 0 R", "6 0 R"},
	        .remarks = UNKNOWN},
	    {.objects = {"<</S 6 0 R>>", "7 0 R", "6 0 R"}, .remarks = UNKNOWN},
	};

	(void)state;
	each_is_remarked_on(cases, sizeof(cases) / sizeof(cases[0]));
}

/* A thousand widgets that share a list of 1,001 choices. */
static void
work_is_bounded(void **state)
{
	struct buf kids = {0}, choices = {0}, file;
	struct mini m;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_put_c(&kids, "6 0 R ");
	for (int i = 0; i < 1001; i++)
		buf_put_c(&choices, "[(x)(345)]");
	mini_begin(&m, "%PDF-1.7\n");
	mini_object(&m, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>");
	mini_object(&m, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
	mini_object(&m, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>");
	mini_object(&m, arena_printf(&forge.a, "<</FT/Ch/T(a)/V(x)/Opt[%.*s]/Kids[%.*s]>>",
	                    STR_ARG(buf_str(&choices)), STR_ARG(buf_str(&kids)))
	                    .p);
	mini_object(&m, SHOWS_12345);
	mini_object(&m, "<</Subtype/Widget/Rect[0 0 9 9]/AP<</N 5 0 R>>>>");
	mini_table(&m, -1);
	file = m.b;
	assert_true(str_eq(remarks_of(&file, VERDICT_UNSOUND), STR(UNKNOWN)));
	buf_free(&kids);
	buf_free(&choices);
	buf_free(&file);
}

static void
earlier_states_are_remarked_on(void **state)
{
	struct buf file = {0};

	(void)state;
	make(&(struct made){0}, &file);
	forge_update(&file, 4, "<</Kind/Changed>>");
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "party", false, &file), OK);
	assert_remarks(&file, REVISIONS);
	buf_free(&file);
}

static void
what_the_product_seals_has_none(void **state)
{
	struct buf file = {0};

	(void)state;
	forge_contract(&file);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_CERTIFY, "platform", false, &file), OK);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_APPROVE, "party", true, &file), OK);
	assert_int_equal(forge_sign(&forge, PDF_SIGN_TIMESTAMP, "concluded", false, &file), OK);
	assert_remarks(&file, "");
	assert_int_equal(forge_archive(&forge, &file), OK);
	assert_remarks(&file, "");
	buf_free(&file);
}

/* An unsigned document is remarked on, too: that is when it helps most. */
static void
so_is_what_is_not_signed(void **state)
{
	struct buf file = {0};
	struct verification v;

	(void)state;
	make(&(struct made){.catalog = "/OCProperties<</OCGs[]/D<<>>>>"}, &file);
	assert_true(str_eq(remarks_of(&file, VERDICT_UNSOUND), STR(LAYERS)));
	assert_int_equal(verify_pdf(&forge.a, buf_str(&file), STR_NONE, &v), OK);
	assert_true(str_find(verify_report(&forge.a, &v, true), STR("- " LAYERS)) > 0);
	assert_true(
	    str_find(verify_report(&forge.a, &v, false), STR("表示と非表示が切り替わるレイヤー")) > 0);
	assert_true(str_find(verify_json(&forge.a, &v), STR("\"remarks\": [\n    \"" LAYERS "\"")) > 0);
	buf_free(&file);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(actions_are_remarked_on),
	    cmocka_unit_test(contents_are_remarked_on),
	    cmocka_unit_test(forms_are_remarked_on),
	    cmocka_unit_test(what_leads_nowhere_is_said),
	    cmocka_unit_test(work_is_bounded),
	    cmocka_unit_test(earlier_states_are_remarked_on),
	    cmocka_unit_test(what_the_product_seals_has_none),
	    cmocka_unit_test(so_is_what_is_not_signed),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, open_forge, close_forge);
}
