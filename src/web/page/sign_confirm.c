/* STEP 5: everything once more, then 締結を確定, the single act of consent; and what comes after it. */
#include "page.h"
#include "templates.h"

enum err
page_sign_confirm(struct http_ctx *c)
{
	struct sign_page *p = ARENA_NEW(c->app->arena, struct sign_page);
	struct sign_view *v;
	struct tmpl t = page_tmpl(c);

	TRY(page_signer_at(c, STEP_CONFIRM, &v));
	if (!v)
		return OK;
	if (v->has_seal_step && v->seal.n == 0)
		return http_redirect(c, "/s/%.*s/seal", STR_ARG(v->participant));
	p->view = *v;
	p->id = v->participant;
	page_top_sign(c, v, PAGE_STEP_CONFIRM, &p->top);
	p->back = arena_printf(c->app->arena, "/s/%.*s/%s", STR_ARG(v->participant),
	    page_step_path(page_step_before(v, STEP_CONFIRM)));
	page_rows(c, v, &p->pages, &p->pages_n);
	if (v->seal.n > 0)
		page_marks(c, v, &p->marks, &p->marks_n);
	p->authentication = page_pick(c, v->authentication_ja, v->authentication_en);
	p->consent = page_pick(c, v->consent_ja, v->consent_en);
	p->now_ms = c->app->now_ms;
	for (unsigned i = 0; i < v->requests_n; i++)
		p->has_submissions |= v->submitted[i].id.n > 0;
	tmpl_sign_confirm(&t, p);
	return OK;
}

/* Not held back when this signer has confirmed already: pressing twice, or a reload, must answer the same. */
enum err
page_sign_confirm_post(struct http_ctx *c)
{
	struct sign_view *v;
	bool concluded;

	TRY(page_signer(c, &v));
	TRY(app_sign_confirm(c->app, c->req->session, http_form(c->req, "document"), &concluded));
	return http_redirect(c, "/s/%.*s/done", STR_ARG(v->participant));
}

enum err
page_sign_done(struct http_ctx *c)
{
	struct sign_page *p = ARENA_NEW(c->app->arena, struct sign_page);
	struct sign_view *v;
	struct tmpl t = page_tmpl(c);

	TRY(page_signer_at(c, STEP_DONE, &v));
	if (!v)
		return OK;
	p->view = *v;
	p->id = v->participant;
	page_top_sign(c, v, PAGE_STEP_CONFIRM, &p->top);
	tmpl_sign_done(&t, p);
	return OK;
}
