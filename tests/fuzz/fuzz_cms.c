/* Containers, tokens and signed notes in DER: what stands before or after them is given by their first byte.
 */
#include "note.h"
#include "signed_data.h"
#include "token.h"

#include <stdint.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct str content = {"content", 7};
	struct arena a = {.limit = 64u << 20};
	struct str der = str_make(data, n);
	struct signed_data s = {0};
	struct sha256 digest = sha256_of(content);
	struct token token;
	const char *why;
	int64_t at_ms;
	bool complete;

	if (signed_data_read(der, &s, &why) == OK) {
		(void)!signed_data_check(&s, str_make(digest.b, sizeof(digest.b)), s.content_type, &why);
		(void)!signed_data_check_chain(&s, 1700000000000, &complete, &why);
		(void)signed_data_until_ms(&s);
	}
	signed_data_free(&s);
	(void)!token_check(&a, der, &digest, NULL, &token, &why);
	(void)!note_check(&a, content, der, STR_NONE, &at_ms, &why);
	arena_free(&a);
	return 0;
}
