#include "utf8.h"

#include <stdlib.h>
#include <utf8proc.h>

bool
utf8_valid(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		utf8proc_int32_t c;
		utf8proc_ssize_t n =
		    utf8proc_iterate((const utf8proc_uint8_t *)s.p + i, (utf8proc_ssize_t)(s.n - i), &c);
		if (n <= 0)
			return false;
		i += (size_t)n;
	}
	return true;
}

int
utf8_next(struct str s, size_t *at)
{
	utf8proc_int32_t c;
	if (*at >= s.n)
		return -1;
	utf8proc_ssize_t n =
	    utf8proc_iterate((const utf8proc_uint8_t *)s.p + *at, (utf8proc_ssize_t)(s.n - *at), &c);
	if (n <= 0)
		return -1;
	*at += (size_t)n;
	return c;
}

size_t
utf8_length(struct str s)
{
	size_t count = 0;
	for (size_t i = 0; i < s.n; i++)
		count += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return count;
}

static enum err
map(struct arena *a, struct str s, utf8proc_option_t options, struct str *ret)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t n =
	    utf8proc_map((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &out, options);
	if (n < 0)
		return n == UTF8PROC_ERROR_NOMEM ? ERR_NOMEM : ERR_INVALID;
	*ret = arena_str(a, str_make(out, (size_t)n));
	free(out);
	return OK;
}

/* Embeddings, overrides and isolates (UAX #9) can make a name read as another. */
static bool
is_bidi_control(int c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f ||
	       c == 0x061c;
}

static struct str
trim_wide(struct str s)
{
	static const struct str wide = {"\xe3\x80\x80", 3};
	for (;;) {
		struct str t = str_trim(s);
		while (str_starts(t, wide))
			t = str_slice(t, 3, t.n);
		while (str_ends(t, wide))
			t = str_slice(t, 0, t.n - 3);
		if (t.n == s.n)
			return t;
		s = t;
	}
}

static enum err
clean(struct arena *a, struct str s, size_t max, bool lines, struct str *ret)
{
	if (s.n > max * 8 + 64 || !utf8_valid(s))
		return ERR_INVALID;
	char *flat = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (!(lines && s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n'))
			flat[n++] = s.p[i];
	struct str t = trim_wide(str_make(flat, n));
	if (t.n == 0) {
		*ret = STR("");
		return OK;
	}
	TRY(map(a, t, UTF8PROC_STABLE | UTF8PROC_COMPOSE, &t));
	if (utf8_length(t) > max)
		return ERR_INVALID;
	for (size_t at = 0; at < t.n;) {
		int c = utf8_next(t, &at);
		bool control =
		    c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || is_bidi_control(c);
		if (control && !(lines && (c == '\n' || c == '\t')))
			return ERR_INVALID;
	}
	*ret = t;
	return OK;
}

enum err
utf8_line(struct arena *a, struct str s, size_t max, struct str *ret)
{
	return clean(a, s, max, false, ret);
}

enum err
utf8_text(struct arena *a, struct str s, size_t max, struct str *ret)
{
	return clean(a, s, max, true, ret);
}

enum err
utf8_key(struct arena *a, struct str s, struct str *ret)
{
	if (s.n == 0) {
		*ret = STR("");
		return OK;
	}
	return map(a, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, ret);
}

static bool
atom_char(char c, bool domain)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-')
		return true;
	return !domain && c && strchr("!#$%&'*+/=?^_`{|}~", c);
}

static bool
dot_atom(struct str s, bool domain)
{
	bool dot = true;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' ? dot : !atom_char(s.p[i], domain))
			return false;
		dot = s.p[i] == '.';
	}
	return s.n && !dot;
}

enum err
utf8_mail(struct arena *a, struct str s, struct str *ret)
{
	if (s.n == 0 || s.n > 1024 || !utf8_valid(s))
		return ERR_INVALID;
	TRY(map(a, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT, &s));
	s = trim_wide(s);
	ptrdiff_t at = str_chr(s, '@');
	if (at <= 0 || at > 64 || s.n > 254)
		return ERR_INVALID;
	struct str local = str_slice(s, 0, (size_t)at), domain = str_slice(s, (size_t)at + 1, s.n);
	if (!dot_atom(local, false) || !dot_atom(domain, true))
		return ERR_INVALID;
	char *p = arena_cstr(a, s);
	for (size_t i = (size_t)at + 1; i < s.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] + 32);
	*ret = str_make(p, s.n);
	return OK;
}
