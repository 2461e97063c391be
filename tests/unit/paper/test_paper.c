#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "inkan.h"
#include "sample_certificate.h"
#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static struct arena arena;
static struct buf pdf;

static int
empty(void **state)
{
	arena_free(&arena);
	buf_free(&pdf);
	pdf = (struct buf){0};
	return 0;
}

/* What a command says of the PDF in pdf, "{}" in the command standing for its file. */
static struct str
said(const char *command)
{
	char name[] = "/tmp/keiin-paper-XXXXXX", line[512];
	struct str s = str_c(command);
	ptrdiff_t at = str_find(s, STR("{}"));
	int fd = mkstemp(name);

	assert_true(fd >= 0 && at > 0);
	assert_int_equal(write(fd, pdf.p, pdf.n), (ssize_t)pdf.n);
	close(fd);
	snprintf(line, sizeof line, "%.*s%s%s 2>&1", (int)at, command, name, command + at + 2);
	FILE *f = popen(line, "r");
	assert_non_null(f);
	struct buf b = {0};
	for (int c; (c = fgetc(f)) != EOF;)
		buf_put_byte(&b, (unsigned char)c);
	int status = pclose(f);
	unlink(name);
	struct str r = arena_str(&arena, buf_str(&b));
	buf_free(&b);
	if (status != 0)
		fail_msg("%s: %.*s", command, STR_ARG(r));
	return r;
}

static void
holds(struct str s, const char *what)
{
	if (str_find(s, str_c(what)) < 0)
		fail_msg("not found: %s", what);
}

static struct str
impression(void)
{
	struct inkan k;

	assert_int_equal(inkan_kojin(&arena, STR("山田"), INKAN_KOINTAI, 12, &k), OK);
	return inkan_encode(&arena, &k);
}

static void
certificate_says_all_and_is_sound(void **state)
{
	struct certificate c = sample_certificate(impression());

	assert_int_equal(certificate_draw(&arena, &c, &pdf), OK);
	struct str text = said("pdftotext {} -");
	static const char *const values[] = {"証明書番号", "KC-2026-000123",
	    "業務委託契約書（ウェブサイト改善）", "山田 太郎", "𠮷田", "葛󠄀子", "yoshida@example.jp",
	    "sato@example.jp", "2001:db8:85a3::8a2e:370:7334", "認証コード", "第3条の支払期日",
	    "佐藤花子 <sato@example.jp>", "登記事項証明書.pdf",
	    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "署名権限者のため",
	    "証明しないこと", "1／4", "2026年11月23日(月)"};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		holds(text, values[i]);
	holds(said("qpdf --check {}"), "No syntax or stream encoding errors found");
	struct str fonts = said("pdffonts {} | tail -n +3");
	for (struct str line; str_split(&fonts, '\n', &line);)
		holds(line, "yes yes yes");
	holds(said("pdfdetach -list {}"), "audit.json");
	holds(said("pdfinfo {}"), "A4");
	assert_true(str_find(buf_str(&pdf), STR("<pdfaid:part>3</pdfaid:part>")) > 0);
	assert_int_equal(
	    str_find(buf_str(&pdf), STR("startxref")), str_find_last(buf_str(&pdf), STR("startxref")));
}

static void
no_glyph_is_dropped(void **state)
{
	struct certificate c = sample_certificate(STR_NONE);

	c.parties[0].name = STR("김철수 㐂 鷗 ①"); /* Hangul comes from the CFF fallback */
	c.parties[1].name = STR("髙﨑 𠮷 辻󠄀 渡邉󠄂");
	assert_int_equal(certificate_draw(&arena, &c, &pdf), OK);
	struct str text = said("pdftotext {} -");
	holds(text, "김철수");
	holds(text, "髙﨑 𠮷 辻󠄀");
	holds(said("qpdf --check {}"), "No syntax");
}

static void
what_no_typeface_has_is_written_out(void **state)
{
	struct certificate c = sample_certificate(STR_NONE);

	/* private use, emoji, Arabic; a variation that nobody drew; an emoji's colour, which is none */
	c.parties[0].name = STR("\xF4\x80\x80\x80 山田🫠 سلام");
	c.parties[1].name = STR("山\xF3\xA0\x87\xAF田 ①\xEF\xB8\x8E");
	assert_int_equal(certificate_draw(&arena, &c, &pdf), OK);
	struct str text = said("pdftotext {} -");
	holds(text, "[U+100000]");
	holds(text, "山田[U+1FAE0]");
	holds(text, "[U+0633][U+0644]");
	holds(text, "山[U+E01EF]田 ①");
	assert_int_equal(str_find(text, STR("[U+FE0E]")), -1);
}

static void
our_own_words_must_all_be_there(void **state)
{
	struct sheet *s = sheet_new(&arena);
	struct str field;

	sheet_page(s);
	sheet_field(s, STR("題名"));
	sheet_line(s, 10, 10, TYPEFACE_GOTHIC, 9, 0, STR("題🫠名"));
	sheet_field(s, STR("氏名"));
	sheet_line(s, 10, 20, TYPEFACE_GOTHIC, 9, 0, STR("🫡"));
	assert_int_equal(sheet_finish(s, &(struct sheet_info){.title = STR("t")}, &pdf), ERR_GLYPH);
	assert_int_equal(pdf.n, 0);
	assert_int_equal(sheet_missing(s, &field), 0x1FAE0);
	assert_true(str_eq(field, STR("題名")));
	sheet_drop(&s);
}

