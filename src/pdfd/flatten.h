/* Annotations and form fields become a part of the page (ISO 32000-2 12.5.5). */
#ifndef PDFD_FLATTEN_H
#define PDFD_FLATTEN_H

#include "resources.h"

/* Draws the page's annotations into content (operators appended to out) with names put into xobjects. What
 * they run, carry or hide is left behind and noted. */
MUST_CHECK enum err
flatten_annotations(struct resources *r, qpdf_oh page, qpdf_oh xobjects, struct buf *out);

#endif
