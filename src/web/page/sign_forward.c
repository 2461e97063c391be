/* 転送: to whoever has the authority, by a signer in a session or by the holder of a shared link that is not
 * used yet. */
#include "page.h"
#include "templates.h"

static enum err
forward_show(struct http_ctx *c, struct forward_page *p)
{
	struct tmpl t = page_tmpl(c);

	p->company_fault = page_fault_of(&p->faults, "company");
	p->name_fault = page_fault_of(&p->faults, "name");
	p->mail_fault = page_fault_of(&p->faults, "mail");
	p->mail_again_fault = page_fault_of(&p->faults, "mail_again");
	p->message_fault = page_fault_of(&p->faults, "message");
	p->authority_fault = page_fault_of(&p->faults, "authority");
	if (p->faults.n > 0)
		c->res->status = 422;
	tmpl_sign_forward(&t, p);
	return OK;
}

/* Does it, and goes to done; on faults shows the form again. */
static enum err
forward_do(struct http_ctx *c, struct forward_page *p, struct str session, struct str token, struct str done)
{
	struct faults faults = {0};

	p->cmd = (struct forward_cmd){http_form(c->req, "company"), http_form(c->req, "name"),
	    http_form(c->req, "mail"), http_form(c->req, "mail_again"), http_form(c->req, "message"),
	    http_form(c->req, "authority").n > 0};
	enum err e = app_sign_forward(c->app, session, token, &p->cmd, &faults);
	if (e == ERR_INVALID) {
		page_faults_from(c, &faults, &p->faults);
		if (p->faults.n == 0)
			page_fault_add(&p->faults, STR("company"), page_err_text(c, e));
		return forward_show(c, p);
	}
	TRY(e);
	return http_redirect(c, "%.*s", STR_ARG(done));
}

static enum err
forwarded_show(struct http_ctx *c, const struct page_top *top)
{
	struct error_page *p = ARENA_NEW(c->app->arena, struct error_page);
	struct tmpl t = page_tmpl(c);

	p->top = *top;
	p->code = ERR_DELEGATED;
	p->status = 200;
	p->done = true;
	tmpl_error(&t, p);
	return OK;
}

static enum err
link_start(struct http_ctx *c, struct forward_page *p, bool *ret_usable)
{
	struct str token = c->req->args[0];
	struct link_view link;

	TRY(app_link_view(c->app, token, &link));
	*ret_usable = link.kind == LINK_SHARED && link.blocked == OK && !link.concluded;
	if (!*ret_usable)
		return http_redirect(c, "/l/%.*s", STR_ARG(token));
	page_top_link(c, token, &link, &p->top);
	p->action = arena_printf(c->app->arena, "/l/%.*s/forward", STR_ARG(token));
	p->back = arena_printf(c->app->arena, "/l/%.*s/identify", STR_ARG(token));
	return OK;
}

enum err
page_link_forward(struct http_ctx *c)
{
	struct forward_page *p = ARENA_NEW(c->app->arena, struct forward_page);
	bool usable;

	TRY(link_start(c, p, &usable));
	return usable ? forward_show(c, p) : OK;
}

enum err
page_link_forward_post(struct http_ctx *c)
{
	struct forward_page *p = ARENA_NEW(c->app->arena, struct forward_page);
	bool usable;

	TRY(link_start(c, p, &usable));
	if (!usable)
		return OK;
	return forward_do(c, p, STR_NONE, c->req->args[0],
	    arena_printf(c->app->arena, "/l/%.*s/forwarded", STR_ARG(c->req->args[0])));
}

enum err
page_link_forwarded(struct http_ctx *c)
{
	struct link_view link;
	struct page_top top;

	TRY(app_link_view(c->app, c->req->args[0], &link));
	if (link.blocked != ERR_DELEGATED)
		return http_redirect(c, "/l/%.*s", STR_ARG(c->req->args[0]));
	page_top_link(c, c->req->args[0], &link, &top);
	return forwarded_show(c, &top);
}

static enum err
sign_start(struct http_ctx *c, struct forward_page *p, bool *ret_usable)
{
	struct sign_view *v;

	TRY(page_signer_at(c, STEP_REVIEW, &v));
	*ret_usable = v != NULL;
	if (!v)
		return OK;
	page_top_sign(c, v, PAGE_STEP_REVIEW, &p->top);
	p->top.steps_n = 0; /* a road of its own */
	p->action = arena_printf(c->app->arena, "/s/%.*s/forward", STR_ARG(v->participant));
	p->back = arena_printf(c->app->arena, "/s/%.*s/review", STR_ARG(v->participant));
	return OK;
}

enum err
page_sign_forward(struct http_ctx *c)
{
	struct forward_page *p = ARENA_NEW(c->app->arena, struct forward_page);
	bool usable;

	TRY(sign_start(c, p, &usable));
	return usable ? forward_show(c, p) : OK;
}

enum err
page_sign_forward_post(struct http_ctx *c)
{
	struct forward_page *p = ARENA_NEW(c->app->arena, struct forward_page);
	bool usable;

	TRY(sign_start(c, p, &usable));
	if (!usable)
		return OK;
	return forward_do(c, p, c->req->session, STR_NONE,
	    arena_printf(c->app->arena, "/s/%.*s/forwarded", STR_ARG(c->req->args[0])));
}

/* The session has ended with the forwarding; that it says so is all that is needed. */
enum err
page_sign_forwarded(struct http_ctx *c)
{
	struct sign_view *v;
	struct page_top top;
	enum err e = page_signer(c, &v);

	if (e == OK)
		return http_redirect(c, "/s/%.*s", STR_ARG(c->req->args[0]));
	if (e != ERR_DELEGATED)
		return e;
	page_top_plain(c, &top);
	return forwarded_show(c, &top);
}
