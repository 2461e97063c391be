/* A growing run of bytes. Growth failure ends the process unless a limit was set, then it is remembered. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "err.h"
#include "str.h"

#include <stdint.h>

struct buf {
	char *p;
	size_t n, cap;
	size_t limit;  /* 0 = none; appending past it sets overflow and drops the bytes */
	bool overflow; /* a limit was hit: the contents are not whole */
};

void
buf_free(struct buf *b);
/* Makes room for n more bytes; false past the limit. */
bool
buf_reserve(struct buf *b, size_t n);
void
buf_put(struct buf *b, struct str s);
void
buf_put_c(struct buf *b, const char *c);
void
buf_put_byte(struct buf *b, unsigned char c);
void
buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static inline struct str
buf_str(const struct buf *b)
{
	return (struct str){b->p, b->n};
}

#endif
