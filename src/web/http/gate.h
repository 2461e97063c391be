/* What is refused before any handler sees it: requests that two parsers could read in two ways (RFC 9112). */
#ifndef WEB_HTTP_GATE_H
#define WEB_HTTP_GATE_H

#include "str.h"

/* The request target as sent: no control bytes, no encoded NUL, starts with /. */
bool
gate_target(const char *raw);

/* Counts of the headers that decide where a request ends and whom it is for. */
struct gate {
	unsigned hosts, lengths, codings;
	bool foreign_coding, bad_name, too_many;
	unsigned headers;
};
void
gate_header(struct gate *g, const char *name, const char *value);
bool
gate_pass(const struct gate *g);

#endif
