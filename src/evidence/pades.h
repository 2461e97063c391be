/* PAdES signatures (EN 319 142-1): B-B signatures and document timestamps, over pdf/sign.h and our own CMS
 * encoder. */
#ifndef EVIDENCE_PADES_H
#define EVIDENCE_PADES_H

#include "buf.h"
#include "keys.h"
#include "sha256_prefix.h"
#include "sign.h"
#include "tsa.h"

struct pades {
	struct signer signer;
	const struct certificates *certs;
	struct tsa *tsa;              /* embedded or remote authority */
	struct str job;               /* which job asks, for keyd's log */
	struct sha256_prefix *hashed; /* of a beginning of the file, carried from one signature to the next;
	                                 NULL: nothing is known */
};

/* *file holds the whole PDF; on OK it holds it with one more revision, on error it is as it was.
 * For CERTIFY and APPROVE: level B-B, attributes content-type, message-digest, signing-certificate-v2 and no
 * others (6.3); with_timestamp adds the RFC 3161 token as unsigned attribute (B-T). For TIMESTAMP: a document
 * timestamp (5.4.3), whose time goes to *ret_time_ms (untouched for the other kinds). */
MUST_CHECK enum err
pades_sign(const struct pades *p, struct pdf_sign_request *req, bool with_timestamp, struct buf *file,
    int64_t *ret_time_ms);

#endif
