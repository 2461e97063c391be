/* JSON text as we write it: strings escaped minimally (RFC 8785 3.2.2.2), nothing between the tokens. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "buf.h"

/* A string with its quotation marks. */
void
json_put_string(struct buf *b, struct str s);

#endif
