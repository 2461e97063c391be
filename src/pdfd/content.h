/* Content streams (ISO 32000-2 7.8.2, 14.6) without what belongs to a hidden layer. */
#ifndef PDFD_CONTENT_H
#define PDFD_CONTENT_H

#include "arena.h"
#include "buf.h"

/* Whether marked content /OC with this property list (a name without its slash) is hidden. */
typedef enum err
content_hides(void *user, struct str name, bool *ret);

struct content_found {
	bool marks;  /* there were /OC marks: they are left out of the result */
	bool hidden; /* and some of them hid something */
};

/* Appends the content to out without the operators that paint inside hidden marks; those that set the state
 * of graphics and text stay, so that what follows is drawn where it was. ERR_PDF_ACTIVE: what is hidden
 * cannot be told (a mark without an end, a place in a line of text that depends on hidden letters),
 * ERR_PDF_LIMIT. */
MUST_CHECK enum err
content_flatten(struct arena *a, struct str content, content_hides *hides, void *user, struct buf *out,
    struct content_found *ret);

#endif
