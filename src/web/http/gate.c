#include "gate.h"

enum { HEADERS_MAX = 64 };

bool
gate_target(const char *raw)
{
	if (!raw || raw[0] != '/')
		return false;
	for (const char *c = raw; *c; c++) {
		if ((unsigned char)*c <= 0x20 || *c == 0x7f)
			return false;
		if (c[0] == '%' && c[1] == '0' && c[2] == '0')
			return false;
	}
	return true;
}

/* RFC 9110 5.6.2 */
static bool
is_token(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++) {
		bool letter =
		    (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9');
		if (!letter && !strchr("!#$%&'*+-.^_`|~", *s))
			return false;
	}
	return true;
}

void
gate_header(struct gate *g, const char *name, const char *value)
{
	struct str n = str_c(name), v = str_trim(str_c(value));
	g->bad_name |= !is_token(name);
	g->too_many |= ++g->headers > HEADERS_MAX;
	g->hosts += str_ieq(n, STR("Host")) && v.n > 0;
	g->lengths += str_ieq(n, STR("Content-Length"));
	if (str_ieq(n, STR("Transfer-Encoding"))) {
		g->codings++;
		g->foreign_coding |= !str_ieq(v, STR("chunked"));
	}
}

bool
gate_pass(const struct gate *g)
{
	return g->hosts == 1 && g->lengths + g->codings <= 1 && !g->foreign_coding && !g->bad_name &&
	       !g->too_many;
}
