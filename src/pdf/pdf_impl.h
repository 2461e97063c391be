/* The inside of struct pdf, shared by the files of this room only. */
#ifndef PDF_IMPL_H
#define PDF_IMPL_H

#include "lexer.h"

enum pdf_slot_type { SLOT_UNSET, SLOT_FREE, SLOT_PLAIN, SLOT_PACKED };

/* An object stream, decoded. */
struct pdf_pack {
	struct str data; /* from /First on */
	size_t n;
	uint32_t *nums, *offsets;
};

/* What the cross-reference sections say about one object number; the newest section wins. */
struct pdf_slot {
	uint8_t type;
	bool busy;    /* being parsed: met again, it is a cycle */
	bool visited; /* interior node of the page tree, seen */
	uint16_t gen;
	uint16_t section; /* which said so, 1 = newest */
	uint32_t at;      /* PLAIN: offset in the file; PACKED: number of the object stream */
	uint32_t index;   /* PACKED: place in the object stream */
	const struct pdf_obj *obj;
	struct pdf_pack *pack;
};

struct pdf_section {
	size_t at;
	bool is_stream;
	size_t tail_startxref,
	    tail_end; /* of the "startxref ... %%EOF" that follows it; tail_end 0 when there is none */
};

struct pdf {
	struct arena *a;
	struct str bytes;
	struct pdf_limits limits;
	int major, minor;
	size_t startxref, tail_end; /* of the newest section; tail_end is one past its %%EOF line */
	struct pdf_slot *slots;
	size_t slots_n, slots_cap;
	struct pdf_section *sections; /* newest first */
	size_t sections_n;
	struct pdf_obj trailer; /* the newest */
	struct pdf_revision *revisions;
	size_t revisions_n;
	bool ambiguous;        /* a section lists an object twice */
	size_t decoded, nodes; /* spent so far */
	struct pdf_page *pages;
	size_t pages_n, pages_cap;
	bool pages_known;
	struct pdf_obj *stack; /* of the parser: items of the arrays and dictionaries not yet closed */
	size_t stack_n, stack_cap;
};

/* An object at the lexer's cursor, without leading white space. packed: it comes from an object stream. */
MUST_CHECK enum err
pdf_parse(struct pdf *p, struct lexer *l, bool packed, struct pdf_obj *ret);
/* "num gen obj ..." at an offset of the file, with its stream's extent. num is what the file must say. */
MUST_CHECK enum err
pdf_parse_indirect(struct pdf *p, size_t at, uint32_t *num, uint16_t *gen, struct pdf_obj *ret);
/* Reads all cross-reference sections reachable from the file's tail. */
MUST_CHECK enum err
pdf_xref_load(struct pdf *p);
/* Decoded data of a stream without a limit of its own but PDF's. */
MUST_CHECK enum err
pdf_filter(struct pdf *p, const struct pdf_obj *stream, struct str *ret);
bool
pdf_name_is(const struct pdf_obj *o, const char *name);
/* Integers and reals. */
bool
pdf_number(const struct pdf_obj *o, double *ret);

#endif
