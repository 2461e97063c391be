/* What a hostile certificate states of its contract: the attachment is found and read before anything is
 * verified. */
#include "pair.h"

#include <stdint.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {.limit = 256u << 20};
	struct pair p;

	if (pair_check(&a, str_make(data, n), STR("another file"), STR_NONE, &p) == OK)
		(void)pair_sentence(&a, &p, n & 1);
	arena_free(&a);
	return 0;
}
