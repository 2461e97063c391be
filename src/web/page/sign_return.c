/* 差し戻し: back to the sender, with a reason that is mandatory. */
#include "page.h"
#include "templates.h"

#include "utf8.h"

enum { REASON_MAX = 2000 };

static enum err
return_show(struct http_ctx *c, const struct sign_view *v, struct str reason, struct str fault)
{
	struct sign_page *p = ARENA_NEW(c->app->arena, struct sign_page);
	struct tmpl t = page_tmpl(c);

	p->view = *v;
	p->id = v->participant;
	page_top_sign(c, v, PAGE_STEP_REVIEW, &p->top);
	p->top.steps_n = 0;
	p->reason = reason;
	p->reason_fault = fault;
	if (fault.n > 0) {
		page_fault_add(&p->faults, STR("reason"), fault);
		c->res->status = 422;
	}
	tmpl_sign_return(&t, p);
	return OK;
}

enum err
page_sign_return(struct http_ctx *c)
{
	struct sign_view *v;

	TRY(page_signer_at(c, STEP_REVIEW, &v));
	return v ? return_show(c, v, STR_NONE, STR_NONE) : OK;
}

enum err
page_sign_return_post(struct http_ctx *c)
{
	struct str typed = http_form(c->req, "reason"), reason;
	struct sign_view *v;

	TRY(page_signer_at(c, STEP_REVIEW, &v));
	if (!v)
		return OK;
	if (utf8_text(c->app->arena, typed, REASON_MAX, &reason) != OK)
		return return_show(c, v, utf8_valid(typed) ? typed : STR_NONE,
		    page_pick(c, STR("差し戻し理由は2,000文字以内で入力してください。"),
		        STR("Please keep the reason within 2,000 characters.")));
#ifndef MUTANT_BLANK_REASON
	if (reason.n == 0)
		return return_show(c, v, STR_NONE, page_err_text(c, ERR_REASON));
#endif
	enum err e = app_sign_return(c->app, c->req->session, reason);
	if (e == ERR_REASON || e == ERR_INVALID)
		return return_show(c, v, reason, page_err_text(c, ERR_REASON));
	TRY(e);
	return http_redirect(c, "/s/%.*s/returned", STR_ARG(v->participant));
}

enum err
page_sign_returned(struct http_ctx *c)
{
	struct error_page *p = ARENA_NEW(c->app->arena, struct error_page);
	struct sign_view *v;
	struct tmpl t = page_tmpl(c);
	enum err e = page_signer(c, &v);

	if (e == OK)
		return http_redirect(c, "/s/%.*s", STR_ARG(c->req->args[0]));
	if (e != ERR_RETURNED)
		return e;
	page_top_plain(c, &p->top);
	p->code = ERR_RETURNED;
	p->status = 200;
	p->done = true;
	tmpl_error(&t, p);
	return OK;
}
