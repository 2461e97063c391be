/* The picture of a signature: the impression as a form XObject (ISO 32000-2 12.5.5), multiplied onto the
 * page. */
#ifndef PDF_APPEARANCE_H
#define PDF_APPEARANCE_H

#include "sign.h"
#include "update.h"

/* Writes it for a field's rectangle on a page; ink may be NULL for an empty picture. ret_num: the form
 * XObject. */
MUST_CHECK enum err
appearance_write(struct update *u, const struct pdf_page *page, const double rect[4],
    const struct pdf_ink *ink, uint32_t *ret_num);

#endif
