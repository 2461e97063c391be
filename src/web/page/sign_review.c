/* STEP 2: the first page, すべて見る, the PDF itself, the text of a page, 次へ. */
#include "page.h"
#include "templates.h"

enum {
	TEMPLATE_PAGES_MAX = 60
}; /* beyond this the other pages come with a reload, not with the first view */

enum err
page_sign_review(struct http_ctx *c)
{
	struct sign_page *p = ARENA_NEW(c->app->arena, struct sign_page);
	struct sign_view *v;
	struct tmpl t = page_tmpl(c);

	TRY(page_signer_at(c, STEP_REVIEW, &v));
	if (!v)
		return OK;
	p->view = *v;
	p->id = v->participant;
	page_top_sign(c, v, PAGE_STEP_REVIEW, &p->top);
	page_rows(c, v, &p->pages, &p->pages_n);
	if (!v->seen_all && p->pages_n > 1) {
		p->rest = p->pages + 1;
		p->rest_n = p->pages_n - 1;
		p->rest_inline = p->rest_n <= TEMPLATE_PAGES_MAX;
		p->pages_n = 1;
	}
	tmpl_sign_review(&t, p);
	return OK;
}

enum err
page_sign_seen_all(struct http_ctx *c)
{
	struct sign_view *v;

	TRY(page_signer_at(c, STEP_REVIEW, &v));
	if (!v)
		return OK;
	TRY(app_sign_seen_all(c->app, c->req->session));
	return http_redirect(c, "/s/%.*s/review#page-2", STR_ARG(v->participant));
}

enum err
page_sign_review_post(struct http_ctx *c)
{
	struct sign_view *v;

	TRY(page_signer_at(c, STEP_REVIEW, &v));
	if (!v)
		return OK;
	TRY(app_sign_reviewed(c->app, c->req->session));
	enum sign_step next = v->has_documents_step ? STEP_DOCUMENTS
	                      : v->has_seal_step    ? STEP_SEAL
	                                            : STEP_CONFIRM;
	return http_redirect(c, "/s/%.*s/%s", STR_ARG(v->participant), page_step_path(next));
}

/* 文字で読む, for those whom a picture does not help. */
enum err
page_sign_text(struct http_ctx *c)
{
	struct sign_text_page *p = ARENA_NEW(c->app->arena, struct sign_text_page);
	struct sign_view *v;
	unsigned long long number;
	struct tmpl t = page_tmpl(c);

	TRY(page_signer(c, &v));
	if (!str_to_u64(c->req->args[1], v->pages, &number) || number == 0)
		return ERR_NOT_FOUND;
	TRY(app_sign_text(c->app, c->req->session, (unsigned)number, &p->text));
	page_top_sign(c, v, PAGE_STEP_REVIEW, &p->top);
	p->top.steps_n = 0;
	p->id = v->participant;
	p->number = (unsigned)number;
	p->of = v->pages;
	p->previous = p->number - 1;
	p->next = p->number < v->pages ? p->number + 1 : 0;
	p->back = arena_printf(c->app->arena, "/s/%.*s#page-%u", STR_ARG(v->participant), p->number);
	tmpl_sign_text(&t, p);
	return OK;
}

enum err
page_sign_pdf(struct http_ctx *c)
{
	struct sign_view *v;
	struct file_ref f;

	TRY(page_signer(c, &v));
	TRY(app_sign_pdf(c->app, c->req->session, &f));
	return http_send_file(c, &f, false);
}

enum err
page_sign_image(struct http_ctx *c)
{
	struct sign_view *v;
	unsigned page, width;
	struct str png;

	TRY(page_image_args(c, c->req->args[1], &page, &width));
	TRY(page_signer(c, &v));
	if (page > v->pages)
		return ERR_NOT_FOUND;
	TRY(app_sign_page(c->app, c->req->session, page, width, &png));
	page_image_answer(c, STR("image/png"), png);
	return OK;
}
