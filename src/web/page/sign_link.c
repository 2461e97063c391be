/* /l/{token}: where a link leads. A GET changes nothing, for mail scanners open links too. */
#include "page.h"
#include "templates.h"

static enum err
blocked_page(struct http_ctx *c, const struct link_view *v)
{
	struct error_page *p = ARENA_NEW(c->app->arena, struct error_page);
	struct tmpl t = page_tmpl(c);

	page_top_link(c, c->req->args[0], v, &p->top);
	p->code = v->blocked;
	p->status = err_info(v->blocked)->http_status;
	p->message = page_err_text(c, v->blocked);
	c->res->status = p->status;
	tmpl_error(&t, p);
	return OK;
}

enum err
page_link(struct http_ctx *c)
{
	struct str token = c->req->args[0];
	struct link_page *p = ARENA_NEW(c->app->arena, struct link_page);

	TRY(app_link_view(c->app, token, &p->link));
	if (p->link.kind == LINK_KEEP || p->link.concluded)
		return http_redirect(c, "/l/%.*s/keep", STR_ARG(token));
	if (p->link.blocked != OK)
		return blocked_page(c, &p->link);
	if (p->link.kind == LINK_SHARED)
		return http_redirect(c, "/l/%.*s/identify", STR_ARG(token));
	page_top_link(c, token, &p->link, &p->top);
	p->token = token;
	struct tmpl t = page_tmpl(c);
	tmpl_link_landing(&t, p);
	return OK;
}

/* The cookie holds the session; the path names the participant, so that two contracts can be open side by
 * side. */
enum err
page_sign_enter(struct http_ctx *c, struct str session)
{
	struct sign_view *v = ARENA_NEW(c->app->arena, struct sign_view);

	TRY(app_sign_view(c->app, session, v));
	http_set_signer(c, v->participant, session);
	return http_redirect(c, "/s/%.*s", STR_ARG(v->participant));
}

enum err
page_link_open(struct http_ctx *c)
{
	struct str session;

	TRY(app_link_open(c->app, c->req->args[0], &session));
	return page_sign_enter(c, session);
}

/* /s/{id}: to the step that is next. */
enum err
page_sign(struct http_ctx *c)
{
	struct sign_view *v;

	TRY(page_signer(c, &v));
	return http_redirect(c, "/s/%.*s/%s", STR_ARG(v->participant), page_step_path(page_step_current(v)));
}
