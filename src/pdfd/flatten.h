/* Pieces of normalisation over qpdf's C interface; only src/pdfd sees it. */
#ifndef PDFD_FLATTEN_H
#define PDFD_FLATTEN_H

#include "buf.h"
#include "documents.h"

#include <qpdf/qpdf-c.h>

enum { KEYS_MAX = 2000 };

/* Keys of a dictionary, copied (qpdf has one iterator). Returns how many, at most KEYS_MAX; free each and the
 * array. */
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
bool
box_of(qpdf_data q, qpdf_oh array, double ret[4]);
qpdf_oh
stream_of(qpdf_data q, struct str content);

/* What was removed, as bits 1 << enum document_note. */
#define NOTED(notes, note) (*(notes) |= 1u << (note))

/* Draws the page's annotations into content (operators appended to out) with names put into xobjects. What
 * they run, carry or hide is left behind and noted. */
MUST_CHECK enum err
flatten_annotations(qpdf_data q, qpdf_oh page, qpdf_oh xobjects, struct buf *out, unsigned *notes);

#endif
