/* Answers about single certificates (OCSP, RFC 6960): asking, and judging what was answered. */
#ifndef EVIDENCE_OCSP_H
#define EVIDENCE_OCSP_H

#include "arena.h"
#include "ossl.h"

#include <openssl/ocsp.h>
#include <stdint.h>

OSSL_CLEANUP(ocsp_request_free, OCSP_REQUEST, OCSP_REQUEST_free)
OSSL_CLEANUP(ocsp_basic_free, OCSP_BASICRESP, OCSP_BASICRESP_free)

/* The question about one certificate, with a nonce (4.1, RFC 8954); ret_der in the arena. ERR_CRYPTO. */
MUST_CHECK enum err
ocsp_ask(struct arena *a, X509 *x, X509 *issuer, OCSP_REQUEST **ret, struct str *ret_der);
/* The basic response of a successful answer (4.2.1); NULL when it is none. */
OCSP_BASICRESP *
ocsp_read(struct str der);

struct ocsp_statement {
	bool good, revoked; /* neither: unknown */
	int64_t revoked_ms;
	int64_t this_ms, next_ms; /* thisUpdate; nextUpdate, 0 when there is none */
};
/* What an answer says about a certificate. False when it says nothing, or when who signed it is neither the
 * issuer itself nor somebody whom the issuer appointed for that (id-kp-OCSPSigning, 4.2.2.2), valid when it
 * was made. */
bool
ocsp_about(OCSP_BASICRESP *r, X509 *x, X509 *issuer, struct ocsp_statement *ret);
/* Lists and answers signed over MD5 or SHA-1 prove nothing any more. nid: of the signature algorithm. */
bool
ocsp_is_strong(int nid);
/* 0 when it cannot be told. */
int64_t
ocsp_time_ms(const ASN1_TIME *t);

#endif
