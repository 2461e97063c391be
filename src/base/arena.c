#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 16 * 1024, ALIGN = 16 };
static const size_t DEFAULT_LIMIT = (size_t)1 << 30;

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	_Alignas(ALIGN) unsigned char data[];
};

void
arena_free(struct arena *a)
{
	for (struct arena_block *b = a->head, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	a->head = NULL;
	a->used = 0;
}

void
arena_reset(struct arena *a)
{
	if (!a->head)
		return;
	struct arena_block *last = a->head;
	while (last->next) {
		struct arena_block *next = last->next;
		free(last);
		last = next;
	}
	last->used = 0;
	a->head = last;
	a->used = 0;
}

static void *
take(struct arena *a, size_t n)
{
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	struct arena_block *b = a->head;
	if (!b || b->size - b->used < n) {
		size_t size = n > BLOCK / 4 ? n : BLOCK;
		struct arena_block *fresh = malloc(sizeof(*fresh) + size);
		if (!fresh)
			return NULL;
		fresh->size = size;
		fresh->used = 0;
		if (b && size != BLOCK) {
			/* a large block goes behind the head, which still has room */
			fresh->next = b->next;
			b->next = fresh;
		} else {
			fresh->next = b;
			a->head = fresh;
		}
		b = fresh;
	}
	void *p = b->data + b->used;
	b->used += n;
	a->used += n;
	return p;
}

static void *
take_zeroed(struct arena *a, size_t n)
{
	void *p = take(a, n);
	return p ? memset(p, 0, n) : NULL;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	void *p = take_zeroed(a, n ? n : 1);
	if (!p)
		abort();
	return p;
}

enum err
arena_try(struct arena *a, size_t n, size_t size, void **ret)
{
	size_t limit = a->limit ? a->limit : DEFAULT_LIMIT, bytes;
	if (__builtin_mul_overflow(n, size, &bytes) || bytes > limit || a->used > limit - bytes)
		return ERR_NOMEM;
	void *p = take_zeroed(a, bytes ? bytes : 1);
	if (!p)
		return ERR_NOMEM;
	*ret = p;
	return OK;
}

char *
arena_cstr(struct arena *a, struct str s)
{
	char *p = take(a, s.n + 1);
	if (!p)
		abort();
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = 0;
	return p;
}

struct str
arena_str(struct arena *a, struct str s)
{
	return (struct str){arena_cstr(a, s), s.n};
}

struct str
arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	if (!fmt)
		abort();
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0)
		abort();
	char *p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct str){p, (size_t)n};
}

struct str
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}
