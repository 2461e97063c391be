/* A bounds-checked reader of PDF files (ISO 32000-2): cross-reference tables and streams, /Prev chains,
 * object streams. It reads structure only; nothing is rendered or executed.  All memory comes from the
 * caller's arena and every size from the file is checked against struct pdf_limits, so a hostile file ends in
 * an error, never in a crash or a hang. */
#ifndef PDF_READER_H
#define PDF_READER_H

#include "arena.h"

#include <stdint.h>

enum pdf_kind {
	PDF_NULL,
	PDF_BOOL,
	PDF_INT,
	PDF_REAL,
	PDF_STRING,
	PDF_NAME,
	PDF_ARRAY,
	PDF_DICT,
	PDF_STREAM,
	PDF_REF
};

struct pdf_entry;

struct pdf_obj {
	enum pdf_kind kind;
	union {
		bool boolean;
		int64_t integer;
		double real;
		struct str text; /* string: decoded bytes; name: decoded, without the slash */
		struct {
			struct pdf_obj *items;
			size_t n;
		} array;
		struct {
			struct pdf_entry *entries;
			size_t n;
			size_t data_at,
			    data_n; /* streams: raw data in the file (object streams cannot hold streams) */
		} dict;
		struct {
			uint32_t num;
			uint16_t gen;
		} ref;
	} u;
	size_t at, end; /* bytes [at, end) of the token or object in the file; both 0 for objects from object
	                   streams */
};

struct pdf_entry {
	struct str key;
	struct pdf_obj value;
};

struct pdf_limits {
	size_t file_bytes, objects, decoded_bytes; /* decoded_bytes: sum over xref and object streams */
	unsigned depth, revisions, pages;
};
extern const struct pdf_limits PDF_LIMITS_DEFAULT; /* 64 MiB, 300,000, 256 MiB; 64, 256, 1,000 */

struct pdf; /* opaque; lives in the arena */

struct pdf_revision {
	size_t startxref; /* offset of its cross-reference section */
	size_t end;       /* one past its %%EOF line: the file as it was at that revision is bytes [0, end) */
	bool is_stream;   /* cross-reference stream (true) or table */
};

struct pdf_page {
	uint32_t num;
	uint16_t gen;
	double media[4], crop[4]; /* x0 y0 x1 y1 in default user space, normalised; crop clipped to media */
	int rotate;               /* 0, 90, 180, 270 */
	double user_unit;
};

/* Reads the file's newest revision. bytes must outlive the result.
 * ERR_NOT_PDF, ERR_PDF_BROKEN, ERR_PDF_ENCRYPTED (there is an /Encrypt), ERR_PDF_HYBRID (/XRefStm),
 * ERR_PDF_LIMIT. */
MUST_CHECK enum err
pdf_open(struct arena *a, struct str bytes, const struct pdf_limits *limits, struct pdf **ret);
struct str
pdf_bytes(const struct pdf *p);
/* "1.7" as {1,7}: the larger of header and catalog /Version. */
void
pdf_document_version(const struct pdf *p, int *ret_major, int *ret_minor);
const struct pdf_obj *
pdf_trailer_dict(const struct pdf *p);
/* Largest object number in any cross-reference section (never /Size). */
uint32_t
pdf_max_num(const struct pdf *p);
/* Oldest first. */
size_t
pdf_revisions(const struct pdf *p, const struct pdf_revision **ret);

/* Object by number; a PDF_NULL object when free or absent (ISO 32000-2 7.3.10). Parsed once, then cached. */
MUST_CHECK enum err
pdf_object(struct pdf *p, uint32_t num, const struct pdf_obj **ret);
/* Follows references (at most 32) to a direct object. */
MUST_CHECK enum err
pdf_resolve(struct pdf *p, const struct pdf_obj *o, const struct pdf_obj **ret);
/* Value of a key in a dictionary or stream, unresolved; NULL when absent. Duplicate keys: the last counts. */
const struct pdf_obj *
pdf_key(const struct pdf_obj *dict, const char *key);
/* The same, resolved; *ret is NULL when absent or null. */
MUST_CHECK enum err
pdf_get(struct pdf *p, const struct pdf_obj *dict, const char *key, const struct pdf_obj **ret);
/* Stream data after its filters: none or FlateDecode with PNG predictors; ERR_PDF_BROKEN for others. */
MUST_CHECK enum err
pdf_stream_data(struct pdf *p, const struct pdf_obj *stream, struct str *ret);

/* Reads the page tree and every object: OK when there is nothing in the file that could not be judged. */
MUST_CHECK enum err
pdf_read_all(struct pdf *p);
/* Whether a cross-reference section lists an object twice, so that two readers may see two documents. */
bool
pdf_is_ambiguous(const struct pdf *p);
/* Whether the bytes from `from` on (the end of an earlier revision) are the listed objects, their
 * cross-reference sections and white space between them: nothing that a reader which repairs files could
 * find.
 */
bool
pdf_is_tight(struct pdf *p, size_t from);

MUST_CHECK enum err
pdf_catalog(struct pdf *p, const struct pdf_obj **ret, uint32_t *ret_num);
/* Pages in order, counted by walking the tree (/Count is not believed). */
MUST_CHECK enum err
pdf_pages(struct pdf *p, const struct pdf_page **ret, size_t *ret_n);

#endif
