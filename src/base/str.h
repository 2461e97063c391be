/* Strings with a length: bytes that may hold NUL, never assumed to end in one. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})
/* For "%.*s". */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct str
str_c(const char *c)
{
	return c ? (struct str){c, strlen(c)} : STR_NONE;
}

static inline struct str
str_make(const void *p, size_t n)
{
	return (struct str){p, n};
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool
str_ends(struct str s, struct str suffix);
/* ASCII case-insensitive equality. */
bool
str_ieq(struct str a, struct str b);
/* First place of needle in s, or -1. */
ptrdiff_t
str_find(struct str s, struct str needle);
ptrdiff_t
str_find_last(struct str s, struct str needle);
ptrdiff_t
str_chr(struct str s, char c);
/* s without ASCII whitespace at both ends. */
struct str
str_trim(struct str s);
/* Bytes [from, to) clipped to s. */
struct str
str_slice(struct str s, size_t from, size_t to);
/* Cuts s at the first sep: ret_head is what came before it, s what follows. False when s was empty. */
bool
str_split(struct str *s, char sep, struct str *ret_head);
/* Decimal, without sign, no other characters, at most max. */
bool
str_to_u64(struct str s, unsigned long long max, unsigned long long *ret);
/* Plain decimal number such as 120 or 12.5 or -3; nothing else. */
bool
str_to_double(struct str s, double *ret);

#endif
