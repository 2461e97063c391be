#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arena.h"
#include "inkan.h"
#include "raster.h"

#include <math.h>
#include <png.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static struct arena arena;

static int
empty_arena(void **state)
{
	arena_free(&arena);
	return 0;
}

static const char surnames[] = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 "
                               "井上 木村 林 斎藤 清水 山崎 森 池田 橋本 "
                               "阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 "
                               "坂本 斉藤 福田 太田 西村 藤井 金子 "
                               "岡本 藤原 三浦 中野 原田 中川 松田 竹内 小野 田村 中山 和田 石田 森田 上田 "
                               "原 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 "
                               "大野 小島 谷口 今井 工藤 高田 増田 丸山 杉山 村田 大塚 新井 小山 平野 藤本 "
                               "河野 上野 野口 武田 松井 千葉 岩崎 菅原 木下 "
                               "久保 佐野 野村 松尾 市川 菊地 杉本 古川 大西 島田 水野 桜井 高野 渡部 吉川 "
                               "山内 西田 飯田 菊池 西川 小松 北村 安田 五十嵐 "
                               "川口 関 平田 中田 久保田 服部 東 岩田 土屋 川崎 福島 本田 辻 樋口 秋山 田口 "
                               "永井 山中 中西 吉村 川上 石原 大橋 松岡 馬場 "
                               "浜田 森本 星野 矢野 浅野 大島 松下 吉岡 小池 野田 荒木 大久保 熊谷 黒田 尾崎 "
                               "永田 川村 望月 松村 荒井 堀 西山 大谷 "
                               "平井 早川 栗原 広瀬 横田 石橋 岩本 萩原 片山 関口 宮田 高山 本間 吉野 須藤 "
                               "田島 伊東 鎌田 上原 髙橋 山﨑 德永 渡邉 渡邊 "
                               "齋藤 濵田 𠮷田 草彅 桒原 栁田 嶌 瀨戸 薰 靑山 齊藤 小鳥遊 勅使河原 四十万 一 "
                               "二三 鷹觜 躑躅森 轟 鬮目 釼持";

static void
every_surname_has_every_glyph(void **state)
{
	struct str list = STR(surnames), name;
	unsigned n = 0;

	while (str_split(&list, ' ', &name)) {
		struct inkan k;
		for (int face = INKAN_KOINTAI; face <= INKAN_MINCHO; face += n % 10 ? 4 : 1) {
			struct raster r;
			size_t ink = 0;
			assert_int_equal(inkan_kojin(&arena, name, (enum inkan_face)face, 12, &k), OK);
			assert_in_range(k.path.n, 600, 12 * 1024);
			assert_int_equal(raster_draw(&arena, &k, 4, &r), OK);
			for (unsigned y = 9; y < r.h - 9; y++) /* inside the ring */
				for (unsigned x = 9; x < r.w - 9; x++)
					ink += r.at[y * r.w + x] > 128;
			assert_in_range(ink, r.w * r.h / 40, r.w * r.h * 6 / 10);
		}
		arena_reset(&arena);
		n++;
	}
	assert_in_range(n, 200, 400);
}

static void
texts_that_make_no_seal_are_refused(void **state)
{
	static const char *const bad[] = {"", "   ", "山田太郎次郎兵衛", "山\n田", "12", "😀", "\xff\xfe",
	    "(山)", "\xF3\xA0\x84\x80", "山<田"};
	struct inkan k;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(inkan_kojin(&arena, str_c(bad[i]), INKAN_KOINTAI, 12, &k), ERR_INVALID);
	assert_int_equal(inkan_kojin(&arena, STR("山田"), INKAN_KOINTAI, NAN, &k), ERR_INVALID);
	assert_int_equal(inkan_kojin(&arena, STR("山田"), INKAN_KOINTAI, 500, &k), ERR_INVALID);
	assert_int_equal(inkan_kojin(&arena, STR("山田"), (enum inkan_face)9, 12, &k), ERR_INVALID);
	assert_int_equal(inkan_kojin(&arena, STR("葛󠄀城"), INKAN_KOINTAI, 12, &k), OK);
}

