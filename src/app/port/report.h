/* Port: the report of a 一括検証 as PDF. Unsigned yet. */
#ifndef PORT_REPORT_H
#define PORT_REPORT_H

#include "arena.h"
#include "buf.h"

#include <stdint.h>

struct report_row { /* a contract with its certificate */
	int64_t concluded_ms;
	struct str title, counterparties, document_id;
	struct str contract, certificate; /* verdict, level, and what is wrong, in words */
	bool problem;
};

struct report {
	struct str number, organisation, issuer, ordered_by;
	int64_t from_ms, until_ms, began_ms, ended_ms; /* until: the first moment after the period */
	size_t contracts, sound, problems;
	bool english;            /* else Japanese; rows come in it already */
	struct report_row *rows; /* those with problems first */
	size_t rows_n;           /* as many as a report holds; the others stand in the CSV file alone */
};

MUST_CHECK enum err
report_draw(struct arena *a, const struct report *r, struct buf *ret);

#endif
