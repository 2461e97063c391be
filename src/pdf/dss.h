/* The document security store (ISO 32000-2 12.8.4.3, EN 319 142-1 5.4.2): what is needed to judge signatures
 * when nobody can be asked any more. */
#ifndef PDF_DSS_H
#define PDF_DSS_H

#include "buf.h"
#include "reader.h"

enum { PDF_DSS_MAX = 256 }; /* of each kind */

struct pdf_dss {
	struct str *certs, *crls, *ocsps; /* DER */
	size_t certs_n, crls_n, ocsps_n;
};

/* What the newest revision holds; all empty when it has none. ERR_PDF_LIMIT past PDF_DSS_MAX. */
MUST_CHECK enum err
pdf_dss_read(struct arena *a, struct pdf *p, struct pdf_dss *ret);
/* Appends one revision to *file, which must hold exactly the bytes p was opened from: the store with
 * everything it held and those of `more` that it lacks. Nothing is appended when it lacks none. */
MUST_CHECK enum err
pdf_dss_append(struct arena *a, struct pdf *p, const struct pdf_dss *more, struct buf *file);
/* Whether every object from this number on is part of the store, or lists objects. */
bool
pdf_dss_holds(struct pdf *p, uint32_t from);

#endif
