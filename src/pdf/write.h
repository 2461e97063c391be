/* PDF syntax, written. */
#ifndef PDF_WRITE_H
#define PDF_WRITE_H

#include "buf.h"
#include "reader.h"

/* A direct object; streams are written as their dictionary alone. Reading it again gives an equal object. */
void
pdf_write(struct buf *b, const struct pdf_obj *o);
/* With its slash. */
void
pdf_write_name(struct buf *b, struct str name);
/* A text string (7.9.2.2): ASCII as it is, anything else as UTF-16BE. Bytes that are no UTF-8 become U+FFFD.
 */
void
pdf_write_text(struct buf *b, struct str utf8);
/* Without an exponent, at most 10 decimals. */
void
pdf_write_number(struct buf *b, double v);
/* UTF-8 of a text string: UTF-16BE or UTF-8 with a byte order mark, else as Latin-1. */
MUST_CHECK enum err
pdf_text(struct arena *a, struct str s, struct str *ret);

#endif
