/* The two kinds of authority behind struct tsa. */
#ifndef EVIDENCE_TSA_KINDS_H
#define EVIDENCE_TSA_KINDS_H

#include "tsa.h"

struct tsa {
	enum err (*token)(struct tsa *t, struct str job, const struct sha256 *digest, struct arena *a,
	    struct str *ret, int64_t *ret_time_ms);
	size_t reserve;
	/* embedded */
	struct signer signer;
	const struct certificates *certs;
	/* remote */
	const char *url, *trust_pem;
};

#endif
