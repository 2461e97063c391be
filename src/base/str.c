#include "str.h"

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

static unsigned char
lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

bool
str_ieq(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower((unsigned char)a.p[i]) != lower((unsigned char)b.p[i]))
			return false;
	return true;
}

ptrdiff_t
str_find(struct str s, struct str needle)
{
	if (needle.n == 0)
		return 0;
	const char *hit = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return hit ? hit - s.p : -1;
}

ptrdiff_t
str_find_last(struct str s, struct str needle)
{
	if (needle.n > s.n)
		return -1;
	for (size_t i = s.n - needle.n + 1; i-- > 0;)
		if (memcmp(s.p + i, needle.p, needle.n) == 0)
			return (ptrdiff_t)i;
	return -1;
}

ptrdiff_t
str_chr(struct str s, char c)
{
	const char *hit = s.n ? memchr(s.p, c, s.n) : NULL;
	return hit ? hit - s.p : -1;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str
str_trim(struct str s)
{
	while (s.n && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str
str_slice(struct str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return (struct str){s.p ? s.p + from : NULL, to - from};
}

bool
str_split(struct str *s, char sep, struct str *ret_head)
{
	if (s->n == 0)
		return false;
	ptrdiff_t at = str_chr(*s, sep);
	if (at < 0) {
		*ret_head = *s;
		*s = STR_NONE;
	} else {
		*ret_head = str_slice(*s, 0, (size_t)at);
		*s = str_slice(*s, (size_t)at + 1, s->n);
	}
	return true;
}

bool
str_to_u64(struct str s, unsigned long long max, unsigned long long *ret)
{
	unsigned long long v = 0;
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		unsigned d = (unsigned)(s.p[i] - '0');
		if (v > (max - d) / 10 || d > max)
			return false;
		v = v * 10 + d;
	}
	*ret = v;
	return true;
}

bool
str_to_double(struct str s, double *ret)
{
	double v = 0, scale = 1;
	bool neg = false, dot = false, digit = false;
	size_t i = 0;
	if (s.n > 32)
		return false;
	if (i < s.n && s.p[i] == '-') {
		neg = true;
		i++;
	}
	for (; i < s.n; i++) {
		char c = s.p[i];
		if (c == '.' && !dot) {
			dot = true;
		} else if (c >= '0' && c <= '9') {
			digit = true;
			v = v * 10 + (c - '0');
			if (dot)
				scale *= 10;
		} else {
			return false;
		}
	}
	if (!digit)
		return false;
	*ret = (neg ? -v : v) / scale;
	return true;
}
