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

#endif