static void
long_values_run_over_pages(void **state)
{
	struct certificate c = sample_certificate(STR_NONE);
	struct buf b = {0};

	for (int i = 0; i < 2000; i++)
		buf_put_c(&b, i == 1999 ? "終" : "理由");
	c.history[2].detail = arena_str(&arena, buf_str(&b));
	buf_free(&b);
	assert_int_equal(certificate_draw(&arena, &c, &pdf), OK);
	holds(said("pdftotext {} -"), "終");
	c.parties[0].impression = STR("inkan1 12 12 c82b22 0 P\n(evil) Tj\n");
	assert_int_equal(certificate_draw(&arena, &c, &pdf), ERR_INVALID);
}

static void
it_speaks_english_and_both(void **state)
{
	struct certificate c = sample_certificate(impression());

	c.language = CERTIFICATE_EN;
	assert_int_equal(certificate_draw(&arena, &c, &pdf), OK);
	struct str text = said("pdftotext {} -");
	static const char *const english[] = {"Certificate of Agreement", "Certificate number", "Signing URL",
	    "Link in the request mail (1 factor)", "What this certificate proves", "23 Nov 2026", "SHA-256"};
	for (size_t i = 0; i < sizeof english / sizeof *english; i++)
		holds(text, english[i]);
	assert_int_equal(str_find(text, STR("証明書番号")), -1);
	pdf.n = 0;
	c.language = CERTIFICATE_BOTH;
	assert_int_equal(certificate_draw(&arena, &c, &pdf), OK);
	text = said("pdftotext {} -");
	for (size_t i = 0; i < 5; i++)
		holds(text, english[i]);
	holds(text, "証明書番号");
	holds(text, "メール / Mail");
}

static void
the_code_leads_to_the_verify_page(void **state)
{
	struct certificate c = sample_certificate(STR_NONE);

	assert_int_equal(certificate_draw(&arena, &c, &pdf), OK);
	struct str found = said("(pdftoppm -r 150 -f 1 -l 1 -png {} | zbarimg -q --raw - 2>/dev/null)");
	assert_true(str_eq(str_trim(found), c.qr_url));
	assert_int_equal(str_find(said("pdfimages -list {} | tail -n +3"), STR("image")), -1); /* drawn */
}

static void
masks_are_drawn_too(void **state)
{
	static unsigned char px[100 * 100];
	struct inkan k = {.width_mm = 15,
	    .height_mm = 15,
	    .rgb = INKAN_RED,
	    .mask_w = 100,
	    .mask_h = 100,
	    .mask = {(char *)px, sizeof px}};

	memset(px, 200, sizeof px / 2);
	struct certificate c = sample_certificate(inkan_encode(&arena, &k));
	assert_int_equal(certificate_draw(&arena, &c, &pdf), OK);
	holds(said("pdfimages -list {}"), "smask");
	holds(said("qpdf --check {}"), "No syntax");
}

static void
the_sample_contract_has_three_pages_and_two_places(void **state)
{
	struct sample_place places[2];

	assert_int_equal(
	    sample_contract_draw(&arena, STR("株式会社青空商事"), STR("髙﨑𠮷製作所"), &pdf, places), OK);
	struct str text = said("pdftotext {} -");
	holds(text, "業務委託契約書");
	holds(text, "株式会社青空商事");
	holds(text, "髙﨑𠮷製作所");
	holds(text, "第13条");
	holds(text, "㊞");
	holds(said("pdfinfo {}"), "Pages:           3");
	holds(said("qpdf --check {}"), "No syntax");
	for (int i = 0; i < 2; i++)
		assert_true(places[i].page == 3 && places[i].x_mm > 100 && places[i].x_mm < 190 &&
		            places[i].y_mm > 60 && places[i].y_mm < 270);
	assert_true(places[1].y_mm > places[0].y_mm + 20);
	struct sample_place unused[2];
	assert_int_equal(sample_contract_draw(&arena, STR("\xff"), STR("b"), &pdf, unused), ERR_INVALID);
}

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
a_certificate_is_cheap(void **state)
{
	struct certificate c = sample_certificate(impression());
	struct arena a = {0};

	assert_int_equal(certificate_draw(&a, &c, &pdf), OK);
	double from = cpu_ms();
	for (int i = 0; i < 50; i++) {
		arena_reset(&a);
		pdf.n = 0;
		assert_int_equal(certificate_draw(&a, &c, &pdf), OK);
	}
	double each = (cpu_ms() - from) / 50;
	arena_free(&a);
	print_message("certificate: %.2f ms of CPU, %zu bytes\n", each, pdf.n);
#if !defined(__SANITIZE_ADDRESS__)
	assert_true(each < 30); /* 8 is the aim; room for a busy machine */
#endif
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(certificate_says_all_and_is_sound, empty),
	    cmocka_unit_test_teardown(no_glyph_is_dropped, empty),
	    cmocka_unit_test_teardown(what_no_typeface_has_is_written_out, empty),
	    cmocka_unit_test_teardown(our_own_words_must_all_be_there, empty),
	    cmocka_unit_test_teardown(it_speaks_english_and_both, empty),
	    cmocka_unit_test_teardown(the_code_leads_to_the_verify_page, empty),
	    cmocka_unit_test_teardown(long_values_run_over_pages, empty),
	    cmocka_unit_test_teardown(masks_are_drawn_too, empty),
	    cmocka_unit_test_teardown(the_sample_contract_has_three_pages_and_two_places, empty),
	    cmocka_unit_test_teardown(a_certificate_is_cheap, empty),
	};
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
