#include "tmpl.h"
#include "clock.h"

#include <stdio.h>

static const char *
entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

void
tmpl_text(struct tmpl *t, struct str s)
{
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *e = entity(s.p[i]);
#ifdef MUTANT_NO_ESCAPE
		e = NULL;
#endif
		bool control = (unsigned char)s.p[i] < 0x20 && s.p[i] != '\n' && s.p[i] != '\t';
		if (!e && !control)
			continue;
		buf_put(t->out, str_slice(s, from, i));
		if (e)
			buf_put_c(t->out, e);
		from = i + 1;
	}
	buf_put(t->out, str_slice(s, from, s.n));
}

void
tmpl_lines(struct tmpl *t, struct str s)
{
	struct str line;
	while (str_split(&s, '\n', &line)) {
		tmpl_text(t, line);
		if (s.n)
			buf_put(t->out, STR("<br>"));
	}
}

void
tmpl_url(struct tmpl *t, struct str s)
{
	static const char digit[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		             c == '-' || c == '.' || c == '_' || c == '~';
		if (plain) {
			buf_put_byte(t->out, c);
			continue;
		}
		buf_put_byte(t->out, '%');
		buf_put_byte(t->out, (unsigned char)digit[c >> 4]);
		buf_put_byte(t->out, (unsigned char)digit[c & 15]);
	}
}

void
tmpl_href(struct tmpl *t, struct str s)
{
	bool own = s.n && s.p[0] == '/' && !(s.n > 1 && (s.p[1] == '/' || s.p[1] == '\\'));
	tmpl_text(t, own || str_starts(s, STR("https://")) ? s : STR("#"));
}

void
tmpl_int(struct tmpl *t, long long n)
{
	buf_printf(t->out, "%lld", n);
}

void
tmpl_mm(struct tmpl *t, double mm)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%.2f", mm);
	while (n > 0 && text[n - 1] == '0')
		n--;
	if (n > 0 && text[n - 1] == '.')
		n--;
	buf_put(t->out, str_make(text, (size_t)n));
}

void
tmpl_time(struct tmpl *t, int64_t utc_ms)
{
	buf_put(t->out, t->english ? clock_en(t->arena, utc_ms) : clock_ja(t->arena, utc_ms));
}

void
tmpl_bytes(struct tmpl *t, size_t n)
{
	if (n < 1024)
		buf_printf(t->out, "%zu B", n);
	else if (n < 1024 * 1024)
		buf_printf(t->out, "%zu KB", (n + 512) / 1024);
	else
		buf_printf(t->out, "%.1f MB", (double)n / (1024 * 1024));
}

void
tmpl_csrf(struct tmpl *t)
{
	buf_put(t->out, STR("<input type=\"hidden\" name=\"csrf\" value=\""));
	tmpl_text(t, t->csrf);
	buf_put(t->out, STR("\">"));
}
