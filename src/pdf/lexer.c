#include "lexer.h"

#include <stdlib.h>

enum { SPACE = 1, DELIMITER = 2 };

static const unsigned char CLASS[256] = {
    [0] = SPACE,
    ['\t'] = SPACE,
    ['\n'] = SPACE,
    ['\f'] = SPACE,
    ['\r'] = SPACE,
    [' '] = SPACE,
    ['('] = DELIMITER,
    [')'] = DELIMITER,
    ['<'] = DELIMITER,
    ['>'] = DELIMITER,
    ['['] = DELIMITER,
    [']'] = DELIMITER,
    ['{'] = DELIMITER,
    ['}'] = DELIMITER,
    ['/'] = DELIMITER,
    ['%'] = DELIMITER,
};

bool
lexer_is_space(unsigned char c)
{
	return CLASS[c] == SPACE;
}

bool
lexer_is_delimiter(unsigned char c)
{
	return CLASS[c] == DELIMITER;
}

bool
lexer_is_regular(unsigned char c)
{
	return CLASS[c] == 0;
}

int
lexer_peek(const struct lexer *l)
{
	return l->at < l->n ? (unsigned char)l->p[l->at] : -1;
}

void
lexer_skip(struct lexer *l)
{
	while (l->at < l->n) {
		unsigned char c = (unsigned char)l->p[l->at];

		if (c == '%') {
			while (l->at < l->n && l->p[l->at] != '\n' && l->p[l->at] != '\r')
				l->at++;
		} else if (CLASS[c] == SPACE) {
			l->at++;
		} else {
			return;
		}
	}
}

bool
lexer_keyword(struct lexer *l, const char *word)
{
	size_t n = strlen(word);

	if (l->n - l->at < n || memcmp(l->p + l->at, word, n) != 0)
		return false;
	if (l->n - l->at > n && lexer_is_regular((unsigned char)l->p[l->at + n]))
		return false;
	l->at += n;
	return true;
}

bool
lexer_uint(struct lexer *l, uint64_t max, uint64_t *ret)
{
	size_t at = l->at;
	uint64_t v = 0;

	while (at < l->n && l->p[at] >= '0' && l->p[at] <= '9') {
		unsigned d = (unsigned)(l->p[at] - '0');

		if (v > (max - d) / 10 || d > max)
			return false;
		v = v * 10 + d;
		at++;
	}
	if (at == l->at)
		return false;
	l->at = at;
	*ret = v;
	return true;
}

