/* Reader, signing writer and comparison of revisions. */
#include "mini.h"
#include "reader.h"
#include "sign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;

static int
clean(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static enum err
open_text(const char *text, size_t n, struct pdf **ret)
{
	return pdf_open(&arena, str_make(text, n), NULL, ret);
}

/* ---- reader ---- */

static void
reads_tables_and_streams(void **state)
{
	(void)state;
	for (int streams = 0; streams < 2; streams++) {
		const struct pdf_revision *revisions;
		const struct pdf_page *pages;
		const struct pdf_obj *catalog, *lang;
		struct mini m;
		struct pdf *p;
		uint32_t num;
		size_t n;

		mini_contract(&m, 3, 0, streams);
		assert_int_equal(pdf_open(&arena, buf_str(&m.b), NULL, &p), OK);
		assert_int_equal(pdf_pages(p, &pages, &n), OK);
		assert_int_equal(n, 3);
		assert_int_equal(pages[2].num, 5);
		assert_true(pages[0].media[3] > 841.88 && pages[0].media[3] < 841.9);
		assert_int_equal(pdf_catalog(p, &catalog, &num), OK);
		assert_int_equal(pdf_get(p, catalog, "Lang", &lang), OK);
		assert_int_equal(lang->u.text.n, 6); /* NUL bytes inside strings */
		assert_int_equal(pdf_revisions(p, &revisions), 1);
		assert_int_equal(revisions[0].end, m.b.n);
		assert_int_equal(revisions[0].is_stream, streams);
		assert_int_equal(pdf_max_num(p), streams ? 21 : 5);
		buf_free(&m.b);
	}
}

static void
refuses_what_is_no_pdf(void **state)
{
	static const struct {
		const char *text;
		enum err e;
	} cases[] = {{"", ERR_NOT_PDF}, {"%PD", ERR_NOT_PDF}, {"hello", ERR_NOT_PDF},
	    {"%PDF-1.7\n", ERR_PDF_BROKEN}, {"%PDF-1.7\nstartxref\n9\n%%EOF", ERR_PDF_BROKEN},
	    {"%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF", ERR_PDF_BROKEN},
	    {"%PDF-1.7\nxref\n0 99999999\ntrailer<<>>\nstartxref\n9\n%%EOF", ERR_PDF_LIMIT},
	    {"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
	        ERR_PDF_BROKEN},
	    {"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Encrypt 5 0 "
	     "R>>\nstartxref\n9\n%%EOF",
	        ERR_PDF_ENCRYPTED},
	    {"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/XRefStm "
	     "5>>\nstartxref\n9\n%%EOF",
	        ERR_PDF_HYBRID},
	    {"%PDF-1.7\n1 0 obj\n<</Type/XRef/W[4 8 8]/Size 300000/Length "
	     "0>>stream\n\nendstream\nendobj\nstartxref\n9\n%%EOF",
	        ERR_PDF_BROKEN}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pdf *p;

		assert_int_equal(open_text(cases[i].text, strlen(cases[i].text), &p), cases[i].e);
	}
}

static void
refuses_circles(void **state)
{
	static const char *const trees[] = {"<</Type/Pages/Kids[2 0 R]>>",
	    "<</Type/Pages/Kids[3 0 R 3 0 R]/MediaBox[0 0 9 9]>>", "<</Type/Pages/Kids 2 0 R>>",
	    "<</Type/Pages/Kids[[[[]]]]>>"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct pdf_page *pages;
		struct mini m;
		struct pdf *p;
		size_t n;

		mini_begin(&m, "%PDF-1.7\n");
		mini_object(&m, "<</Pages 2 0 R>>");
		mini_object(&m, trees[i]);
		mini_object(&m, "<</Type/Page>>");
		mini_table(&m, -1);
		assert_int_equal(pdf_open(&arena, buf_str(&m.b), NULL, &p), OK);
		assert_int_not_equal(pdf_pages(p, &pages, &n), OK);
		buf_free(&m.b);
	}
}

static void
refuses_depth(void **state)
{
	struct mini m;
	struct pdf *p;
	char deep[8192];

	(void)state;
	memset(deep, '[', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = 0;
	mini_begin(&m, "%PDF-1.7\n");
	mini_object(&m, deep);
	mini_table(&m, -1);
	assert_int_equal(pdf_open(&arena, buf_str(&m.b), NULL, &p), ERR_PDF_LIMIT);
	buf_free(&m.b);
}

/* Every cut and many random changes of a good file: an answer each time. */
static void
survives_damage(void **state)
{
	(void)state;
	srand(1);
	for (int streams = 0; streams < 2; streams++) {
		struct mini m;

		mini_contract(&m, 2, 0, streams);
		for (size_t i = 0; i < 4000; i++) {
			struct arena a = {.limit = 64u << 20};
			size_t n = i < m.b.n ? i : m.b.n;
			char *copy = malloc(n + 1);
			const struct pdf_page *pages;
			struct pdf_signature *signatures;
			struct pdf *p;
			size_t count;

			memcpy(copy, m.b.p, n);
			for (int k = 0; i >= m.b.n && k < 3; k++)
				copy[(size_t)rand() % n] = (char)rand();
			if (pdf_open(&a, str_make(copy, n), NULL, &p) == OK &&
			    pdf_pages(p, &pages, &count) == OK)
				(void)!pdf_signatures(&a, p, &signatures, &count);
			free(copy);
			arena_free(&a);
		}
		buf_free(&m.b);
	}
}

/* ---- writer ---- */

static const struct pdf_new_field FIELDS[] = {
    {"kp-1-1", true, {1, 150, 180, 18, 18}}, {"kp-2-1", true, {2, 20, 30, 10, 10}}};

static void
sign(struct buf *file, enum pdf_sign_kind kind, const char *field, const struct pdf_ink *ink,
    enum err expected)
{
	struct pdf_sign_request r = {.kind = kind,
	    .field = field,
	    .ink = ink,
	    .reserve = 64,
	    .name = STR("山田 太郎"),
	    .reason = STR("合意"),
	    .date = STR("D:20261124120000+09'00'")};
	struct pdf_hole hole;
	struct pdf *p;

	if (kind == PDF_SIGN_CERTIFY) {
		r.fields = FIELDS;
		r.fields_n = 2;
	}
	assert_int_equal(pdf_open(&arena, buf_str(file), NULL, &p), OK);
	assert_int_equal(pdf_sign_prepare(&arena, p, &r, file, &hole), expected);
	if (expected != OK)
		return;
	assert_int_equal(hole.range[2] + hole.range[3], file->n);
	assert_int_equal(hole.range[1], hole.hex_at - 1);
	assert_int_equal(hole.range[2], hole.hex_at + 2 * 64 + 1);
	assert_int_equal(file->p[hole.range[1]], '<');
	assert_int_equal(file->p[hole.range[2] - 1], '>');
	assert_int_equal(pdf_sign_fill(file, &hole, STR("\x30\x03\x02\x01\x05")), OK);
	assert_memory_equal(file->p + hole.hex_at, "300302010500", 12);
}

static size_t
qpdf_complaints(const struct buf *file)
{
	char name[] = "/tmp/keiin-pdf-XXXXXX", command[128];
	int fd = mkstemp(name), rc;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, file->p, file->n), (ssize_t)file->n);
	close(fd);
	snprintf(command, sizeof(command), "qpdf --check %s >/dev/null", name);
	rc = system(command);
	unlink(name);
	return (size_t)rc;
}

