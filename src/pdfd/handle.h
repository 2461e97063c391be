/* Small questions to qpdf's C interface, whose objects are handles; only src/pdfd sees it. */
#ifndef PDFD_HANDLE_H
#define PDFD_HANDLE_H

#include "buf.h"
#include "documents.h"

#include <qpdf/qpdf-c.h>

/* Keys of a dictionary, copied (qpdf has one iterator). */
struct key_list {
	char **v;
	int n;
};
struct key_list
keys_of(qpdf_data q, qpdf_oh dict);
void
key_list_free(struct key_list *k);
/* A dictionary of the page's own with the same entries, so that changing it changes no other page. */
qpdf_oh
own_copy(qpdf_data q, qpdf_oh dict);
/* The text of a name lives only until qpdf is asked for the next one: it is compared at once, never kept. */
bool
is_named(qpdf_data q, qpdf_oh name, const char *text);
/* Whether it is an array of exactly n finite numbers. */
bool
numbers_of(qpdf_data q, qpdf_oh array, int n, double *ret);
/* The same for a rectangle, its lower left corner first. */
bool
box_of(qpdf_data q, qpdf_oh array, double ret[4]);
qpdf_oh
stream_of(qpdf_data q, struct str content);

/* What was removed, as bits 1 << enum document_note. */
#define NOTED(notes, note) (*(notes) |= 1u << (note))

#endif
