/* The validation material of a document (its DSS), and what it says about certificates at a time that is long
 * past (EN 319 102-1 5.2.5). */
#ifndef EVIDENCE_MATERIAL_H
#define EVIDENCE_MATERIAL_H

#include "reader.h"
#include "signed_data.h"

struct material {
	X509_CRL **crls;
	size_t crls_n;
	bool present; /* there is a store */
};

/* What cannot be read in it is left out: it then proves nothing. ERR_PDF_*: the store itself is broken. */
MUST_CHECK enum err
material_read(struct arena *a, struct pdf *p, struct material *ret);
void
material_free(struct material *m);

enum material_word {
	MATERIAL_SILENT, /* nothing conclusive: no list, or only lists older than the time asked about */
	MATERIAL_GOOD,
	MATERIAL_REVOKED /* before or at that time */
};
/* Of every certificate in the signer's chain but the root: the worst word. Lists count when their issuer
 * signed them, and as conclusive when they were issued at or after at_ms. */
enum material_word
material_of_chain(const struct material *m, const struct signed_data *s, int64_t at_ms);

#endif
