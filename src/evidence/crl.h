/* The root's list of revoked certificates (RFC 5280 5). */
#ifndef EVIDENCE_CRL_H
#define EVIDENCE_CRL_H

#include "arena.h"

#include <stdint.h>

struct crl_issuer;

/* The root's key and certificate of the folder, and the certificates that are revoked (keys.h). *ret is NULL
 * when the root's key is not there. ERR_CONFIG when the list of revoked ones cannot be read. */
MUST_CHECK enum err
crl_issuer_load(const char *dir, struct crl_issuer **ret);
void
crl_issuer_free(struct crl_issuer *i);
/* A list as of now_ms, good for CRL_DAYS; its number grows with time. DER. */
enum { CRL_DAYS = 35 };
MUST_CHECK enum err
crl_issue(struct crl_issuer *i, int64_t now_ms, struct arena *a, struct str *ret);

#endif