static void
fallbacks_are_told(void **state)
{
	struct inkan k;

	assert_int_equal(inkan_kojin(&arena, STR("山田"), INKAN_KOINTAI, 12, &k), OK);
	assert_false(k.substituted);
	assert_int_equal(inkan_kojin(&arena, STR("𠮷田"), INKAN_KOINTAI, 12, &k), OK);
	assert_true(k.substituted);
}

static void
check_golden(const char *file, struct str text, enum inkan_face face, double mm)
{
	struct inkan k;
	struct raster r;
	char path[512];
	png_image image = {.version = PNG_IMAGE_VERSION};
	double off = 0;

	assert_int_equal(inkan_kojin(&arena, text, face, mm, &k), OK);
#ifdef MUTANT_UNWARPED
	k.height_mm += 0.8; /* as if drawn a little lower */
#endif
	snprintf(path, sizeof path, "%s/%s", GOLDEN_DIR, file);
	if (getenv("KEIIN_WRITE_GOLDEN")) {
		struct str png;
		assert_int_equal(inkan_png(&arena, &k, 10, false, text, &png), OK);
		FILE *f = fopen(path, "wb");
		assert_non_null(f);
		fwrite(png.p, 1, png.n, f);
		fclose(f);
	}
	assert_int_equal(raster_draw(&arena, &k, 10, &r), OK);
	assert_true(png_image_begin_read_from_file(&image, path));
	image.format = PNG_FORMAT_RGBA;
	unsigned char *px = arena_alloc(&arena, PNG_IMAGE_SIZE(image));
	assert_true(png_image_finish_read(&image, NULL, px, 0, NULL));
	assert_int_equal(image.width, r.w);
	for (size_t i = 0; i < (size_t)image.width * image.height; i++)
		off += abs(px[4 * i + 3] - r.at[i]) / 255.0;
	off /= (double)image.width * image.height;
	if (off > 0.01)
		fail_msg("%s differs by %.2f %%", file, off * 100);
}

static void
seals_look_as_they_did(void **state)
{
	check_golden("yamada-12.png", STR("山田"), INKAN_KOINTAI, 12);
	check_golden("takahashi-gyosho-12.png", STR("高橋"), INKAN_GYOSHO, 12);
	check_golden("yamada-taro-15.png", STR("山田 太郎"), INKAN_KOINTAI, 15);
}

static void
what_is_kept_comes_back(void **state)
{
	struct inkan k, back;

	assert_int_equal(inkan_kojin(&arena, STR("山田"), INKAN_KAISHO, 13.5, &k), OK);
	assert_int_equal(inkan_decode(&arena, inkan_encode(&arena, &k), &back), OK);
	assert_true(str_eq(k.path, back.path));
	assert_true(back.width_mm == 13.5 && back.rgb == INKAN_RED);
	unsigned char mask[30 * 20];
	for (size_t i = 0; i < sizeof mask; i++)
		mask[i] = (unsigned char)(i * 7);
	k = (struct inkan){.width_mm = 15,
	    .height_mm = 10,
	    .rgb = 0x112233,
	    .mask_w = 30,
	    .mask_h = 20,
	    .mask = str_make(mask, sizeof mask)};
	assert_int_equal(inkan_decode(&arena, inkan_encode(&arena, &k), &back), OK);
	assert_true(str_eq(k.mask, back.mask) && back.mask_w == 30 && back.rgb == 0x112233);
}

