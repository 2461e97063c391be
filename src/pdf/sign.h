/* Incremental updates that carry signatures (ISO 32000-2 12.8, EN 319 142-1): the earlier bytes stay, one
 * revision is appended, with a hole for the CMS container.  No cryptography here: the caller digests the
 * ranges and fills the hole. */
#ifndef PDF_SIGN_H
#define PDF_SIGN_H

#include "buf.h"
#include "reader.h"

/* A rectangle on a page in millimetres from the top left of the page as displayed (CropBox and /Rotate
 * applied). */
struct pdf_place {
	unsigned page; /* 1 = first */
	double x_mm, y_mm, w_mm, h_mm;
};

/* What is drawn in a signature's rectangle: one path or one mask in one colour. */
struct pdf_ink {
	double width_mm, height_mm; /* natural size; scaled to fit the place, centred */
	unsigned rgb;               /* 0xRRGGBB */
	struct str
	    path; /* PDF path operators in mm, origin bottom left, ending in a painting operator; or empty */
	unsigned mask_w, mask_h; /* or coverage, 8 bits a pixel, top row first */
	struct str mask;
};

enum pdf_sign_kind {
	PDF_SIGN_CERTIFY, /* certification signature with DocMDP P=2; creates `fields` in the same revision */
	PDF_SIGN_APPROVE, /* approval signature into the existing empty field `field`, or a new invisible one
	                     if there is none */
	PDF_SIGN_TIMESTAMP /* document timestamp (/DocTimeStamp, /ETSI.RFC3161), new invisible field */
};

struct pdf_new_field {
	const char *name; /* partial field name, unique in the document */
	bool visible;
	struct pdf_place place;
};

struct pdf_sign_request {
	enum pdf_sign_kind kind;
	const char *field; /* name of the field that is signed */
	const struct pdf_new_field
	    *fields; /* CERTIFY: empty signature fields to create besides its own (invisible) one */
	size_t fields_n;
	const struct pdf_ink *ink;                  /* APPROVE: appearance; NULL = none */
	struct str name, reason, location, contact; /* UTF-8; empty = key left out. Not for TIMESTAMP. */
	struct str date;                            /* /M, a PDF date; not for TIMESTAMP */
	size_t reserve;                             /* bytes of DER the hole must hold */
};

struct pdf_hole {
	size_t range[4]; /* the /ByteRange as written: offset, length, offset, length in the whole new file */
	size_t hex_at;   /* offset in the new file of the first hexadecimal digit, after '<' */
	size_t reserve;  /* bytes of DER that fit */
};

/* Appends one revision to *file, which must hold exactly the bytes p was opened from (buf may grow; p must
 * not be used after). On OK the /ByteRange is in place and the hole is all zeros.  The page content is never
 * touched. ERR_PDF_LOCKED when an earlier certification or field lock forbids it; ERR_INVALID for places
 * outside a page. */
MUST_CHECK enum err
pdf_sign_prepare(struct arena *a, struct pdf *p, const struct pdf_sign_request *req, struct buf *file,
    struct pdf_hole *ret);
/* Writes the DER into the hole as hexadecimal. ERR_TOO_LARGE when it does not fit (rebuild with a larger
 * reserve). */
MUST_CHECK enum err
pdf_sign_fill(struct buf *file, const struct pdf_hole *hole, struct str der);

/* A signature found in a file, as its dictionary says: nothing verified yet. */
struct pdf_signature {
	struct str field; /* fully qualified field name */
	uint32_t field_num, dict_num;
	bool is_timestamp;                                /* /Type /DocTimeStamp */
	bool certifies;                                   /* referenced by the catalog's /Perms /DocMDP */
	int docmdp_p;                                     /* 1..3 of its DocMDP transform, 0 if none */
	struct str filter, subfilter, name, reason, date; /* text strings as UTF-8 */
	int64_t range[4];                                 /* as written */
	size_t range_n; /* entries the array really had; anything but 4 direct integers is a forgery */
	size_t contents_at, contents_end; /* place of the Contents token in the file, including < and >; 0,0
	                                     if not a hex string */
	struct str contents;              /* decoded bytes with the padding */
};
/* Signed signature fields in document order of their revision. */
MUST_CHECK enum err
pdf_signatures(struct arena *a, struct pdf *p, struct pdf_signature **ret, size_t *ret_n);

/* What changed between two revisions of one file, for the verifier's whitelist (evidence.md, section 8). */
enum pdf_change {
	PDF_CHANGE_NONE,
	PDF_CHANGE_LTA,  /* only DSS and document timestamps were added */
	PDF_CHANGE_FILL, /* as DocMDP P=2 allows: existing empty signature fields were filled (with
	                    appearance), plus the above */
	PDF_CHANGE_OTHER /* pages, resources, fonts, annotations, actions, other fields...: not allowed after
	                    a signature */
};
/* Compares a revision with a later one of the same file, both opened. ret_what: a short English reason for
 * OTHER. */
MUST_CHECK enum err
pdf_compare(struct pdf *old, struct pdf *new, enum pdf_change *ret, struct str *ret_what);

#endif
