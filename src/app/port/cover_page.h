/* Port: what stands before the pages of a document that came with signatures. */
#ifndef PORT_COVER_PAGE_H
#define PORT_COVER_PAGE_H

#include "buf.h"
#include "documents.h"

struct cover_page {
	struct str file_name, sha256; /* sha256: hexadecimal */
	size_t bytes;
	const struct document_original *original;
};

/* 「原本について」, in Japanese with English beneath it, as PDF. Its last page only carries the mark 写し
 * that documents_cover() puts at the foot of each copied page: 24 x 12 points at the lower left, the baseline
 * 3 up. ERR_GLYPH. */
MUST_CHECK enum err
cover_page_draw(struct arena *a, const struct cover_page *c, struct buf *ret);

#endif
