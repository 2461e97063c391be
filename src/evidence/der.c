#include "der.h"

#include <stdlib.h>
#include <time.h>

enum { SET_PARTS_MAX = 8 };

static size_t
put_length(unsigned char *to, size_t n)
{
	size_t bytes = 0;

	if (n < 128) {
		to[0] = (unsigned char)n;
		return 1;
	}
	for (size_t v = n; v; v >>= 8)
		bytes++;
	to[0] = (unsigned char)(0x80 | bytes);
	for (size_t i = 0; i < bytes; i++)
		to[1 + i] = (unsigned char)(n >> 8 * (bytes - 1 - i));
	return 1 + bytes;
}

struct str
der_wrap(struct arena *a, enum der_tag tag, const struct str *parts, size_t n)
{
	unsigned char head[2 + sizeof(size_t)], *out;
	size_t inside = 0, at;

	for (size_t i = 0; i < n; i++)
		inside += parts[i].n;
	head[0] = (unsigned char)tag;
	at = 1 + put_length(head + 1, inside);
	out = arena_alloc(a, at + inside);
	memcpy(out, head, at);
	for (size_t i = 0; i < n; i++) {
		if (parts[i].n)
			memcpy(out + at, parts[i].p, parts[i].n);
		at += parts[i].n;
	}
	return str_make(out, at);
}

static int
by_bytes(const void *a, const void *b)
{
	const struct str *x = a, *y = b;
	int c = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return c ? c : (x->n > y->n) - (x->n < y->n);
}

struct str
der_set_of(struct arena *a, enum der_tag tag, const struct str *parts, size_t n)
{
	struct str sorted[SET_PARTS_MAX];

	if (n > SET_PARTS_MAX)
		abort();
	memcpy(sorted, parts, n * sizeof(*parts));
	qsort(sorted, n, sizeof(*sorted), by_bytes);
	return der_wrap(a, tag, sorted, n);
}

struct str
der_integer(struct arena *a, struct str bytes)
{
	while (bytes.n > 1 && bytes.p[0] == 0) {
		bytes.p++;
		bytes.n--;
	}
	if (bytes.n == 0 || (unsigned char)bytes.p[0] >= 0x80)
		return DER(a, DER_INTEGER, str_make("\0", 1), bytes);
	return DER(a, DER_INTEGER, bytes);
}

struct str
der_small(struct arena *a, unsigned char v)
{
	return der_integer(a, str_make(&v, 1));
}

struct str
der_time(struct arena *a, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	char text[32];
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(text, sizeof(text), "%Y%m%d%H%M%S", &tm);
	if (ms % 1000) {
		struct str fraction = arena_printf(a, ".%03d", (int)(ms % 1000));

		while (fraction.p[fraction.n - 1] == '0')
			fraction.n--;
		return DER(a, DER_TIME, str_make(text, n), fraction, STR("Z"));
	}
	return DER(a, DER_TIME, str_make(text, n), STR("Z"));
}
