/* The validation material of a document (its DSS), and what it says about certificates at a time that is long
 * past (EN 319 102-1 5.2.5). */
#ifndef EVIDENCE_MATERIAL_H
#define EVIDENCE_MATERIAL_H

#include "ocsp.h"
#include "reader.h"
#include "signed_data.h"

struct material {
	X509_CRL **crls;
	OCSP_BASICRESP **ocsps;
	X509 **certs;
	size_t crls_n, ocsps_n, certs_n;
	bool present; /* there is a store */
};

/* What cannot be read in it is left out: it then proves nothing. ERR_PDF_*: the store itself is broken. */
MUST_CHECK enum err
material_read(struct arena *a, struct pdf *p, struct material *ret);
void
material_free(struct material *m);
/* One more, DER, of what material_read() has room for; false when it cannot be read. */
bool
material_add_crl(struct material *m, struct str der);
bool
material_add_ocsp(struct material *m, struct str der);
bool
material_add_certificate(struct material *m, struct str der);

enum material_word {
	MATERIAL_SILENT, /* nothing conclusive: no list or answer, or only such as are older than the time */
	MATERIAL_GOOD,
	MATERIAL_REVOKED /* before or at that time */
};
/* Who signed x, of the container's certificates or else of the store's: x itself when it is a root; NULL. */
X509 *
material_issuer(const struct material *m, const struct signed_data *s, X509 *x);
/* Of one certificate. Lists count when its issuer signed them and they say all about it (crl_scope.h),
 * answers as ocsp_about() says; as conclusive when they were issued at or after at_ms. */
enum material_word
material_of(const struct material *m, X509 *x, X509 *issuer, int64_t at_ms);
/* Of every certificate in the signer's chain but the root: the worst word. */
enum material_word
material_of_chain(const struct material *m, const struct signed_data *s, int64_t at_ms);

#endif
