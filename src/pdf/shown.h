/* Whether a form shows what it holds: programs read a field's value, people its picture. */
#ifndef PDF_SHOWN_H
#define PDF_SHOWN_H

#include "reader.h"

/* Compares values with appearances (ISO 32000-2 12.7.5.2.3 for buttons, 12.7.4.3 for text and choices) in
 * every field that is no signature and not hidden. *ret is false when one differs, and when one cannot be
 * compared: it has no appearance, or one that is no plain text in ASCII. ERR_PDF_LIMIT past 5,000 fields and
 * a million of what has to be looked at for them. */
MUST_CHECK enum err
pdf_values_are_shown(struct pdf *p, bool *ret);

#endif
