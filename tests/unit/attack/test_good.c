/* No false alarms: good files of many shapes are sound; and no accident passes: changed and lengthened ones
 * are not.
 *
 *     test_good            shapes
 *     test_good accidents  10 000 changed files
 */
#include "attack.h"

#include "clock.h"
#include "verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SHAPES = 320, SIGNERS_MAX = 5, ACCIDENTS = 10000 };

static struct forge forge, successor;

static int
open_forges(void **state)
{
	return forge_open(&forge, KEY_P256) && forge_open(&successor, KEY_P256) ? 0 : -1;
}

static int
close_forges(void **state)
{
	clock_shift(0);
	forge_close(&forge);
	forge_close(&successor);
	return 0;
}

/* What two numbers choose between, as different as files are. */
struct shape {
	bool streams, linearised, certified, visible;
	unsigned pages, signers;
	enum { B_B, B_T, CONCLUDED, LTA, RENEWED } level;
	const char *header, *page, *catalog, *name;
};

static struct shape
shape(unsigned i)
{
	static const char *const headers[] = {"%PDF-1.4\n", "%PDF-1.7\n", "%PDF-2.0\n", "%PDF-1.5\r\n"};
	static const char *const pages[] = {"", "/Rotate 90", "/CropBox[50 60 400 700]", "/UserUnit 2.5",
	    "/Rotate -180/CropBox[0 0 600 900]", "/Annots[]", "/MediaBox[-100 -100 500 700]"};
	static const char *const catalogs[] = {"", "/Lang<FEFF006A00610000>", "/Lang(ja-JP)",
	    "/ViewerPreferences<</DisplayDocTitle true>>", "/PageLabels<</Nums[0<</S/D>>]>>",
	    "/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 3>>>>", "/MarkInfo<</Marked true>>",
	    "/AcroForm<</Fields[]>>"};
	static const char *const names[] = {"Yamada Taro", "髙橋 﨑", "𠮷野家 太郎",
	    "葛󠄀城 👩‍⚖️", "O'Brien (\\) ()", "ß ñ ž", "\t", "渡邉 花子 <hanako@example.jp>"};

	return (struct shape){.streams = i % 2,
	    .linearised = i % 2 == 0 && i % 5 == 0,
	    .certified = i % 3 != 0,
	    .visible = i / 3 % 2,
	    .pages = i % 40 == 39 ? 300 : 1 + i % 7,
	    .signers = 1 + i / 2 % SIGNERS_MAX,
	    .level = i / 5 % 5,
	    .header = headers[i / 2 % 4],
	    .page = pages[i % 7],
	    .catalog = catalogs[i / 4 % 8],
	    .name = names[i / 3 % 8]};
}

static void
put_objects(struct doc *d, const struct shape *s, unsigned from, unsigned to)
{
	for (unsigned num = from; num < to; num++) {
		if (num == 1) {
			doc_object(d, 1, "<</Type/Catalog/Pages 2 0 R%s>>", s->catalog);
		} else if (num == 2) {
			struct buf kids CLEANUP(buf_free) = {0};

			for (unsigned i = 0; i < s->pages; i++)
				buf_printf(&kids, "%u 0 R ", 4 + i);
			doc_object(d, 2, "<</Type/Pages/Count %u/Kids[%.*s]/MediaBox[0 0 595.276 841.89]>>",
			    s->pages, (int)kids.n, kids.p);
		} else if (num == 3) {
			doc_stream(d, 3, "", STR("BT /F 12 Tf (Contract) Tj ET"));
		} else {
			doc_object(
			    d, num, "<</Type/Page/Parent 2 0 R/Contents 3 0 R/Resources<<>>%s>>", s->page);
		}
	}
}

/* Two sections before anything is appended, as fast web view has them: the first one at the beginning. */
static void
put_linearised(struct buf *file, const struct shape *s)
{
	struct buf first CLEANUP(buf_free) = {0};
	unsigned end = 4 + s->pages;
	size_t at[400], head, table_n = 20 * (size_t)(end - 3) + 200, second;

	buf_put_c(file, s->header);
	buf_put_c(file, "%\xE5\xA5\x91\xE5\n");
	head = file->n;
	for (int pass = 0; pass < 2; pass++) {
		struct doc d;

		file->n = head;
		doc_begin(&d, file, "", false, end);
		file->n = head + table_n;
		put_objects(&d, s, 3, end);
		put_objects(&d, s, 1, 3);
		for (unsigned i = 0; i < d.n; i++)
			at[d.entries[i].num] = d.entries[i].at;
		second = file->n;
		buf_printf(
		    file, "xref\n0 3\n0000000000 65535 f \n%010zu 00000 n \n%010zu 00000 n \n", at[1], at[2]);
		buf_printf(file, "trailer\n<</Size 3>>\nstartxref\n%zu\n%%%%EOF\n", head);
		first.n = 0;
		buf_printf(&first, "xref\n3 %u\n", end - 3);
		for (unsigned num = 3; num < end; num++)
			buf_printf(&first, "%010zu 00000 n \n", at[num]);
		buf_printf(&first,
		    "trailer\n<</Size %u/Root 1 0 R/ID[<00><00>]/Prev %zu>>\nstartxref\n0\n%%%%EOF\n", end,
		    second);
		assert_in_range(first.n, 1, table_n);
		memset(file->p + head, ' ', table_n);
		memcpy(file->p + head, first.p, first.n);
		file->p[head + table_n - 1] = '\n';
	}
}

