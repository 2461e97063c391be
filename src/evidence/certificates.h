/* Files of certificates, for those who load keys. */
#ifndef EVIDENCE_CERTIFICATES_H
#define EVIDENCE_CERTIFICATES_H

#include "err.h"
#include "ossl.h"

/* The chain of a key from outside, in the folder of keys. */
#define OUTSIDE_PEM "outside.pem"

/* All certificates of a PEM file in their order, at least one. ERR_IO, ERR_CRYPTO. */
MUST_CHECK enum err
certificates_read(const char *path, STACK_OF(X509) * *ret);

#endif