static void
hostile_forms_are_refused(void **state)
{
	static const char *const bad[] = {"", "\n", "inkan1", "inkan1 12 12 c82b22 0 P\n",
	    "inkan1 12 12 c82b22 0 P\n1 1 l\nf\n", "inkan1 12 12 c82b22 0 P\n1 1 m\n2 2 l\nh\n",
	    "inkan1 12 12 c82b22 0 P\n1 1 m\nf\n/Im0 Do\n", "inkan1 12 12 c82b22 0 P\n1 1 m\n(x) Tj\nf\n",
	    "inkan1 12 12 c82b22 0 P\n1 1 1 m\nf\n", "inkan1 12 12 c82b22 0 P\n1 m\nf\n",
	    "inkan1 12 12 c82b22 0 P\n1e9 1 m\nf\n", "inkan1 12 12 c82b22 0 P\n500 1 m\nf\n",
	    "inkan1 12 12 c82b22 0 P\nnan 1 m\nf\n", "inkan1 12 12 c82b22 0 P\n1 1 m\nf\nf\n",
	    "inkan1 12 12 c82b22 0 P\n1 1 m\nf\n3 3\n", "inkan1 9999 12 c82b22 0 P\n1 1 m\nf\n",
	    "inkan1 12 12 red 0 P\n1 1 m\nf\n", "inkan1 12 12 c82b22 0 M 99999 9\nAAAA",
	    "inkan1 12 12 c82b22 0 M 10 10\n!!!!",
	    "inkan1 12 12 c82b22 0 M 10 10\neJw=", "inkan1 12 12 c82b22 0 M 1 1 1\nAAAA"};
	struct inkan k;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (inkan_decode(&arena, str_c(bad[i]), &k) != ERR_INVALID)
			fail_msg("accepted: %s", bad[i]);
	/* Damage a true one byte by byte: refused, or still a drawing within bounds. */
	assert_int_equal(inkan_kojin(&arena, STR("一"), INKAN_MINCHO, 12, &k), OK);
	struct str whole = inkan_encode(&arena, &k);
	char *copy = arena_cstr(&arena, whole);
	for (size_t i = 0; i < whole.n; i++) {
		struct arena small = {0};
		char was = copy[i];
		copy[i] = "\xff (9-\n"[i % 6];
		if (inkan_decode(&small, str_make(copy, whole.n), &k) == OK)
			assert_true(k.path.n <= whole.n);
		if (i + 1 < whole.n) /* the last byte is but a line feed */
			assert_int_equal(inkan_decode(&small, str_make(whole.p, i), &k), ERR_INVALID);
		copy[i] = was;
		arena_free(&small);
	}
}

/* A seal photographed at an angle of light: yellowish paper falling off to a corner, noise, black print
 * beside and through. */
static unsigned char *
photograph(unsigned w, unsigned h, bool with_seal)
{
	unsigned char *px = arena_alloc(&arena, (size_t)w * h * 4);
	struct inkan k;
	struct raster seal;
	uint32_t seed = 1;

	assert_int_equal(inkan_kojin(&arena, STR("山田"), INKAN_KOINTAI, 12, &k), OK);
	assert_int_equal(raster_draw(&arena, &k, 25, &seal), OK);
	for (unsigned y = 0; y < h; y++)
		for (unsigned x = 0; x < w; x++) {
			double light = 1 - 0.45 * ((double)x / w + (double)y / h) / 2,
			       rgb[3] = {245, 238, 220};
			bool print = (y / 22) % 2 == 0 && (x / 9) % 3 == 0 && x > 60 && x < w - 40 &&
			             (y < 120 || y > h - 120 || x > w / 2 + 180);
			unsigned sx = x - (w - seal.w) / 2, sy = y - (h - seal.h) / 2;
			double ink = with_seal && sx < seal.w && sy < seal.h
			                 ? seal.at[sy * seal.w + sx] / 255.0 * 0.9
			                 : 0;
			for (int c = 0; c < 3; c++) {
				static const double red[3] = {200, 43, 34};
				double v = print ? 40 : rgb[c] * (1 - ink) + red[c] * ink;
				seed = seed * 1664525 + 1013904223;
				v = v * light + (seed >> 24) / 16.0 - 8;
				px[4 * ((size_t)y * w + x) + (size_t)c] =
				    (unsigned char)fmin(255, fmax(0, v));
			}
			px[4 * ((size_t)y * w + x) + 3] = 255;
		}
	return px;
}

