/* The verifier over hostile files: reader, containers, tokens, validation material, comparison of revisions.
 */
#include "verify.h"

#include <stdint.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {.limit = 256u << 20};
	struct verification v;

	if (verify_pdf(&a, str_make(data, n), STR_NONE, &v) == OK)
		(void)verify_report(&a, &v, n & 1);
	arena_free(&a);
	return 0;
}
