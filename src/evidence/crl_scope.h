/* What a list of revoked certificates is about. */
#ifndef EVIDENCE_CRL_SCOPE_H
#define EVIDENCE_CRL_SCOPE_H

#include <openssl/x509.h>
#include <stdbool.h>

/* Whether a list of x's issuer says for every reason whether x is revoked: no list of changes (RFC 5280
 * 5.2.4), nothing in it that must be understood and is not, and by its issuing distribution point, if it has
 * one, about certificates of x's kind at a point that x names (5.2.5, 6.3.3 b). */
bool
crl_covers(X509_CRL *crl, X509 *x);

#endif
