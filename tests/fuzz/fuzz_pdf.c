/* The PDF reader, the list of signatures, the comparison of revisions and the signing writer, over hostile
 * files. */
#include "sign.h"

#include <stdint.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct pdf_sign_request request = {.kind = PDF_SIGN_APPROVE, .field = "x", .reserve = 32};
	struct arena a = {.limit = 256u << 20};
	struct buf file = {0};
	const struct pdf_revision *revisions;
	const struct pdf_page *pages;
	struct pdf_signature *signatures;
	struct pdf_hole hole;
	struct pdf *p;
	size_t count;

	buf_put(&file, str_make(data, n));
	if (pdf_open(&a, buf_str(&file), NULL, &p) == OK) {
		(void)!pdf_signatures(&a, p, &signatures, &count);
		(void)!pdf_read_all(p);
		(void)pdf_is_tight(p, n / 2);
		if (pdf_revisions(p, &revisions) > 1) {
			enum pdf_change change;
			struct pdf *old;
			struct str what;

			if (pdf_open(&a, str_slice(buf_str(&file), 0, revisions[0].end), NULL, &old) == OK)
				(void)!pdf_compare(old, p, &change, &what);
		}
		if (pdf_pages(p, &pages, &count) == OK)
			(void)!pdf_sign_prepare(&a, p, &request, &file, &hole);
	}
	buf_free(&file);
	arena_free(&a);
	return 0;
}
