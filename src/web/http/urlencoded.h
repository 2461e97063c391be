#ifndef WEB_HTTP_URLENCODED_H
#define WEB_HTTP_URLENCODED_H

#include "http.h"

/* application/x-www-form-urlencoded (WHATWG URL 5.1): at most max fields; values must be valid UTF-8 without
 * NUL. */
MUST_CHECK enum err
urlencoded_parse(struct arena *a, struct str s, size_t max, struct http_field **ret, size_t *ret_n);
/* Percent-decoding of one component; plus stays a plus unless plus_is_space. */
MUST_CHECK enum err
urlencoded_decode(struct arena *a, struct str s, bool plus_is_space, struct str *ret);

#endif
