/* Reading RFC 3161 time-stamp tokens from outside. */
#ifndef EVIDENCE_TOKEN_H
#define EVIDENCE_TOKEN_H

#include "id.h"
#include "signed_data.h"

#include <openssl/x509.h>
#include <stdint.h>

struct token {
	int64_t time_ms;
	struct str nonce;  /* magnitude, big-endian; empty when there is none */
	struct str policy; /* dotted */
	struct str tsa;    /* common name of the signer's certificate */
	bool trusted;      /* its chain ends in the given anchors */
};

/* Checks a token as far as it can be checked from itself (2.4.2, RFC 5035): DER without slack, one signer,
 * TSTInfo over this SHA-256 imprint, signature, certificate with the critical purpose timeStamping alone and
 * named by its ESSCertID, genTime within its validity. anchors may be NULL; at the time of the token its
 * chain is then only checked within itself. ret_problem says what is wrong. ERR_TSA. */
MUST_CHECK enum err
token_check(struct arena *a, struct str der, const struct sha256 *imprint, X509_STORE *anchors,
    struct token *ret, const char **ret_problem);
/* The time that a token states (genTime), of one that is known to be good. ERR_INVALID. */
MUST_CHECK enum err
token_time(const struct signed_data *token, int64_t *ret_ms);

#endif
