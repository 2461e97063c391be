#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "arena.h"

/* Lower-case hexadecimal. */
struct str
hex_encode(struct arena *a, struct str bytes);
void
hex_encode_to(const void *bytes, size_t n, char *ret_2n);
/* Either case, even length, nothing else; writes s.n/2 bytes. */
MUST_CHECK bool
hex_decode(struct str s, unsigned char *ret, size_t cap);
/* base64url without padding (RFC 4648 5). */
struct str
base64url_encode(struct arena *a, struct str bytes);
/* Standard base64 with padding (RFC 4648 4); line_length 0 = one line, else CRLF after so many characters. */
struct str
base64_encode(struct arena *a, struct str bytes, unsigned line_length);
/* The same, read: nothing but it. ERR_INVALID. */
MUST_CHECK enum err
base64_decode(struct arena *a, struct str s, struct str *ret);

#endif
