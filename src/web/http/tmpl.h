/* What compiled templates write with: escaping by context. Only generated code and page_tmpl() need it. */
#ifndef WEB_HTTP_TMPL_H
#define WEB_HTTP_TMPL_H

#include "arena.h"
#include "buf.h"

#include <stdint.h>

struct tmpl {
	struct buf *out;
	struct arena *arena;
	bool english;
	struct str csrf;
};

/* Text and quoted attribute values: & < > " ' become entities; control characters vanish. */
void
tmpl_text(struct tmpl *t, struct str s);
/* The same, line feeds become <br>. */
void
tmpl_lines(struct tmpl *t, struct str s);
/* A segment of a path or query: everything but unreserved characters (RFC 3986 2.3) is percent-encoded. */
void
tmpl_url(struct tmpl *t, struct str s);
/* A whole address: our own path, or https; anything else becomes "#". */
void
tmpl_href(struct tmpl *t, struct str s);
void
tmpl_int(struct tmpl *t, long long n);
/* Millimetres with at most two decimals. */
void
tmpl_mm(struct tmpl *t, double mm);
void
tmpl_time(struct tmpl *t, int64_t utc_ms);
void
tmpl_bytes(struct tmpl *t, size_t n);
void
tmpl_csrf(struct tmpl *t);

#endif
