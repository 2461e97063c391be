/* What form fields hold, to be compared with what is seen (ISO 32000-2 12.7.4). */
#ifndef PDFD_VALUES_H
#define PDFD_VALUES_H

#include "arena.h"

struct field_value {
	unsigned page;  /* from 1 */
	double rect[4]; /* in the page's own units, lower left corner first */
	struct str text;
	struct field_value *next;
};

#endif
