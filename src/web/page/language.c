/* 日本語／English, remembered in a cookie; then back to where the reader was. */
#include "page.h"

enum { YEAR_S = 365 * 24 * 3600, PATH_MAX_BYTES = 300 };

/* A path of ours and nothing else: "//host" and "/\host" would leave the site. */
static bool
path_is_ours(struct str s)
{
#ifdef MUTANT_OPEN_REDIRECT
	return true;
#endif
	if (s.n == 0 || s.n > PATH_MAX_BYTES || s.p[0] != '/')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		bool fine = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
		            (ch >= '0' && ch <= '9') || ch == '-' || ch == '_' || ch == '.' || ch == '?' ||
		            ch == '=' || ch == '&' || (ch == '/' && (i == 0 || s.p[i - 1] != '/'));
		if (!fine)
			return false;
	}
	return true;
}

enum err
page_language(struct http_ctx *c)
{
	struct str to = http_form(c->req, "to");
	bool english = str_eq(http_form(c->req, "lang"), STR("en"));

	http_set_cookie(c, "lang", english ? STR("en") : STR("ja"), YEAR_S);
	if (!path_is_ours(to))
		to = STR("/");
	return http_redirect(c, "%.*s", STR_ARG(to));
}
