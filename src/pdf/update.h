/* One incremental update (ISO 32000-2 7.5.6) while it is being written: objects behind the old bytes, then
 * the cross-reference section of the kind the file already ends in. */
#ifndef PDF_UPDATE_H
#define PDF_UPDATE_H

#include "pdf_impl.h"
#include "write.h"

struct update_entry {
	uint32_t num;
	uint16_t gen;
	size_t at;
};

struct update {
	struct pdf *p;
	struct buf
	    out; /* what will stand behind the old bytes: p may be reading from the buffer that holds those */
	uint32_t next_num;
	struct update_entry *entries;
	size_t entries_n, entries_cap;
};

void
update_begin(struct update *u, struct pdf *p);
void
update_free(struct update *u);
/* Offset in the whole new file of the next byte written. */
size_t
update_at(const struct update *u);
/* The next unused object number. */
uint32_t
update_new_num(struct update *u);
/* "num gen obj"; the caller writes the object to u->out, then update_object_end(). */
void
update_object(struct update *u, uint32_t num, uint16_t gen);
void
update_object_end(struct update *u);
/* A stream object, compressed when that pays. dict: entries of its dictionary without /Length and /Filter,
 * "/Key value ..."
 */
MUST_CHECK enum err
update_stream(struct update *u, uint32_t num, struct str dict, struct str data);
/* A dictionary again under its number, with some keys changed or added. */
struct update_key {
	const char *key;
	struct str value; /* PDF syntax */
};
/* The same as a value, to wherever it stands. */
void
update_put_dict(struct buf *b, const struct pdf_obj *dict, const struct update_key *r, size_t n);
void
update_dict(struct update *u, uint32_t num, const struct pdf_obj *dict, const struct update_key *r, size_t n);
/* Cross-reference section, trailer (old /Root, /Info, /ID with its second part renewed) and tail. */
MUST_CHECK enum err
update_end(struct update *u);

#endif
