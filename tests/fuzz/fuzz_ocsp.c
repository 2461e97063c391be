/* Answers about certificates from a document's store, asked about the chain of a container: the first two
 * bytes say how long the container is, the answer follows. */
#include "material.h"

#include <stdint.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct signed_data s = {0};
	struct material m = {0};
	const char *why;
	size_t length = n < 2 ? 0 : (size_t)data[0] << 8 | data[1];

	if (n < 2 || length > n - 2)
		return 0;
	OCSP_BASICRESP *answer = ocsp_read(str_make(data + 2 + length, n - 2 - length));
	m.ocsps = &answer;
	m.ocsps_n = answer != NULL;
	if (signed_data_read(str_make(data + 2, length), &s, &why) == OK)
		(void)material_of_chain(&m, &s, 1700000000000);
	signed_data_free(&s);
	OCSP_BASICRESP_free(answer);
	return 0;
}