static void
a_photographed_seal_comes_out_clean(void **state)
{
	struct inkan k, drawn;
	struct raster want;
	double off = 0;

	assert_int_equal(inkan_from_image(&arena, photograph(900, 700, true), 900, 700, 12, &k), OK);
	assert_in_range(k.mask_w, 200, 600);
	assert_true(fabs(k.width_mm - k.height_mm) < 0.5 && k.rgb == INKAN_RED);
	assert_true(inkan_encode(&arena, &k).n < 140 * 1024);
	if (getenv("KEIIN_KEEP")) {
		struct str png;
		assert_int_equal(inkan_png(&arena, &k, 25, false, STR(""), &png), OK);
		FILE *f = fopen("photo-cleaned.png", "wb");
		fwrite(png.p, 1, png.n, f);
		fclose(f);
	}
	/* Against the seal that was photographed, with the margin the trimming adds taken off. */
	assert_int_equal(inkan_kojin(&arena, STR("山田"), INKAN_KOINTAI, 12, &drawn), OK);
	unsigned margin = (unsigned)(k.mask_w * 0.04 / 1.08), side = k.mask_w - 2 * margin;
	assert_int_equal(raster_draw(&arena, &drawn, side / 12.0, &want), OK);
	for (unsigned y = 0; y + 1 < side; y++)
		for (unsigned x = 0; x + 1 < side; x++)
			off += abs(want.at[y * want.w + x] -
			           (unsigned char)k.mask.p[(y + margin) * k.mask_w + x + margin]) /
			       255.0;
	off /= (double)side * side;
	if (off > 0.06)
		fail_msg("differs by %.1f %%", off * 100);
}

static void
a_picture_without_a_seal_is_refused(void **state)
{
	struct inkan k;
	unsigned char *white = arena_alloc(&arena, 300 * 300 * 4);

	memset(white, 250, 300 * 300 * 4);
	assert_int_equal(inkan_from_image(&arena, white, 300, 300, 12, &k), ERR_SEAL_NOT_FOUND);
	assert_int_equal(inkan_from_image(&arena, white, 1, 1, 12, &k), ERR_SEAL_NOT_FOUND);
	assert_int_equal(inkan_from_image(&arena, white, 0, 5, 12, &k), ERR_INVALID);
	assert_int_equal(inkan_from_image(&arena, white, 1u << 31, 1u << 31, 12, &k), ERR_INVALID);
}

static struct str
signature(void)
{
	struct buf b = {0};

	buf_put_c(&b, "{\"w\":600,\"h\":200,\"strokes\":[[");
	for (int i = 0; i <= 120; i++)
		buf_printf(&b, "%s[%.4f,%.4f,%d,%.2f]", i ? "," : "", 0.1 + i / 150.0,
		    0.5 + 0.3 * sin(i / 6.0) * cos(i / 40.0), i * 8, 0.3 + 0.4 * fabs(sin(i / 9.0)));
	buf_put_c(&b, "],[[0.2,0.8,0,0.5],[0.5,0.75,60,0.6],[0.8,0.85,90,0.5]],[[0.9,0.2]]]}");
	struct str s = arena_str(&arena, buf_str(&b));
	buf_free(&b);
	return s;
}

static void
handwriting_becomes_a_path(void **state)
{
	struct inkan k, back;

	assert_int_equal(inkan_from_strokes(&arena, signature(), 40, &k), OK);
	assert_true(k.width_mm <= 40.01 && k.height_mm > 5 && k.height_mm < 30);
	assert_in_range(k.path.n, 500, 24 * 1024);
	assert_int_equal(inkan_decode(&arena, inkan_encode(&arena, &k), &back), OK);
	if (getenv("KEIIN_KEEP")) {
		struct str png;
		assert_int_equal(inkan_png(&arena, &k, 20, false, STR(""), &png), OK);
		FILE *f = fopen("handwriting.png", "wb");
		fwrite(png.p, 1, png.n, f);
		fclose(f);
	}
}

