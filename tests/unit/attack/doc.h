/* PDFs written by the tests, one revision at a time: with a cross-reference table, or with an object stream
 * and a cross-reference stream. The product's writer has no part in it. */
#ifndef TEST_DOC_H
#define TEST_DOC_H

#include "buf.h"

#include <stdint.h>

enum { DOC_OBJECTS = 600 };

struct doc {
	struct buf *file;
	bool streams;
	size_t from; /* where this revision begins */
	size_t prev; /* startxref of the earlier one, SIZE_MAX: none */
	unsigned next;
	struct doc_entry {
		unsigned num, type; /* 0 free, 1 plain, 2 packed, others as they are */
		size_t at;
	} entries[DOC_OBJECTS];
	unsigned n, packed_n;
	struct buf packed, packed_head;
	const char *size; /* /Size instead of the right one */
};

/* A first revision; next: the first object number that the test does not give itself. */
void
doc_begin(struct doc *d, struct buf *file, const char *header, bool streams, unsigned next);
/* A later revision of the kind of the file's newest one. */
void
doc_append(struct doc *d, struct buf *file);
/* A dictionary, array or other direct object; goes into the object stream where there is one. */
void
doc_object(struct doc *d, unsigned num, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same outside of it, always. */
void
doc_plain(struct doc *d, unsigned num, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void
doc_stream(struct doc *d, unsigned num, const char *dict, struct str data);
/* An entry by hand. */
void
doc_entry(struct doc *d, unsigned num, unsigned type, size_t at);
/* Cross-reference section, trailer and tail; trailer: further entries. */
void
doc_end(struct doc *d, const char *trailer);
/* The text of a number that follows the last of these words in the file. */
size_t
doc_number_after(struct str file, const char *word);

#endif
