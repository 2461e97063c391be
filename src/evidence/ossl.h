/* OpenSSL's objects, given back at the end of a block. */
#ifndef EVIDENCE_OSSL_H
#define EVIDENCE_OSSL_H

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#define OSSL_CLEANUP(name, type, release)                                                                    \
	static inline void name(type **p)                                                                    \
	{                                                                                                    \
		if (*p)                                                                                      \
			release(*p);                                                                         \
	}

OSSL_CLEANUP(ossl_bio_free, BIO, BIO_free_all)
OSSL_CLEANUP(ossl_pkey_free, EVP_PKEY, EVP_PKEY_free)
OSSL_CLEANUP(ossl_pkey_ctx_free, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
OSSL_CLEANUP(ossl_md_ctx_free, EVP_MD_CTX, EVP_MD_CTX_free)
OSSL_CLEANUP(ossl_x509_free, X509, X509_free)

static inline void
ossl_x509s_free(STACK_OF(X509) * *p)
{
	sk_X509_pop_free(*p, X509_free);
}

#endif
