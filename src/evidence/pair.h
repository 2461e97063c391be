/* Whether a contract and a 合意証明書 belong together. The certificate says it in the JSON attached to it
 * (docs/certificate-json.md), which its seal covers: so many bytes from the beginning of the contract have
 * this SHA-256. Offline; no record of ours is asked. */
#ifndef EVIDENCE_PAIR_H
#define EVIDENCE_PAIR_H

#include "verify.h"

/* The first that applies. */
enum pair_verdict {
	PAIR_FITS,
	PAIR_NO_CERTIFICATE,      /* neither file is a certificate: two contracts, say */
	PAIR_NO_CONTRACT,         /* both are certificates */
	PAIR_CERTIFICATE_UNSOUND, /* altered, not sealed as a certificate, or (with anchors) by somebody else
	                           */
	PAIR_CONTRACT_UNSOUND,    /* altered, not signed, ... */
	PAIR_OTHER_VERSION,       /* of the contract: the document ID fits, the bytes do not */
	PAIR_OTHER_CONTRACT
};

struct pair {
	enum pair_verdict verdict;
	bool swapped; /* the first file is the certificate; false as well where that cannot be told */
	struct verification contract, certificate; /* of the second and the first file when swapped */
	struct str document_id;                    /* as the certificate states it; empty when it does not */
	struct str problem;                        /* of the certificate, in words of verify_words.def */
};

/* Two files in either order. trust_pem as for verify_pdf(). ERR_INVALID when it holds no certificate. */
MUST_CHECK enum err
pair_check(struct arena *a, struct str first, struct str second, struct str trust_pem, struct pair *ret);
/* "fits", "no_certificate" and so on: for programs. */
const char *
pair_name(enum pair_verdict v);
/* The verdict in one plain sentence. */
struct str
pair_sentence(struct arena *a, const struct pair *p, bool english);
/* Exit status of `keiin verify CONTRACT CERTIFICATE`: 0 fits, 1 does not, 2 a file cannot be read. */
int
pair_status(const struct pair *p);

#endif
