/* Port: the embedded authority as strangers ask it over HTTP: for timestamps (RFC 3161 3.4), about
 * certificates (RFC 6960 A.1), for the list of revoked ones. What is made is made whole by whoever holds the
 * keys, by its own clock. In the role web only; several threads may ask. */
#ifndef PORT_AUTHORITY_H
#define PORT_AUTHORITY_H

#include "arena.h"

struct authority;

/* Any bytes in, a TimeStampResp out; refusals are answers, too. ERR_NOT_FOUND: strangers get none here. */
MUST_CHECK enum err
authority_timestamp(struct authority *t, struct str query, struct arena *a, struct str *ret);
/* Any bytes in, an OCSPResponse out. */
MUST_CHECK enum err
authority_ocsp(struct authority *t, struct str request, struct arena *a, struct str *ret);
/* ERR_NOT_FOUND: the root's key was taken away. DER. */
MUST_CHECK enum err
authority_crl(struct authority *t, struct arena *a, struct str *ret);

#endif
