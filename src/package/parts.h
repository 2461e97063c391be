/* Signatures, timestamps, certificates and lists of revoked ones, taken out of signed files. */
#ifndef PACKAGE_PARTS_H
#define PACKAGE_PARTS_H

#include "id.h"
#include "package.h"

enum { PARTS_CERTIFICATES_MAX = 500 };

struct parts {
	struct arena *a;
	struct package *p; /* gets files, seals, revocation and missing */
	struct str roots[PARTS_CERTIFICATES_MAX], others[PARTS_CERTIFICATES_MAX]; /* DER, each once */
	size_t roots_n, others_n;
};

/* A file of the package, in its order. ERR_PDF_LIMIT past PACKAGE_FILES_MAX. */
MUST_CHECK enum err
parts_add_file(struct parts *t, struct str name, struct str bytes);
/* Everything in a signed PDF; stem: what its parts are called after. */
MUST_CHECK enum err
parts_add_pdf(struct parts *t, const char *stem, struct str of, struct str pdf);
/* A detached signature over a whole file of n bytes, and its timestamp. */
MUST_CHECK enum err
parts_add_signature(struct parts *t, const char *stem, struct str of, size_t n, struct str der);
/* The certificates found, as two files; and who issued some of them and is not there. */
MUST_CHECK enum err
parts_add_certificates(struct parts *t);

#endif
