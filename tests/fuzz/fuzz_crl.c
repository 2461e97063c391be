/* Lists of revoked certificates from a document's store, asked about the chain of a container: the first two
 * bytes say how long the container is, the list follows. */
#include "material.h"

#include <stdint.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct signed_data s = {0};
	struct material m = {0};
	X509_CRL *crl;
	const char *why;
	size_t length = n < 2 ? 0 : (size_t)data[0] << 8 | data[1];

	if (n < 2 || length > n - 2)
		return 0;
	const unsigned char *list = data + 2 + length;
	crl = d2i_X509_CRL(NULL, &list, (long)(n - 2 - length));
	m.crls = &crl;
	m.crls_n = crl != NULL;
	if (signed_data_read(str_make(data + 2, length), &s, &why) == OK)
		(void)material_of_chain(&m, &s, 1700000000000);
	signed_data_free(&s);
	X509_CRL_free(crl);
	return 0;
}
