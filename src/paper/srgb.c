/* ICC.1:2010: header, tag table, nine tags; the three curves share their data. */
#include "srgb.h"

#include "buf.h"

#include <math.h>
#include <stdint.h>

static void
put32(struct buf *b, uint32_t v)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buf_put_byte(b, (unsigned char)(v >> shift));
}

static void
put_fixed(struct buf *b, double v)
{
	put32(b, (uint32_t)(int32_t)lround(v * 65536));
}

static void
put_text(struct buf *b, const char *ascii)
{
	uint32_t n = (uint32_t)strlen(ascii);

	buf_put(b, STR("mluc\0\0\0\0"));
	put32(b, 1);
	put32(b, 12);
	buf_put_c(b, "enUS");
	put32(b, 2 * n);
	put32(b, 28);
	for (uint32_t i = 0; i < n; i++) {
		buf_put_byte(b, 0);
		buf_put_byte(b, (unsigned char)ascii[i]);
	}
}

static void
put_numbers(struct buf *b, const char *type, const double *v, int n)
{
	buf_put_c(b, type);
	put32(b, 0);
	if (strcmp(type, "para") == 0)
		put32(b, 3 << 16);
	for (int i = 0; i < n; i++)
		put_fixed(b, v[i]);
}

struct str
srgb_profile(struct arena *a)
{
	static const char *const tags[] = {
	    "desc", "cprt", "wtpt", "chad", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"};
	static const double white[] = {0.9642, 1.0, 0.8249};
	static const double adapt[] = {1.0478112, 0.0228866, -0.0501270, 0.0295424, 0.9904844, -0.0170491,
	    -0.0092345, 0.0150436, 0.7521316};
	static const double rgb[3][3] = {{0.4360747, 0.2225045, 0.0139322}, {0.3850649, 0.7168786, 0.0971045},
	    {0.1430804, 0.0606169, 0.7141733}};
	static const double curve[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
	struct buf data = {0}, out = {0};
	uint32_t at[10], size[10];

	for (int i = 0; i < 10; i++) {
		at[i] = (uint32_t)data.n;
		if (i < 2)
			put_text(&data, i ? "No copyright, use freely" : "sRGB IEC61966-2.1");
		else if (i == 2)
			put_numbers(&data, "XYZ ", white, 3);
		else if (i == 3)
			put_numbers(&data, "sf32", adapt, 9);
		else if (i < 7)
			put_numbers(&data, "XYZ ", rgb[i - 4], 3);
		else if (i == 7)
			put_numbers(&data, "para", curve, 5);
		else
			at[i] = at[7];
		size[i] = i > 7 ? size[7] : (uint32_t)data.n - at[i];
		while (data.n % 4)
			buf_put_byte(&data, 0);
	}
	put32(&out, (uint32_t)(132 + 120 + data.n));
	put32(&out, 0);
	put32(&out, 0x04300000);
	buf_put_c(&out, "mntrRGB XYZ ");
	static const unsigned char date[12] = {0x07, 0xEA, 0, 1, 0, 1};
	buf_put(&out, str_make(date, 12));
	buf_put_c(&out, "acsp");
	for (int i = 0; i < 7; i++)
		put32(&out, 0);
	for (int i = 0; i < 3; i++)
		put_fixed(&out, white[i]);
	while (out.n < 128)
		buf_put_byte(&out, 0);
	put32(&out, 10);
	for (int i = 0; i < 10; i++) {
		buf_put_c(&out, tags[i]);
		put32(&out, 132 + 120 + at[i]);
		put32(&out, size[i]);
	}
	buf_put(&out, buf_str(&data));
	struct str s = arena_str(a, buf_str(&out));
	buf_free(&data);
	buf_free(&out);
	return s;
}
