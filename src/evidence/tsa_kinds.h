/* The kinds of authority behind struct tsa. */
#ifndef EVIDENCE_TSA_KINDS_H
#define EVIDENCE_TSA_KINDS_H

#include "tsa.h"

#include <stdatomic.h>

/* One of several, and how it stands. */
struct tsa_member {
	struct tsa *tsa;
	struct str name;
	_Atomic int64_t rest_until_ms; /* of the monotonic clock */
};

struct tsa {
	enum err (*token)(struct tsa *t, struct str job, const struct sha256 *digest, struct arena *a,
	    struct str *ret, int64_t *ret_time_ms);
	size_t reserve;
	/* embedded */
	struct signer signer;
	const struct certificates *certs;
	/* remote */
	struct tsa_settings settings;
	struct str policy; /* DER of the identifier; empty: any */
	/* several */
	struct tsa_member *members;
	size_t members_n;
	struct tsa_meter meter;
	int64_t rest_ms;
};

#endif
