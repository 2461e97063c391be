/* The guide a sender's counterparties read: the six steps in words, with the sender's name where a link tells
 * it. */
#include "page.h"
#include "templates.h"

static enum err
guide_show(struct http_ctx *c, struct str sender, struct str path)
{
	struct guide_page *p = ARENA_NEW(c->app->arena, struct guide_page);
	struct tmpl t = page_tmpl(c);

	page_top_plain(c, &p->top);
	p->top.sender = sender;
	p->top.path = path;
	p->top.guide = STR_NONE;
	p->mail_from = c->app->config->mail_from;
	tmpl_guide(&t, p);
	return OK;
}

enum err
page_guide(struct http_ctx *c)
{
	struct str token = http_query(c->req, "from");
	struct link_view v;

	if (token.n > 0 && app_link_view(c->app, token, &v) == OK)
		return guide_show(
		    c, v.sender_company, arena_printf(c->app->arena, "/guide?from=%.*s", STR_ARG(token)));
	return guide_show(c, STR_NONE, c->req->path);
}

enum err
page_sign_guide(struct http_ctx *c)
{
	struct sign_view *v;

	TRY(page_signer(c, &v));
	return guide_show(c, v->sender_company, c->req->path);
}
