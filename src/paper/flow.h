/* Titled tables running down a page and over to the next. */
#ifndef PAPER_FLOW_H
#define PAPER_FLOW_H

#include "sheet.h"

enum { FLOW_INK = 0x1A1A1A, FLOW_NAVY = 0x1F2A44, FLOW_GREY = 0x5A6270 };

struct flow {
	struct arena *a;
	struct sheet *s;
	double y;                /* where the next thing goes */
	struct str running_head; /* on every page but the first */
};

/* Our own words; `under` stands beneath in smaller letters, or is empty. */
struct flow_label {
	struct str main, under;
};

#define FLOW_LEFT (20 * MM)
#define FLOW_WIDTH (SHEET_WIDTH - 40 * MM)

void
flow_page(struct flow *f);
/* Stands on the page where what follows it begins. */
void
flow_section(struct flow *f, unsigned number, struct flow_label title);
/* A heading inside a section: what others wrote. */
void
flow_heading(struct flow *f, struct str title);
/* Label and value; the value wraps and may run over to the next page. Empty values print a dash. */
void
flow_row(struct flow *f, struct flow_label label, struct str value);
/* The same in a typeface of even width, for digests. */
void
flow_row_mono(struct flow *f, struct flow_label label, struct str value);
void
flow_row_impression(struct flow *f, struct flow_label label, const struct inkan *k);
/* A QR code (ISO/IEC 18004) of the address, and the value beside it. ERR_TOO_LARGE: it is too long for one.
 */
MUST_CHECK enum err
flow_row_qr(struct flow *f, struct flow_label label, struct str address, struct str value);
/* Running text, `under` after it. */
void
flow_paragraph(struct flow *f, double size, struct flow_label text);

#endif
