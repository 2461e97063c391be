/* A document that came with signatures (ISO 32000-2 12.8): what they say of themselves. */
#ifndef PDFD_ORIGINAL_H
#define PDFD_ORIGINAL_H

#include "handle.h"

/* Text as the file says: anything, at most ORIGINAL_TEXT_MAX bytes of UTF-8. */
enum { ORIGINAL_TEXT_MAX = 300 };
struct original_signature {
	struct str field, name, time; /* time: "2026-01-02 03:04:05 +09:00", or empty */
	bool is_timestamp;
};
struct original {
	bool is_signed; /* also by rights of use or material for validation alone */
	struct str title;
	unsigned signatures_n; /* all there are; the first DOCUMENT_LISTED_MAX are in the list */
	struct original_signature *signatures;
};

/* Lives in the arena. ERR_PDF_LIMIT: too many or too deep form fields. */
MUST_CHECK enum err
original_read(qpdf_data q, qpdf_oh root, struct arena *a, struct original *ret);

#endif
