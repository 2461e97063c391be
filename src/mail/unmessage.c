#include "unmessage.h"
#include "utf8.h"

#include <sodium.h>

static enum err
base64(struct arena *a, struct str code, struct str *ret)
{
	void *p;
	size_t n;
	TRY(arena_try(a, code.n / 4 * 3 + 4, 1, &p));
	if (sodium_base642bin(
	        p, code.n / 4 * 3 + 3, code.p, code.n, "\r\n ", &n, NULL, sodium_base64_VARIANT_ORIGINAL))
		return ERR_INVALID;
	*ret = str_make(p, n);
	return OK;
}

/* The raw value of a header, its folding undone (CRLF before white space vanishes). */
static struct str
raw_header(struct arena *a, struct str mail, struct str name)
{
	struct str rest = mail, line;
	struct str found = STR_NONE;
	bool in = false;
	while (str_split(&rest, '\n', &line)) {
		line = str_slice(line, 0, str_ends(line, STR("\r")) ? line.n - 1 : line.n);
		if (!line.n)
			break;
		bool folded = line.p[0] == ' ' || line.p[0] == '\t';
		if (in && folded)
			found = arena_printf(a, "%.*s%.*s", STR_ARG(found), STR_ARG(line));
		else if (in)
			break;
		ptrdiff_t colon = str_chr(line, ':');
		if (!in && !folded && colon > 0 && str_ieq(str_slice(line, 0, (size_t)colon), name)) {
			in = true;
			found = str_slice(line, (size_t)colon + 1, line.n);
		}
	}
	return str_trim(found);
}

enum err
unmessage_header(struct arena *a, struct str mail, struct str name, struct str *ret)
{
	static const struct str start = {"=?UTF-8?B?", 10}, end = {"?=", 2};
	struct str rest = raw_header(a, mail, name), word, out = STR_NONE;
	bool after_encoded = false;
	while (str_split(&rest, ' ', &word)) {
		bool encoded = str_starts(word, start) && str_ends(word, end) && word.n > start.n + end.n;
		if (encoded)
			TRY(base64(a, str_slice(word, start.n, word.n - end.n), &word));
		const char *gap = out.n && !(encoded && after_encoded) ? " " : "";
		out = arena_printf(a, "%.*s%s%.*s", STR_ARG(out), gap, STR_ARG(word));
		after_encoded = encoded;
	}
	if (!utf8_valid(out))
		return ERR_INVALID;
	*ret = out;
	return OK;
}

static struct str
boundary_of(struct arena *a, struct str mail)
{
	struct str type = raw_header(a, mail, STR("Content-Type"));
	ptrdiff_t at = str_find(type, STR("boundary=\""));
	if (at < 0)
		return STR_NONE;
	struct str b = str_slice(type, (size_t)at + 10, type.n);
	ptrdiff_t quote = str_chr(b, '"');
	return quote > 0 ? arena_printf(a, "--%.*s\r\n", (int)quote, b.p) : STR_NONE;
}

enum err
unmessage_part(struct arena *a, struct str mail, struct str type, struct str *ret)
{
	struct str boundary = boundary_of(a, mail);
	ptrdiff_t at;
	while (boundary.n && (at = str_find(mail, boundary)) >= 0) {
		mail = str_slice(mail, (size_t)at + boundary.n, mail.n);
		ptrdiff_t body = str_find(mail, STR("\r\n\r\n"));
		if (body < 0)
			return ERR_INVALID;
		if (!str_starts(raw_header(a, mail, STR("Content-Type")), type))
			continue;
		struct str code = str_slice(mail, (size_t)body + 4, mail.n);
		ptrdiff_t end = str_find(code, STR("\r\n--"));
		if (end < 0)
			return ERR_INVALID;
		struct str bytes;
		TRY(base64(a, str_slice(code, 0, (size_t)end), &bytes));
		return utf8_text(a, bytes, bytes.n, ret);
	}
	return ERR_INVALID;
}
