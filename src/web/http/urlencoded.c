#include "urlencoded.h"
#include "hex.h"
#include "utf8.h"

enum err
urlencoded_decode(struct arena *a, struct str s, bool plus_is_space, struct str *ret)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%') {
			unsigned char c;
			if (i + 3 > s.n || !hex_decode(str_slice(s, i + 1, i + 3), &c, 1) || c == 0)
				return ERR_INVALID;
			p[n++] = (char)c;
			i += 2;
		} else {
			p[n++] = s.p[i] == '+' && plus_is_space ? ' ' : s.p[i];
		}
	}
	*ret = str_make(p, n);
	return utf8_valid(*ret) ? OK : ERR_INVALID;
}

enum err
urlencoded_parse(struct arena *a, struct str s, size_t max, struct http_field **ret, size_t *ret_n)
{
	size_t n = 0, cap = 1;
	struct str pair, name;
	for (size_t i = 0; i < s.n; i++)
		cap += s.p[i] == '&';
	if (cap > max)
		return ERR_INVALID;
	struct http_field *fields = ARENA_ARRAY(a, struct http_field, cap);
	while (str_split(&s, '&', &pair)) {
		if (!str_split(&pair, '=', &name))
			continue;
		TRY(urlencoded_decode(a, name, true, &fields[n].name));
		TRY(urlencoded_decode(a, pair, true, &fields[n].value));
		if (!fields[n].value.p)
			fields[n].value = STR("");
		n++;
	}
	*ret = fields;
	*ret_n = n;
	return OK;
}
