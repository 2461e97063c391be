/* A signed document goes under a cover: pages in front of its own, and the file as it came attached. */
#ifndef PDFD_COVER_H
#define PDFD_COVER_H

#include "handle.h"
#include "pdfd.h"

/* How much room the mark of a copied page takes at its foot, in points; the baseline is so far up in it. */
enum { COVER_MARK_WIDTH = 24, COVER_MARK_HEIGHT = 12, COVER_MARK_BASELINE = 3 };

/* Puts all pages of the cover but the last before the first of q; the last one's lower left corner becomes
 * the mark, a form XObject of q. `from` holds the cover and must outlive q's last use. */
MUST_CHECK enum err
cover_pages(qpdf_data q, qpdf_data from, struct str pages, int *ret_n, qpdf_oh *ret_mark);
/* Attaches the file as it came to the catalog (ISO 32000-2 7.11.4, 14.13). */
MUST_CHECK enum err
cover_attach(qpdf_data q, struct arena *a, qpdf_oh root, struct str pdf, struct str name);

#endif