static enum err
compare(const struct buf *file, size_t end, enum pdf_change *ret, struct str *ret_what)
{
	struct pdf *old, *new;

	TRY(pdf_open(&arena, str_slice(buf_str(file), 0, end), NULL, &old));
	TRY(pdf_open(&arena, buf_str(file), NULL, &new));
	return pdf_compare(old, new, ret, ret_what);
}

static void
grows_by_signatures(void **state)
{
	(void)state;
	for (int shape = 0; shape < 8; shape++) {
		struct pdf_ink ink = {
		    .width_mm = 10, .height_mm = 10, .rgb = 0xC82B22, .path = STR("1 1 8 8 re f")};
		struct pdf_ink photo = {.width_mm = 10,
		    .height_mm = 5,
		    .rgb = 0xC82B22,
		    .mask_w = 4,
		    .mask_h = 2,
		    .mask = STR("\1\2\3\4\5\6\7\10")};
		const struct pdf_revision *revisions;
		struct pdf_signature *s;
		enum pdf_change change;
		struct mini m;
		struct pdf *p;
		struct str what;
		size_t n, end[5];

		mini_contract(&m, 3, shape / 2 * 90, shape % 2);
		end[0] = m.b.n;
		sign(&m.b, PDF_SIGN_CERTIFY, "keiin-cert", NULL, OK);
		end[1] = m.b.n;
		sign(&m.b, PDF_SIGN_APPROVE, "kp-1-1", &ink, OK);
		end[2] = m.b.n;
		sign(&m.b, PDF_SIGN_APPROVE, "kp-2-1", &photo, OK);
		end[3] = m.b.n;
		sign(&m.b, PDF_SIGN_TIMESTAMP, "keiin-dts", NULL, OK);
		end[4] = m.b.n;
		assert_int_equal(qpdf_complaints(&m.b), 0);

		assert_int_equal(pdf_open(&arena, buf_str(&m.b), NULL, &p), OK);
		assert_int_equal(pdf_revisions(p, &revisions), 5);
		for (int i = 0; i < 5; i++)
			assert_int_equal(revisions[i].end, end[i]);
		assert_int_equal(pdf_signatures(&arena, p, &s, &n), OK);
		assert_int_equal(n, 4);
		assert_true(s[0].certifies && s[0].docmdp_p == 2 && !s[1].certifies && s[3].is_timestamp);
		assert_true(str_eq(s[1].name, STR("山田 太郎")) && str_eq(s[1].reason, STR("合意")) &&
		            str_eq(s[1].field, STR("kp-1-1")));
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(s[i].range_n, 4);
			assert_int_equal((size_t)(s[i].range[2] + s[i].range[3]), end[i + 1]);
			assert_int_equal(s[i].contents_at, s[i].range[1]);
			assert_int_equal(s[i].contents_end, s[i].range[2]);
			assert_int_equal(compare(&m.b, end[i + 1], &change, &what), OK);
			assert_int_equal(change, i < 2    ? PDF_CHANGE_FILL
			                         : i == 2 ? PDF_CHANGE_LTA
			                                  : PDF_CHANGE_NONE);
		}
		buf_free(&m.b);
	}
}

