#include "hex.h"

#include <sodium.h>

void
hex_encode_to(const void *bytes, size_t n, char *ret_2n)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	for (size_t i = 0; i < n; i++) {
		ret_2n[2 * i] = digit[b[i] >> 4];
		ret_2n[2 * i + 1] = digit[b[i] & 15];
	}
}

struct str
hex_encode(struct arena *a, struct str bytes)
{
	char *p = arena_alloc(a, bytes.n * 2 + 1);
	hex_encode_to(bytes.p, bytes.n, p);
	return str_make(p, bytes.n * 2);
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
hex_decode(struct str s, unsigned char *ret, size_t cap)
{
	if (s.n % 2 || s.n / 2 > cap)
		return false;
	for (size_t i = 0; i < s.n; i += 2) {
		int hi = nibble(s.p[i]), lo = nibble(s.p[i + 1]);
		if (hi < 0 || lo < 0)
			return false;
		ret[i / 2] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

static size_t
base64_into(char *out, struct str bytes, const char *alphabet, bool pad)
{
	size_t o = 0;
	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t left = bytes.n - i;
		unsigned v = (unsigned)(unsigned char)bytes.p[i] << 16;
		if (left > 1)
			v |= (unsigned)(unsigned char)bytes.p[i + 1] << 8;
		if (left > 2)
			v |= (unsigned char)bytes.p[i + 2];
		out[o++] = alphabet[v >> 18];
		out[o++] = alphabet[v >> 12 & 63];
		if (left > 1)
			out[o++] = alphabet[v >> 6 & 63];
		else if (pad)
			out[o++] = '=';
		if (left > 2)
			out[o++] = alphabet[v & 63];
		else if (pad)
			out[o++] = '=';
	}
	return o;
}

struct str
base64url_encode(struct arena *a, struct str bytes)
{
	char *p = arena_alloc(a, (bytes.n + 2) / 3 * 4 + 1);
	size_t n =
	    base64_into(p, bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false);
	return str_make(p, n);
}

struct str
base64_encode(struct arena *a, struct str bytes, unsigned line_length)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = (bytes.n + 2) / 3 * 4;
	char *flat = arena_alloc(a, n + 1);
	n = base64_into(flat, bytes, alphabet, true);
	if (line_length == 0)
		return str_make(flat, n);
	char *p = arena_alloc(a, n + (n / line_length + 1) * 2 + 1);
	size_t o = 0;
	for (size_t i = 0; i < n; i += line_length) {
		size_t part = n - i < line_length ? n - i : line_length;
		memcpy(p + o, flat + i, part);
		o += part;
		p[o++] = '\r';
		p[o++] = '\n';
	}
	return str_make(p, o);
}

enum err
base64_decode(struct arena *a, struct str s, struct str *ret)
{
	void *out;
	size_t n;
	TRY(arena_try(a, s.n + 1, 1, &out));
	if (sodium_base642bin(out, s.n + 1, s.p, s.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL))
		return ERR_INVALID;
	*ret = str_make(out, n);
	return OK;
}
