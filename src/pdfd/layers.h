/* Optional content (ISO 32000-2 8.11): which of it the default configuration shows on a screen. */
#ifndef PDFD_LAYERS_H
#define PDFD_LAYERS_H

#include "arena.h"

#include <qpdf/qpdf-c.h>

struct layers;

/* NULL when the document has none. ERR_PDF_ACTIVE where viewers differ: intents that are not the
 * configuration's. */
MUST_CHECK enum err
layers_read(qpdf_data q, qpdf_oh root, struct arena *a, struct layers **ret);
/* Whether content of this group or membership dictionary is hidden (8.11.2.2); of anything else it is not. */
MUST_CHECK enum err
layers_hide(const struct layers *l, qpdf_oh what, bool *ret);

#endif
