/* What the root answers about the certificates that it issued. */
#ifndef EVIDENCE_CRL_ISSUER_H
#define EVIDENCE_CRL_ISSUER_H

#include "crl.h"
#include "ossl.h"

struct crl_issuer {
	EVP_PKEY *key;
	X509 *certificate;
	STACK_OF(X509_REVOKED) * revoked;
	STACK_OF(X509) * issued; /* those of the folder */
};

#endif
