/* A letter as a few kinds of blocks, set once as plain text and once as HTML, so that both always say the
 * same. */
#ifndef MAIL_LETTER_SHEET_H
#define MAIL_LETTER_SHEET_H

#include "buf.h"
#include "mailer.h"

enum block_kind {
	BLOCK_LINE,   /* a paragraph */
	BLOCK_FACT,   /* label and value */
	BLOCK_QUOTE,  /* label and words of a person, of several lines */
	BLOCK_BUTTON, /* label and URL */
	BLOCK_STEP,   /* label = number, value */
	BLOCK_CODE,   /* digits to be typed */
	BLOCK_WARNING,
	BLOCK_SMALL /* footer */
};

struct block {
	enum block_kind kind;
	struct str label, value;
};

enum { BLOCKS_MAX = 48 };

struct sheet_letter {
	struct block blocks[BLOCKS_MAX];
	size_t n;
	bool english;
	struct str title; /* of the HTML document */
	struct str brand; /* printed at the top */
};

/* Blocks with an empty value are left out. */
void
letter_block(struct sheet_letter *s, enum block_kind kind, struct str label, struct str value);
void
letter_set_text(const struct sheet_letter *s, struct buf *out);
void
letter_set_html(const struct sheet_letter *s, struct buf *out);

#endif
