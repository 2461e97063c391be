/* Validation material of authorities that are not ours: asked for at the addresses in their certificates, and
 * taken only when it proves something. */
#ifndef EVIDENCE_GATHER_H
#define EVIDENCE_GATHER_H

#include "dss.h"
#include "material.h"

#include <stdatomic.h>

enum { GATHER_ANSWER_MAX = 5 << 20, OUTSIDE_RESTING_MAX = 16 };

/* How the world outside is asked; one for the whole process. */
struct outside {
	bool private_allowed; /* addresses of private networks may be gone to */
	int64_t rest_ms;      /* a server that did not answer is not asked again for so long */
	struct {
		_Atomic uint64_t server;  /* digest of its name and port */
		_Atomic int64_t until_ms; /* of the monotonic clock */
	} resting[OUTSIDE_RESTING_MAX];
	struct str *certificates; /* known to the operator, DER: issuers that nobody delivers */
	size_t certificates_n;
};

struct gathering {
	struct arena *a;
	struct outside *outside;
	struct material *material; /* what there is; grows */
	struct pdf_dss *found;     /* the same as DER, with room for PDF_DSS_MAX of each kind; grows */
};

/* Completes what is needed to judge the signer's chain as of at_ms: issuers that are missing (RFC
 * 5280 4.2.2.1, caIssuers), and for each certificate but the root an answer (RFC 6960) or else a list (RFC
 * 5280 5) made at or after that time. A certificate that names no address stays without. ERR_TSA: something
 * conclusive may come later, try again. */
MUST_CHECK enum err
gather_chain(struct gathering *g, const struct signed_data *s, int64_t at_ms);

#endif
