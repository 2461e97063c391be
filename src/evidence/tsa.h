/* RFC 3161 time-stamp tokens: from the embedded authority or over HTTP from another. */
#ifndef EVIDENCE_TSA_H
#define EVIDENCE_TSA_H

#include "keys.h"

struct tsa;

/* The embedded authority: tokens signed through signer with KEY_TSA; serials are 128 random bits. */
MUST_CHECK enum err
tsa_embedded(struct arena *a, struct signer signer, const struct certificates *certs, struct tsa **ret);
/* An authority at a URL (RFC 3161 3.4); 10 s limit, 1 MiB answers. Its token is checked before use: status,
 * imprint, nonce, time within 60 s, timeStamping EKU, ESSCertID(v2), signature (2.4.2); trust_pem may be
 * NULL. */
MUST_CHECK enum err
tsa_remote(struct arena *a, const char *url, const char *trust_pem, struct tsa **ret);
/* A TimeStampToken (DER ContentInfo) over the digest. ret_time_ms: its genTime. ERR_TSA. */
MUST_CHECK enum err
tsa_token(struct tsa *t, struct str job, const struct sha256 *digest, struct arena *a, struct str *ret,
    int64_t *ret_time_ms);
/* What to call this authority in a document: the subject of its certificate, or its URL. */
MUST_CHECK enum err
tsa_name(const struct tsa *t, struct arena *a, struct str *ret);
/* Room to reserve for a token of this authority, in bytes of DER. */
size_t
tsa_reserve(const struct tsa *t);

#endif