static void
refuses_to_sign_where_it_must_not(void **state)
{
	struct pdf_sign_request r = {.kind = PDF_SIGN_CERTIFY, .field = "c", .reserve = 64, .fields_n = 1};
	static const struct pdf_place outside[] = {{1, 200, 10, 18, 18}, {1, -1, 10, 5, 5},
	    {1, 10, 290, 18, 18}, {4, 10, 10, 5, 5}, {0, 10, 10, 5, 5}, {1, 10, 10, 0, 5}};
	struct mini m;
	size_t n;

	(void)state;
	mini_contract(&m, 3, 0, false);
	n = m.b.n;
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		struct pdf_new_field f = {"x", true, outside[i]};
		struct pdf_hole hole;
		struct pdf *p;

		r.fields = &f;
		assert_int_equal(pdf_open(&arena, buf_str(&m.b), NULL, &p), OK);
		assert_int_equal(pdf_sign_prepare(&arena, p, &r, &m.b, &hole), ERR_INVALID);
		assert_int_equal(m.b.n, n);
	}
	sign(&m.b, PDF_SIGN_CERTIFY, "c", NULL, OK);
	sign(&m.b, PDF_SIGN_CERTIFY, "d", NULL, ERR_PDF_LOCKED);
	sign(&m.b, PDF_SIGN_APPROVE, "kp-1-1", NULL, OK);
	sign(&m.b, PDF_SIGN_APPROVE, "kp-1-1", NULL, ERR_INVALID); /* filled already */
	buf_free(&m.b);
}