enum err
lexer_number(struct lexer *l, struct pdf_obj *ret)
{
	bool negative = false, fraction = false, wide = false;
	uint64_t whole = 0;
	double value = 0, scale = 1;
	size_t digits = 0;
	int c = lexer_peek(l);

	if (c == '+' || c == '-') {
		negative = c == '-';
		l->at++;
	}
	for (; (c = lexer_peek(l)) >= 0 && lexer_is_regular((unsigned char)c); l->at++) {
		if (c == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (c < '0' || c > '9')
			return ERR_PDF_BROKEN;
		digits++;
		if (fraction) {
			scale /= 10;
			value += (c - '0') * scale;
		} else {
			value = value * 10 + (c - '0');
			wide = wide || whole > (uint64_t)(INT64_MAX - 9) / 10;
			if (!wide)
				whole = whole * 10 + (uint64_t)(c - '0');
		}
	}
	if (digits == 0 && !fraction)
		return ERR_PDF_BROKEN;
	if (fraction || wide) {
		ret->kind = PDF_REAL;
		ret->u.real = negative ? -value : value;
	} else {
		ret->kind = PDF_INT;
		ret->u.integer = negative ? -(int64_t)whole : (int64_t)whole;
	}
	return OK;
}

static int
hex_value(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum err
lexer_name(struct arena *a, struct lexer *l, struct str *ret)
{
	size_t from = ++l->at, n = 0;
	bool escaped = false;
	void *copy;
	char *to;

	while (l->at < l->n && lexer_is_regular((unsigned char)l->p[l->at]))
		escaped |= l->p[l->at++] == '#';
	if (!escaped) {
		*ret = str_make(l->p + from, l->at - from);
		return OK;
	}
	TRY(arena_try(a, l->at - from, 1, &copy));
	to = copy;
	for (size_t i = from; i < l->at; i++) {
		int high = -1, low = -1;

		if (l->p[i] == '#' && l->at - i > 2) {
			high = hex_value((unsigned char)l->p[i + 1]);
			low = hex_value((unsigned char)l->p[i + 2]);
		}
		if (high >= 0 && low >= 0) {
			to[n++] = (char)(high << 4 | low);
			i += 2;
		} else {
			to[n++] = l->p[i];
		}
	}
	*ret = str_make(to, n);
	return OK;
}

static enum err
hex_string(struct arena *a, struct lexer *l, struct str *ret)
{
	const char *end = memchr(l->p + l->at, '>', l->n - l->at);
	size_t digits = 0, stop;
	unsigned char *to;
	void *copy;

	if (!end)
		return ERR_PDF_BROKEN;
	stop = (size_t)(end - l->p);
	TRY(arena_try(a, (stop - l->at) / 2 + 1, 1, &copy));
	to = copy;
	for (l->at++; l->at < stop; l->at++) {
		int v = hex_value((unsigned char)l->p[l->at]);

		if (v < 0) {
			if (!lexer_is_space((unsigned char)l->p[l->at]))
				return ERR_PDF_BROKEN;
			continue;
		}
		to[digits / 2] = (unsigned char)(digits % 2 ? to[digits / 2] | v : v << 4);
		digits++;
	}
	l->at = stop + 1;
	*ret = str_make(to, (digits + 1) / 2);
	return OK;
}

/* Decodes one backslash sequence at *i (just after the backslash), writing at most one byte to *to. */
static size_t
unescape(const char *p, size_t n, size_t *i, char *to)
{
	int c = (unsigned char)p[(*i)++];

	switch (c) {
	case 'n': *to = '\n'; return 1;
	case 'r': *to = '\r'; return 1;
	case 't': *to = '\t'; return 1;
	case 'b': *to = '\b'; return 1;
	case 'f': *to = '\f'; return 1;
	case '\n': return 0;
	case '\r':
		if (*i < n && p[*i] == '\n')
			(*i)++;
		return 0;
	default: break;
	}
	if (c >= '0' && c <= '7') {
		int v = c - '0';

		for (int k = 0; k < 2 && *i < n && p[*i] >= '0' && p[*i] <= '7'; k++)
			v = v * 8 + p[(*i)++] - '0';
		*to = (char)v;
	} else {
		*to = (char)c;
	}
	return 1;
}

enum err
lexer_string(struct arena *a, struct lexer *l, struct str *ret)
{
	size_t from = l->at + 1, at = from, n = 0, nesting = 1;
	bool plain = true;
	void *copy;
	char *to;

	if (l->p[l->at] == '<')
		return hex_string(a, l, ret);
	for (; at < l->n; at++) {
		char c = l->p[at];

		if (c == '\\') {
			plain = false;
			at++;
		} else if (c == '\r') {
			plain = false;
		} else if (c == '(') {
			nesting++;
		} else if (c == ')' && --nesting == 0) {
			break;
		}
	}
	if (at >= l->n)
		return ERR_PDF_BROKEN;
	l->at = at + 1;
	if (plain) {
		*ret = str_make(l->p + from, at - from);
		return OK;
	}
	TRY(arena_try(a, at - from, 1, &copy));
	to = copy;
	for (size_t i = from; i < at;) {
		char c = l->p[i++];

		if (c == '\\') {
			n += unescape(l->p, at, &i, to + n);
		} else if (c == '\r') {
			/* Any end of line in a string counts as one line feed. */
			if (i < at && l->p[i] == '\n')
				i++;
			to[n++] = '\n';
		} else {
			to[n++] = c;
		}
	}
	*ret = str_make(to, n);
	return OK;
}
