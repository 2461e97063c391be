#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
buf_free(struct buf *b)
{
	free(b->p);
	b->p = NULL;
	b->n = b->cap = 0;
}

bool
buf_reserve(struct buf *b, size_t n)
{
	size_t need;
	if (__builtin_add_overflow(b->n, n, &need) || (b->limit && need > b->limit)) {
		b->overflow = true;
		return false;
	}
	if (need <= b->cap)
		return true;
	size_t cap = b->cap ? b->cap : 256;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	char *p = realloc(b->p, cap);
	if (!p)
		abort();
	b->p = p;
	b->cap = cap;
	return true;
}

void
buf_put(struct buf *b, struct str s)
{
	if (s.n == 0 || !buf_reserve(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void
buf_put_c(struct buf *b, const char *c)
{
	buf_put(b, str_c(c));
}

void
buf_put_byte(struct buf *b, unsigned char c)
{
	buf_put(b, str_make(&c, 1));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	if (buf_reserve(b, (size_t)n + 1)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}
