/* What a page draws with (ISO 32000-2 7.8.3), all the way down: streams of drawing operators, images, fonts.
 */
#ifndef PDFD_RESOURCES_H
#define PDFD_RESOURCES_H

#include "handle.h"
#include "layers.h"
#include "values.h"

struct resources {
	qpdf_data q;
	struct arena *a;
	const struct layers *layers; /* NULL: none */
	unsigned char *seen;         /* a bit an object: it was looked at */
	qpdf_oh properties;          /* an array of what layers are named by */
	unsigned *notes;
	unsigned page;              /* at hand, from 1 */
	struct field_value *values; /* of the fields met so far */
};

/* The memory is the arena's. layers may be NULL. */
struct resources
resources_begin(qpdf_data q, struct arena *a, const struct layers *layers, unsigned *notes);
/* Takes out what depends on the viewer, once for each object: hidden layers, drawings kept in other files,
 * images for printing only; notes that and fonts that are not embedded. ERR_PDF_ACTIVE: it cannot be taken
 * out, ERR_PDF_LIMIT. */
MUST_CHECK enum err
resources_clean(struct resources *r, qpdf_oh resources);
/* The same for one form XObject, as an annotation's appearance is. */
MUST_CHECK enum err
resources_clean_form(struct resources *r, qpdf_oh form);
/* And for the content of the page itself, whose resources are its own. */
MUST_CHECK enum err
resources_clean_page(struct resources *r, qpdf_oh page);
/* Whether an /OC entry hides what it stands in. */
MUST_CHECK enum err
resources_hide(struct resources *r, qpdf_oh dict, bool *ret);

/* Once all pages are clean: marks no longer name layers, so the names go, too. */
void
resources_end(struct resources *r);

#endif
