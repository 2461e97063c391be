/* Millimetres on the page as displayed, and the page's own space. */
#ifndef PDF_PLACE_H
#define PDF_PLACE_H

#include "sign.h"

/* From "origin bottom left of the page as displayed, x to the right, in default user space units" to user
 * space. */
struct pdf_matrix {
	double v[6]; /* a b c d e f */
};

struct pdf_matrix
page_matrix(const struct pdf_page *page);
/* Rectangle in user space, normalised. ERR_INVALID when the place leaves the page. */
MUST_CHECK enum err
place_rect(const struct pdf_page *page, const struct pdf_place *place, double ret[4]);

#endif
