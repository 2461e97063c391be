/* Bodies of forms: the first byte chooses the form, for multipart the second how many bytes come at a time.
 */
#include "multipart.h"
#include "urlencoded.h"

#include <stdint.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
multipart(struct arena *a, struct str body, size_t step)
{
	struct multipart m = {0};

	if (multipart_begin(&m, a, "/tmp", STR("multipart/form-data; boundary=b")) != OK)
		return;
	for (size_t at = 0; at < body.n; at += step)
		if (multipart_feed(&m, str_slice(body, at, at + step < body.n ? at + step : body.n)) != OK)
			break;
	(void)!multipart_end(&m);
	multipart_free(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = {.limit = 64u << 20};
	struct http_field *fields;
	size_t count;

	if (n >= 2) {
		struct str body = str_make(data + 2, n - 2);

		if (data[0] & 1)
			multipart(&a, body, 1 + data[1]);
		else
			(void)!urlencoded_parse(&a, body, 64, &fields, &count);
	}
	arena_free(&a);
	return 0;
}
