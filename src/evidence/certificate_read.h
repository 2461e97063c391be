/* Certificates as they come from outside, decoded. */
#ifndef EVIDENCE_CERTIFICATE_READ_H
#define EVIDENCE_CERTIFICATE_READ_H

#include "ossl.h"
#include "str.h"

/* NULL when these bytes are not exactly one certificate in DER. Those met lately are shared rather than
 * decoded again (decoding costs about as much as checking a signature), so nobody may change one; the caller
 * gives its reference back by X509_free(). Threads may call it at once. */
X509 *
certificate_read(struct str der);

/* Whether the issuer's key signed it. What was found true lately is not computed again: chains are few, and
 * asked about for every signature and time. Threads may call these at once. */
bool
certificate_is_signed_by(X509 *x, X509 *issuer);
bool
certificate_list_is_signed_by(X509_CRL *list, X509 *issuer);

#endif
