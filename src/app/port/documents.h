/* Port: what the application asks of the PDF sandbox (implemented by src/pdfd/client.c, one question a forked
 * process). */
#ifndef PORT_DOCUMENTS_H
#define PORT_DOCUMENTS_H

#include "arena.h"

#include <stdint.h>

struct pdfd; /* a connection to the sandbox; safe to use from several threads */

struct document_page {
	double width_mm, height_mm; /* as displayed: CropBox and /Rotate applied */
	struct str text;            /* UTF-8, reading order as extracted */
};

enum document_note {
#define NOTE(name, ja, en) name,
#include "document_notes.def"
#undef NOTE
	DOCUMENT_NOTES
};
struct str
document_note_words(enum document_note note, bool english);

/* What a document that came with signatures says of itself; all text may be anything, on one line. */
enum { DOCUMENT_LISTED_MAX = 100 };
struct document_original_signature {
	struct str field, name, time; /* time: its digits as the file has them, or empty */
	bool is_timestamp;
};
struct document_original {
	struct str title;
	unsigned signatures_n, listed_n; /* all there are, and those in the list */
	struct document_original_signature *signatures;
};

struct document_info {
	unsigned pages_n;
	struct document_page *pages;
	unsigned notes; /* what was removed or must be said: bits 1 << enum document_note */
	/* the middle of a proposed place for an impression: the last ㊞ （印） 印 of a signature block; page
	 * 0 = none found */
	unsigned place_page;
	double place_x_mm, place_y_mm;
	struct document_original original; /* with ERR_PDF_SIGNED, and then alone */
};

/* Normalises (one revision, no active content, forms and annotations flattened, footer text of ASCII on each
 * page), walks and counts pages, extracts text. ret_pdf is what everybody sees from now on. Errors
 * ERR_NOT_PDF, ERR_PDF_*, ERR_TOO_LARGE. ERR_PDF_SIGNED: it needs a cover. */
MUST_CHECK enum err
documents_intake(struct pdfd *d, struct str pdf, struct str footer, struct arena *a,
    struct document_info *ret, struct str *ret_pdf);
/* The same for a signed document: the cover's pages, then its own, each marked as a copy, and the file as it
 * came attached by that name (ISO 32000-2 7.11.4; at most 1000 bytes). cover: what cover_draw() gives. */
MUST_CHECK enum err
documents_cover(struct pdfd *d, struct str pdf, struct str name, struct str cover, struct str footer,
    struct arena *a, struct document_info *ret, struct str *ret_pdf);
/* What a verifier says of a file, in the reader's language. All text may come from the file: anything. */
enum document_verdict_kind { DOCUMENT_SOUND, DOCUMENT_UNSOUND, DOCUMENT_UNREADABLE };
struct document_signature {
	struct str kind, problem, signer, reason, level, followed_by, certificate, issuer, certificate_sha256;
	struct str valid_until;            /* timestamps: ISO 8601; else empty */
	int64_t claimed_ms, timestamp_ms;  /* 0: none */
	bool is_timestamp, sound, trusted; /* trusted: its chain ends in a given anchor */
	unsigned revision;
};
struct document_verdict {
	enum document_verdict_kind kind;
	struct str headline, sha256;
	unsigned revisions;
	struct document_signature *signatures;
	unsigned signatures_n;
	struct str *remarks; /* what a reader should know although it makes nothing unsound */
	unsigned remarks_n;
};
/* Judges a file as it is (verify.h); anchors_pem: certificates every signature must lead to, or empty.
 * ERR_INVALID: there is no certificate in anchors_pem. */
MUST_CHECK enum err
documents_verify(struct pdfd *d, struct str pdf, struct str anchors_pem, bool english, struct arena *a,
    struct document_verdict *ret);
/* Whether a contract and a certificate, in either order, belong together (pair.h). */
struct document_pair {
	bool fits, swapped; /* swapped: the first file is the certificate */
	struct str sentence, document_id;
	struct document_verdict contract, certificate;
};
MUST_CHECK enum err
documents_pair(struct pdfd *d, struct str first, struct str second, struct str anchors_pem, bool english,
    struct arena *a, struct document_pair *ret);
/* One page as PNG, 16-level grey when the page has no colour, width_px wide (200..2000). page counts from 1.
 */
MUST_CHECK enum err
documents_render(
    struct pdfd *d, struct str pdf, unsigned page, unsigned width_px, struct arena *a, struct str *ret_png);
/* A PNG or JPEG as RGBA, top row first, EXIF orientation applied, at most 24 megapixels in and 2000 px a side
 * out. ERR_IMAGE. */
MUST_CHECK enum err
documents_image(struct pdfd *d, struct str image, struct arena *a, struct str *ret_rgba, unsigned *ret_w,
    unsigned *ret_h);

#endif
