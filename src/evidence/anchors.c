#include "anchors.h"

#include <openssl/pem.h>

void
anchors_free(X509_STORE **s)
{
	X509_STORE_free(*s);
}

X509_STORE *
anchors_read(struct str pem)
{
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509_STORE *store = X509_STORE_new();
	char no_password[] = ""; /* without one OpenSSL would ask at the terminal */
	int n = 0;

	for (;;) {
		X509 *x CLEANUP(ossl_x509_free) =
		    bio && store ? PEM_read_bio_X509(bio, NULL, NULL, no_password) : NULL;

		if (!x)
			break;
		n += X509_STORE_add_cert(store, x) == 1;
	}
	if (n)
		return store;
	X509_STORE_free(store);
	return NULL;
}
