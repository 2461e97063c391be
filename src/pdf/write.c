#include "write.h"

#include "lexer.h"

#include <inttypes.h>
#include <stdio.h>
#include <math.h>
#include <utf8proc.h>

static const char DIGITS[] = "0123456789ABCDEF";

static void
put_hex(struct buf *b, unsigned char c)
{
	buf_put_byte(b, (unsigned char)DIGITS[c >> 4]);
	buf_put_byte(b, (unsigned char)DIGITS[c & 15]);
}

void
pdf_write_name(struct buf *b, struct str name)
{
	buf_put_byte(b, '/');
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c < '!' || c > '~' || c == '#' || lexer_is_delimiter(c)) {
			buf_put_byte(b, '#');
			put_hex(b, c);
		} else {
			buf_put_byte(b, c);
		}
	}
}

static bool
is_ascii_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 32 || (unsigned char)s.p[i] > 126)
			return false;
	return true;
}

/* A string of bytes: literal when it reads well, hexadecimal otherwise. */
static void
write_string(struct buf *b, struct str s)
{
	if (!is_ascii_text(s)) {
		buf_put_byte(b, '<');
		for (size_t i = 0; i < s.n; i++)
			put_hex(b, (unsigned char)s.p[i]);
		buf_put_byte(b, '>');
		return;
	}
	buf_put_byte(b, '(');
	for (size_t i = 0; i < s.n; i++) {
		if (strchr("()\\", s.p[i]))
			buf_put_byte(b, '\\');
		buf_put_byte(b, (unsigned char)s.p[i]);
	}
	buf_put_byte(b, ')');
}

void
pdf_write_number(struct buf *b, double v)
{
	char text[400];
	int n = snprintf(text, sizeof(text), "%.10f", isfinite(v) ? v : 0);

	while (n > 0 && text[n - 1] == '0')
		n--;
	if (n > 0 && text[n - 1] == '.')
		n--;
	buf_put(b, n == 2 && text[0] == '-' && text[1] == '0' ? STR("0") : str_make(text, (size_t)n));
}

/* A real stays a real, so that reading it again gives the same kind. */
static void
write_real(struct buf *b, double v)
{
	size_t from = b->n;

	pdf_write_number(b, v);
	if (str_chr(str_make(b->p + from, b->n - from), '.') < 0)
		buf_put_c(b, ".0");
}

static void
write_dict(struct buf *b, const struct pdf_obj *o)
{
	buf_put_c(b, "<<");
	for (size_t i = 0; i < o->u.dict.n; i++) {
		pdf_write_name(b, o->u.dict.entries[i].key);
		buf_put_byte(b, ' ');
		pdf_write(b, &o->u.dict.entries[i].value);
	}
	buf_put_c(b, ">>");
}

void
pdf_write(struct buf *b, const struct pdf_obj *o)
{
	switch (o->kind) {
	case PDF_NULL: buf_put_c(b, "null"); break;
	case PDF_BOOL: buf_put_c(b, o->u.boolean ? "true" : "false"); break;
	case PDF_INT: buf_printf(b, "%" PRId64, o->u.integer); break;
	case PDF_REAL: write_real(b, o->u.real); break;
	case PDF_STRING: write_string(b, o->u.text); break;
	case PDF_NAME: pdf_write_name(b, o->u.text); break;
	case PDF_ARRAY:
		buf_put_byte(b, '[');
		for (size_t i = 0; i < o->u.array.n; i++) {
			if (i)
				buf_put_byte(b, ' ');
			pdf_write(b, &o->u.array.items[i]);
		}
		buf_put_byte(b, ']');
		break;
	case PDF_DICT:
	case PDF_STREAM: write_dict(b, o); break;
	case PDF_REF: buf_printf(b, "%" PRIu32 " %u R", o->u.ref.num, (unsigned)o->u.ref.gen); break;
	}
}

static void
put_utf16(struct buf *b, unsigned unit)
{
	put_hex(b, (unsigned char)(unit >> 8));
	put_hex(b, (unsigned char)unit);
}

void
pdf_write_text(struct buf *b, struct str utf8)
{
	if (is_ascii_text(utf8)) {
		write_string(b, utf8);
		return;
	}
	buf_put_c(b, "<FEFF");
	for (size_t i = 0; i < utf8.n;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n = utf8proc_iterate(
		    (const utf8proc_uint8_t *)utf8.p + i, (utf8proc_ssize_t)(utf8.n - i), &c);

		if (n <= 0) {
			n = 1;
			c = 0xFFFD;
		}
		i += (size_t)n;
		if (c > 0xFFFF) {
			put_utf16(b, 0xD800 + (((unsigned)c - 0x10000) >> 10));
			put_utf16(b, 0xDC00 + (((unsigned)c - 0x10000) & 0x3FF));
		} else {
			put_utf16(b, (unsigned)c);
		}
	}
	buf_put_byte(b, '>');
}

static char *
put_utf8(char *to, utf8proc_int32_t c)
{
	return to + utf8proc_encode_char(utf8proc_codepoint_valid(c) ? c : 0xFFFD, (utf8proc_uint8_t *)to);
}

enum err
pdf_text(struct arena *a, struct str s, struct str *ret)
{
	const unsigned char *p = (const unsigned char *)s.p;
	char *to, *start;
	void *memory;

	TRY(arena_try(a, s.n + 1, 3, &memory));
	start = to = memory;
	if (s.n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
		for (size_t i = 3; i < s.n;) {
			utf8proc_int32_t c;
			utf8proc_ssize_t n = utf8proc_iterate(p + i, (utf8proc_ssize_t)(s.n - i), &c);

			to = put_utf8(to, n > 0 ? c : 0xFFFD);
			i += n > 0 ? (size_t)n : 1;
		}
	} else if (s.n >= 2 && p[0] == 0xFE && p[1] == 0xFF) {
		for (size_t i = 2; i + 1 < s.n; i += 2) {
			utf8proc_int32_t c = p[i] << 8 | p[i + 1];

			if (c >= 0xD800 && c < 0xDC00 && i + 3 < s.n && (p[i + 2] & 0xFC) == 0xDC) {
				c = 0x10000 + ((c & 0x3FF) << 10) + ((p[i + 2] & 3) << 8 | p[i + 3]);
				i += 2;
			}
			to = put_utf8(to, c);
		}
	} else {
		for (size_t i = 0; i < s.n; i++)
			to = put_utf8(to, p[i]);
	}
	*ret = str_make(start, (size_t)(to - start));
	return OK;
}
