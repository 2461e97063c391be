/* What the ledger reads of texts: checkpoints and trees. */
#include "ledger.h"

#include <stdint.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct merkle m;
	struct str root;
	uint64_t size;

	if (ledger_note_read(str_make(data, n), &size, &root) && root.n != 64)
		__builtin_trap();
	if (merkle_decode(str_make(data, n), &m)) {
		struct sha256 leaf = merkle_leaf(str_make(data, n));
		merkle_add(&m, &leaf);
		(void)merkle_root(&m);
	}
	return 0;
}
