/* Tokens of PDF syntax (ISO 32000-2 7.2, 7.3) over a run of bytes; nothing here reads outside [p, p + n). */
#ifndef PDF_LEXER_H
#define PDF_LEXER_H

#include "reader.h"

struct lexer {
	const char *p;
	size_t n, at;
};

bool
lexer_is_space(unsigned char c);
bool
lexer_is_delimiter(unsigned char c);
/* A regular character: neither white space nor a delimiter. */
bool
lexer_is_regular(unsigned char c);
/* The byte at the cursor, or -1 at the end. */
int
lexer_peek(const struct lexer *l);
/* Skips white space and comments. */
void
lexer_skip(struct lexer *l);
/* Eats the keyword if it stands at the cursor and no regular character follows it. */
bool
lexer_keyword(struct lexer *l, const char *word);
/* Eats an unsigned decimal of at most max at the cursor; the cursor stays when there is none. */
bool
lexer_uint(struct lexer *l, uint64_t max, uint64_t *ret);
/* Eats a number: integers that fit into int64_t as PDF_INT, all else as PDF_REAL. */
MUST_CHECK enum err
lexer_number(struct lexer *l, struct pdf_obj *ret);
/* Eats a name; the cursor is at its slash. Bytes without '#' are not copied. */
MUST_CHECK enum err
lexer_name(struct arena *a, struct lexer *l, struct str *ret);
/* Eats a string; the cursor is at '(' or at '<'. */
MUST_CHECK enum err
lexer_string(struct arena *a, struct lexer *l, struct str *ret);

#endif
