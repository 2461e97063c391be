/* Evidence packages from outside: the archive, the list of digests, events, proofs, and what they hold. */
#include "package_verify.h"

#include <stdint.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {.limit = 512u << 20};
	struct package_verification v;

	if (package_verify(&a, str_make(data, n), STR_NONE, &v) == OK)
		(void)package_report(&a, &v, n & 1);
	arena_free(&a);
	return 0;
}