static void
hostile_strokes_are_refused(void **state)
{
	static const char *const bad[] = {"", "[]", "{}", "null", "{\"w\":600,\"h\":200,\"strokes\":[]}",
	    "{\"w\":600,\"h\":200,\"strokes\":[[]]}", "{\"w\":600,\"h\":200,\"strokes\":[[[0.5,0.5,0,0.5]]]}",
	    "{\"w\":600,\"h\":200,\"strokes\":[[[0.1,0.5],[0.5,0.5],[0.9,0.5]]]}",
	    "{\"w\":600,\"h\":200,\"strokes\":[[[1e300,0],[0,1]]]}",
	    "{\"w\":0,\"h\":200,\"strokes\":[[[0,0],[0.5,0.1],[1,1]]]}",
	    "{\"w\":600,\"w\":6,\"h\":200,\"strokes\":[[[0,0],[1,1]]]}",
	    "{\"w\":600,\"h\":200,\"strokes\":[[[\"0\",0],[1,1]]]}",
	    "{\"w\":600,\"h\":200,\"strokes\":{\"a\":1}}",
	    "{\"w\":600,\"h\":200,\"strokes\":[[[0,0,0,0,0],[1,1]]]}",
	    "{\"w\":600,\"h\":200,\"strokes\":[[0,1,2]]}"};
	struct inkan k;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (inkan_from_strokes(&arena, str_c(bad[i]), 40, &k) != ERR_INVALID)
			fail_msg("accepted: %s", bad[i]);
	char *deep = arena_alloc(&arena, 150001);
	memset(deep, '[', 150000);
	assert_int_equal(inkan_from_strokes(&arena, str_make(deep, 150000), 40, &k), ERR_INVALID);
	assert_int_equal(inkan_from_strokes(&arena, signature(), 4000, &k), ERR_INVALID);
}

static void
files_are_what_they_say(void **state)
{
	struct inkan k;
	struct str png, again, pdf;

	assert_int_equal(inkan_kojin(&arena, STR("佐藤"), INKAN_KOINTAI, 12, &k), OK);
	struct str svg = inkan_svg(&arena, &k, STR("印影：<佐藤>"));
	assert_true(str_find(svg, STR("&lt;佐藤&gt;")) > 0 && str_find(svg, STR("width=\"12mm\"")) > 0);
	assert_int_equal(inkan_png(&arena, &k, 300 / 25.4, true, STR("seed"), &png), OK);
	assert_true(str_starts(png, STR("\x89PNG")) && png.n < 40 * 1024);
	assert_int_equal(inkan_png(&arena, &k, 300 / 25.4, true, STR("seed"), &again), OK);
	assert_true(str_eq(png, again));
	assert_int_equal(inkan_png(&arena, &k, 300 / 25.4, true, STR("other"), &again), OK);
	assert_false(str_eq(png, again));
	assert_int_equal(inkan_pdf(&arena, &k, &pdf), OK);
	assert_true(str_find(pdf, STR("/MediaBox[0 0 34.016 34.016]")) > 0);
}

static void *
draw_many(void *which)
{
	struct arena a = {0};
	struct str list = STR(surnames), name;
	struct str *sum = which;
	struct inkan k = {0};

	for (int i = 0; i < 60 && str_split(&list, ' ', &name); i++)
		if (inkan_kojin(&a, name, (enum inkan_face)(i % 4), 12, &k) != OK)
			return NULL;
	*sum = str_make(strndup(k.path.p, k.path.n), k.path.n);
	arena_free(&a);
	return which;
}

static void
threads_draw_the_same(void **state)
{
	pthread_t t[4];
	struct str sum[4] = {{0}};

	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&t[i], NULL, draw_many, &sum[i]), 0);
	for (int i = 0; i < 4; i++) {
		void *r;
		pthread_join(t[i], &r);
		assert_non_null(r);
		assert_true(str_eq(sum[0], sum[i]));
	}
	for (int i = 0; i < 4; i++)
		free((char *)sum[i].p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#ifndef MUTANT_UNWARPED
	    cmocka_unit_test_teardown(every_surname_has_every_glyph, empty_arena),
	    cmocka_unit_test_teardown(texts_that_make_no_seal_are_refused, empty_arena),
	    cmocka_unit_test_teardown(fallbacks_are_told, empty_arena),
	    cmocka_unit_test_teardown(what_is_kept_comes_back, empty_arena),
	    cmocka_unit_test_teardown(hostile_forms_are_refused, empty_arena),
	    cmocka_unit_test_teardown(a_photographed_seal_comes_out_clean, empty_arena),
	    cmocka_unit_test_teardown(a_picture_without_a_seal_is_refused, empty_arena),
	    cmocka_unit_test_teardown(handwriting_becomes_a_path, empty_arena),
	    cmocka_unit_test_teardown(hostile_strokes_are_refused, empty_arena),
	    cmocka_unit_test_teardown(files_are_what_they_say, empty_arena),
	    cmocka_unit_test_teardown(threads_draw_the_same, empty_arena),
#endif
	    cmocka_unit_test_teardown(seals_look_as_they_did, empty_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
