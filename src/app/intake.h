/* A PDF from outside becomes a document of ours. */
#ifndef APP_INTAKE_H
#define APP_INTAKE_H

#include "app.h"
#include "query.h"

struct intake {
	struct str document_id, sha256; /* printed in the footer; of what everybody sees */
	struct document_info info;
	struct str sizes, texts;
};

/* Sandbox, then the blob. A document that came with signatures goes under a cover that tells its file name.
 * No transaction may be open. */
MUST_CHECK enum err
intake_pdf(struct app *a, struct str file_name, struct str pdf, struct intake *ret);
MUST_CHECK enum err
intake_store(struct tx *tx, const struct intake *i);

/* Cached page image of a stored PDF. width_px is rounded up to one of a few widths. */
MUST_CHECK enum err
page_image(struct app *a, struct str document_sha256, unsigned page, unsigned width_px, struct str *ret_png);

#endif
