#include "route.h"

static bool
matches(const char *pattern, struct str path, struct str args[4])
{
	struct str p = str_c(pattern), want, have;
	unsigned n = 0;
	p = str_slice(p, 1, p.n);
	path = str_slice(path, 1, path.n);
	for (;;) {
		if (str_eq(p, STR("{...}"))) {
			args[n] = path;
			return path.n > 0;
		}
		bool more_want = str_split(&p, '/', &want), more_have = str_split(&path, '/', &have);
		if (more_want != more_have)
			return false;
		if (!more_want)
			return true;
		if (!str_eq(want, STR("{}"))) {
			if (!str_eq(want, have))
				return false;
		} else {
			if (have.n == 0)
				return false;
			args[n++] = have;
		}
	}
}

enum err
route_find(enum http_method method, struct str path, const struct route **ret, struct str args[4])
{
	bool other_method = false;
	if (path.n == 0 || path.p[0] != '/' || (path.n > 1 && path.p[path.n - 1] == '/'))
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < routes_n; i++) {
		if (!matches(routes[i].path, path, args))
			continue;
		if (routes[i].method == method) {
			*ret = &routes[i];
			return OK;
		}
		other_method = true;
	}
	return other_method ? ERR_METHOD : ERR_NOT_FOUND;
}
