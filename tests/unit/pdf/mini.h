/* Small PDFs made by the tests: with a cross-reference table, or with object and cross-reference streams. */
#ifndef TEST_MINI_H
#define TEST_MINI_H

#include "buf.h"

struct mini {
	struct buf b;
	size_t at[32];
	unsigned n;
	const char *trailer; /* further trailer entries */
};

/* Starts with the header; objects are numbered from 1 in the order they are put. */
void
mini_begin(struct mini *m, const char *header);
void
mini_object(struct mini *m, const char *text);
/* Ends the file with a table, prev < 0 for a first revision. Answers the offset of the section. */
size_t
mini_table(struct mini *m, long prev);
/* A contract of `pages` pages; rotate applies to all. */
void
mini_contract(struct mini *m, unsigned pages, int rotate, bool streams);

#endif
