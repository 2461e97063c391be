/* Arenas: memory for one request or job, given back all at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "err.h"
#include "str.h"

#include <stdarg.h>

struct arena {
	struct arena_block *head;
	size_t used;  /* bytes handed out */
	size_t limit; /* arena_try() refuses past this; 0 = 1 GiB */
};

/* A zeroed struct arena is an empty arena; limit may be set. Freeing leaves it empty and usable. */
void
arena_free(struct arena *a);
/* Empties the arena but keeps its first block for the next use. */
void
arena_reset(struct arena *a);

/* Zeroed memory, aligned for any object. For sizes of our own making: exhaustion ends the process. */
void *
arena_alloc(struct arena *a, size_t n);
/* Zeroed memory for n objects of a size that came from outside. ERR_NOMEM past the limit or on overflow. */
MUST_CHECK enum err
arena_try(struct arena *a, size_t n, size_t size, void **ret);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))

/* Copies, always followed by a NUL that is not counted. */
struct str
arena_str(struct arena *a, struct str s);
char *
arena_cstr(struct arena *a, struct str s);
struct str
arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str
arena_vprintf(struct arena *a, const char *fmt, va_list ap);

#endif
