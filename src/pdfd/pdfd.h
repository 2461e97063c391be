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
	uint32_t anchors_n,
	    other_n; /* VERIFY: so many bytes of PEM, and of a second file, stand before the file */
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
/* Normalised bytes are appended to ret_pdf; notes: bits 1 << enum document_note; ret_values: what form fields
 * held, in the arena. */
MUST_CHECK enum err
pdfd_normalise(struct arena *a, struct str pdf, const char *footer, struct buf *ret_pdf, unsigned *ret_notes,
    struct field_value **ret_values);
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
