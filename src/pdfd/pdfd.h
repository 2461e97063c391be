/* The role that looks at documents from outside: a fork server, one document a process life. */
#ifndef PDFD_PDFD_H
#define PDFD_PDFD_H

#include "arena.h"
#include "buf.h"

#include <stdint.h>

struct pdfd_output;
/* How a signed file is judged, or (other not empty) two that should belong together; whoever starts the
 * server brings it along. Puts what client.c reads into o. */
typedef enum err
pdfd_verifier(struct str pdf, struct str other, struct str anchors_pem, bool english, struct pdfd_output *o);

/* Serves questions from the socket until it closes. verify may be NULL. Returns the exit status. */
int
pdfd_serve(int sock, pdfd_verifier *verify);

/* A question: this frame with two descriptors, the input (sealed memfd) and an answer socket of its own, so
 * that any number of clients can share the server's socket. */
enum pdfd_kind { PDFD_INTAKE = 1, PDFD_RENDER, PDFD_IMAGE, PDFD_VERIFY };
struct pdfd_question {
	uint32_t kind, page, width_px;
	/* before the file stand, so many bytes each: for VERIFY anchors (PEM) and a second file, for INTAKE
	 * of a document that goes under a cover the attachment's name and the cover */
	uint32_t first_n, second_n;
	uint32_t english;
	char footer[96];
};
/* The answer: this frame, and on OK a descriptor of the output. */
struct pdfd_answer {
	uint32_t error;
	uint64_t length;
};
/* An upload of 50 MB has grown by signatures and anchors before it is rendered or judged. */
enum { PDFD_INPUT_MAX = 64 << 20, PDFD_OUTPUT_MAX = 192 << 20 };

/* ---- the work, done in the sandboxed child ---- */
/* What a child has to say, written to a descriptor in pieces. Nothing fails before pdfd_flush(), which says
 * what did: ERR_PDF_LIMIT past PDFD_OUTPUT_MAX, ERR_IO. */
struct pdfd_output {
	int fd;
	size_t n; /* put so far */
	enum err error;
	size_t pending_n;
	char pending[32 << 10];
};
MUST_CHECK enum err
pdfd_flush(struct pdfd_output *o);
void
pdfd_put(struct pdfd_output *o, const void *bytes, size_t n);
void
pdfd_put_u32(struct pdfd_output *o, uint32_t v);
void
pdfd_put_double(struct pdfd_output *o, double v);
void
pdfd_put_str(struct pdfd_output *o, const char *p, size_t n);

struct field_value;
struct original;
/* Pages to stand before those of a signed document, a PDF whose last page is the mark of the copied ones
 * (cover.h); and what the document is called as an attachment. No pages: no cover. */
struct pdfd_cover {
	struct str pages, name;
};
struct pdfd_normal {
	struct buf pdf;
	unsigned notes;             /* bits 1 << enum document_note */
	struct field_value *values; /* what form fields held, in the arena */
};
/* ERR_PDF_SIGNED: the document needs a cover; ret_original, in the arena, says what is to be read there. */
MUST_CHECK enum err
pdfd_normalise(struct arena *a, struct str pdf, const char *footer, const struct pdfd_cover *cover,
    struct pdfd_normal *ret, struct original *ret_original);
/* Also notes values that are not to be read where their field stands. */
MUST_CHECK enum err
pdfd_info(struct str pdf, const struct field_value *values, unsigned *notes, struct pdfd_output *o);
MUST_CHECK enum err
pdfd_render(struct str pdf, unsigned page, unsigned width_px, struct pdfd_output *o);
MUST_CHECK enum err
pdfd_image(struct str image, struct pdfd_output *o);
/* Once, before the sandbox and before any fork: what every child would otherwise find out for itself. */
MUST_CHECK enum err
pdfd_warm(void);

#endif
