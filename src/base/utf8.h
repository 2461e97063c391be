/* Text from outside: checked UTF-8, NFC for storage, NFKC + casefold for comparing. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "arena.h"

bool
utf8_valid(struct str s);
/* Code points; s must be valid. */
size_t
utf8_length(struct str s);
/* Reads one code point of valid text at *at and advances it; -1 at the end. */
int
utf8_next(struct str s, size_t *at);
/* One line of text to keep: valid, NFC, trimmed (also of U+3000), at most max code points, no control
 * characters, no bidi overrides. ERR_INVALID otherwise. Variation selectors survive. Empty input is fine and
 * gives an empty string. */
MUST_CHECK enum err
utf8_line(struct arena *a, struct str s, size_t max, struct str *ret);
/* The same for text of several lines: LF allowed, CRLF becomes LF. */
MUST_CHECK enum err
utf8_text(struct arena *a, struct str s, size_t max, struct str *ret);
/* NFKC + casefold: what two spellings of a search key or a typed code have in common. */
MUST_CHECK enum err
utf8_key(struct arena *a, struct str s, struct str *ret);
/* A mail address as typed (full-width forgiven), folded to lower case in its domain. ERR_INVALID unless it is
 * a plain addr-spec of at most 254 bytes with a dot-atom local part. */
MUST_CHECK enum err
utf8_mail(struct arena *a, struct str s, struct str *ret);

#endif