static void
put_base(struct buf *file, const struct shape *s)
{
	struct doc d;

	if (s->linearised) {
		put_linearised(file, s);
		return;
	}
	doc_begin(&d, file, s->header, s->streams, 4 + s->pages);
	put_objects(&d, s, 1, 4 + s->pages);
	doc_end(&d, "");
}

static void
sign_one(const struct shape *s, struct pdf_sign_request *req, bool stamped, struct buf *file)
{
	int64_t at;

	if (req->kind != PDF_SIGN_TIMESTAMP) {
		req->name = str_c(s->name);
		req->reason = STR("合意");
		req->date = clock_pdf(&forge.a, clock_utc_ms());
	}
	assert_int_equal(pades_sign(&forge.pades, req, stamped, file, &at), OK);
}

static void
sign_shape(const struct shape *s, struct buf *file)
{
	static const char *const fields[SIGNERS_MAX] = {"a", "b", "c", "d", "e"};
	struct pdf_ink ink = {
	    .width_mm = 12, .height_mm = 12, .rgb = 0xC03020, .path = STR("0 0 12 12 re f")};
	struct pdf_new_field empty[SIGNERS_MAX];

	for (unsigned i = 0; i < s->signers; i++)
		empty[i] = (struct pdf_new_field){
		    .name = fields[i], .visible = s->visible, .place = {1, 10 + 14 * (double)i, 10, 12, 12}};
	if (s->certified)
		sign_one(s,
		    &(struct pdf_sign_request){.kind = PDF_SIGN_CERTIFY,
		        .field = "platform",
		        .fields = empty,
		        .fields_n = s->signers},
		    false, file);
	for (unsigned i = 0; i < s->signers; i++)
		sign_one(s,
		    &(struct pdf_sign_request){.kind = PDF_SIGN_APPROVE,
		        .field = fields[i],
		        .ink = s->visible && s->certified ? &ink : NULL},
		    s->level == B_T, file);
	if (s->level >= CONCLUDED)
		sign_one(s, &(struct pdf_sign_request){.kind = PDF_SIGN_TIMESTAMP, .field = "concluded"},
		    false, file);
	if (s->level >= LTA)
		assert_int_equal(forge_archive(&forge, file), OK);
	if (s->level == RENEWED)
		assert_int_equal(forge_archive(&successor, file), OK);
}

static void
files_of_all_shapes_are_sound(void **state)
{
	unsigned wrong = 0;

	for (unsigned i = 0; i < SHAPES; i++) {
		struct buf file CLEANUP(buf_free) = {0};
		struct arena a CLEANUP(arena_free) = {0};
		struct shape s = shape(i);
		struct verification v;

		put_base(&file, &s);
		sign_shape(&s, &file);
		assert_int_equal(verify_pdf(&a, buf_str(&file), STR_NONE, &v), OK);
		if (v.verdict != VERDICT_SOUND && wrong++ < 10)
			print_error("shape %u: %.*s\n", i, STR_ARG(v.problem));
		assert_int_equal(v.signatures_n, s.signers + s.certified + (s.level >= CONCLUDED) +
		                                     (s.level >= LTA) + (s.level == RENEWED));
	}
	assert_int_equal(wrong, 0);
}

/* A bit, a byte, a run of bytes, or something behind the end; by a generator of our own, the same every time.
 */
static uint64_t
next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static void
change(struct buf *file, uint64_t *random)
{
	size_t at = next(random) % file->n, n = 1 + next(random) % 40;

	switch (next(random) % 8) {
	case 0:
		for (size_t i = 0; i < n; i++)
			buf_put_byte(file, (unsigned char)next(random));
		break;
	case 1: buf_put(file, arena_str(&forge.a, str_slice(buf_str(file), at, at + n))); break;
	case 2: file->n -= n; break;
	case 3: memmove(file->p + at, file->p + at + 1, file->n - at - 1); break;
	default: file->p[at] = (char)(file->p[at] ^ 1 << next(random) % 8); break;
	}
}

static void
no_accident_passes(void **state)
{
	uint64_t random = 20261125;
	unsigned passed = 0;

	for (int kind = 0; kind < 6; kind++) {
		static const enum level levels[] = {LEVEL_B_B, LEVEL_B_T, LEVEL_LTA};
		struct target t = {.f = &forge, .level = levels[kind / 2], .streams = kind % 2};
		struct buf file CLEANUP(buf_free) = {0};

		target_make(&t);
		for (int i = 0; i < ACCIDENTS / 6 + 1; i++) {
			struct arena a CLEANUP(arena_free) = {0};
			struct verification v;

			file.n = 0;
			buf_put(&file, buf_str(&t.file));
			change(&file, &random);
			if (file.n == t.file.n && memcmp(file.p, t.file.p, file.n) == 0)
				continue;
			assert_int_equal(verify_pdf(&a, buf_str(&file), STR_NONE, &v), OK);
			if (v.verdict == VERDICT_SOUND && passed++ < 10)
				print_error("level %d, %s: change %d is called sound\n", t.level,
				    t.streams ? "streams" : "table", i);
		}
		buf_free(&t.file);
	}
	assert_int_equal(passed, 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest shapes[] = {cmocka_unit_test(files_of_all_shapes_are_sound)};
	const struct CMUnitTest accidents[] = {cmocka_unit_test(no_accident_passes)};

	return argc > 1 ? cmocka_run_group_tests(accidents, open_forges, close_forges)
	                : cmocka_run_group_tests(shapes, open_forges, close_forges);
}
