/* CMS SignedData (RFC 5652), encoded by ourselves: signed attributes content-type, message-digest and
 * signing-certificate-v2 and no others, because PAdES baseline forbids signing-time in the container (EN 319
 * 142-1 6.3), which OpenSSL's encoder always adds. */
#ifndef EVIDENCE_CMS_H
#define EVIDENCE_CMS_H

#include "keys.h"

struct cms_request {
	struct signer signer;
	enum key_id key;
	const struct chain *chain;
	struct str job;
	struct sha256 digest; /* of the content */
	struct str content;   /* DER of TSTInfo, embedded as id-ct-TSTInfo; empty = detached data */
	bool bare;            /* without certificates */
};

/* What was signed and the signature: kept apart so that a timestamp over the signature can be added. */
struct cms_signed {
	struct str attributes; /* DER with the implicit tag [0] */
	struct str signature;
};

MUST_CHECK enum err
cms_sign(struct arena *a, const struct cms_request *r, struct cms_signed *ret);
/* The whole ContentInfo; token: a TimeStampToken over the signature as unsigned attribute, or empty. */
struct str
cms_encode(struct arena *a, const struct cms_request *r, const struct cms_signed *s, struct str token);
/* No container of this chain is larger, tokens and content not counted. */
size_t
cms_reserve(const struct chain *chain);

#endif
