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
/* An answer about one certificate of the folder (RFC 6960 4.2), good for a day; of a fixed size: it crosses
 * from role to role. ERR_NOT_FOUND when the root did not issue it. DER. */
enum { OCSP_SERIAL_MAX = 20 };
struct ocsp_subject {
	unsigned char by_sha256; /* how the question named the issuer; else by SHA-1 */
	unsigned char serial_n, serial[OCSP_SERIAL_MAX]; /* big-endian */
};
MUST_CHECK enum err
ocsp_issue(
    struct crl_issuer *i, const struct ocsp_subject *about, int64_t now_ms, struct arena *a, struct str *ret);

#endif