/* ---- comparison ---- */

/* Appends a revision that redefines one object. */
static void
redefine(struct buf *b, unsigned num, const char *text)
{
	struct pdf *p;
	size_t at = b->n, xref;
	ptrdiff_t last = str_find_last(buf_str(b), STR("startxref\n"));
	long prev = strtol(b->p + last + 10, NULL, 10);

	buf_printf(b, "%u 0 obj\n%s\nendobj\n", num, text);
	xref = b->n;
	buf_printf(b,
	    "xref\n%u 1\n%010zu 00000 n \ntrailer\n<</Size 99/Root 1 0 R/Prev "
	    "%ld>>\nstartxref\n%zu\n%%%%EOF\n",
	    num, at, prev, xref);
	assert_int_equal(pdf_open(&arena, buf_str(b), NULL, &p), OK);
}

static void
names_every_offence(void **state)
{
	static const struct {
		unsigned num;
		const char *text;
	} attacks[] = {{3, "<</Type/Page/Parent 2 0 R/Resources<</Font<<>>>>>>"},
	    {2, "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]/MediaBox[0 0 595 842]>>"},
	    {1, "<</Type/Catalog/Pages 2 0 R/OpenAction[3 0 R/Fit]>>"}, {4, "null"},
	    {6, "<</Type/Sig/Contents<00>>>"},
	    {8, "<</Type/Annot/Subtype/Widget/FT/Sig/T(kp-1-1)/F 132/Rect[0 0 500 500]>>"},
	    {40, "(a new object that nothing names)"}};

	(void)state;
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		enum pdf_change change;
		struct str what;
		struct mini m;
		size_t end;
		enum err e;

		mini_contract(&m, 3, 0, false);
		sign(&m.b, PDF_SIGN_CERTIFY, "keiin-cert", NULL, OK);
		end = m.b.n;
		redefine(&m.b, attacks[i].num, attacks[i].text);
		e = compare(&m.b, end, &change, &what);
		if (attacks[i].num == 40) {
			assert_int_equal(e, OK);
			assert_int_equal(change, PDF_CHANGE_LTA);
		} else {
			assert_true(e != OK || (change == PDF_CHANGE_OTHER && what.n));
		}
		buf_free(&m.b);
	}
}

static void
sees_references_come_to_life(void **state)
{
	enum pdf_change change;
	struct str what;
	struct mini m;
	size_t end;

	(void)state;
	mini_begin(&m, "%PDF-1.7\n");
	mini_object(&m, "<</Type/Catalog/Pages 2 0 R>>");
	mini_object(&m, "<</Type/Pages/Count 1/Kids[3 0 R]/MediaBox[0 0 595 842]>>");
	mini_object(&m, "<</Type/Page/Parent 2 0 R/Resources<</XObject<</X 60 0 R>>>>>>");
	mini_table(&m, -1);
	end = m.b.n;
	redefine(&m.b, 60, "<</A 1>>");
	assert_int_equal(compare(&m.b, end, &change, &what), OK);
	assert_int_equal(change, PDF_CHANGE_OTHER);
	buf_free(&m.b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(reads_tables_and_streams, clean),
	    cmocka_unit_test_teardown(refuses_what_is_no_pdf, clean),
	    cmocka_unit_test_teardown(refuses_circles, clean),
	    cmocka_unit_test_teardown(refuses_depth, clean),
	    cmocka_unit_test_teardown(survives_damage, clean),
	    cmocka_unit_test_teardown(grows_by_signatures, clean),
	    cmocka_unit_test_teardown(refuses_to_sign_where_it_must_not, clean),
	    cmocka_unit_test_teardown(names_every_offence, clean),
	    cmocka_unit_test_teardown(sees_references_come_to_life, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
