/* STEP 6: the concluded contract and its two downloads, by the link of 【締結完了】 (/l/{token}/keep, never
 * expires) or by the session of a signer who has confirmed (/s/{id}/keep). */
#include "page.h"
#include "templates.h"

enum err
keep_who(struct http_ctx *c, struct keep_who *ret)
{
	*ret = (struct keep_who){0};
	if (str_starts(c->req->path, STR("/l/"))) {
		ret->base = STR("l");
		ret->token = c->req->args[0];
		return OK;
	}
	struct sign_view *v;
	ret->base = STR("s");
	ret->session = c->req->session;
	return page_signer(c, &v);
}

enum err
page_keep(struct http_ctx *c)
{
	struct keep_page *p = ARENA_NEW(c->app->arena, struct keep_page);
	struct keep_who who;
	struct tmpl t = page_tmpl(c);

	TRY(keep_who(c, &who));
	enum err e = app_keep_view(c->app, who.token, who.session, &p->view);
	if (e == ERR_WRONG_STATE && who.session.n > 0) /* not confirmed yet: the steps know where to go */
		return http_redirect(c, "/s/%.*s", STR_ARG(c->req->args[0]));
	TRY(e);
	page_top_plain(c, &p->top);
	p->top.contract = p->view.title;
	p->top.sender = p->view.sender_company;
	p->top.guide = who.token.n > 0
	                   ? arena_printf(c->app->arena, "/guide?from=%.*s", STR_ARG(who.token))
	                   : arena_printf(c->app->arena, "/s/%.*s/guide", STR_ARG(c->req->args[0]));
	p->base = who.base;
	p->id = c->req->args[0];
	p->pages_n = p->view.pages <= 1000 ? p->view.pages : 1000;
	p->pages = ARENA_ARRAY(c->app->arena, struct page_row, p->pages_n + 1);
	for (unsigned i = 0; i < p->pages_n; i++) {
		struct page_row *r = &p->pages[i];
		r->id = p->id;
		r->number = i + 1;
		r->of = p->view.pages;
		r->height_px = page_height_px(p->view.page_width_mm[i], p->view.page_height_mm[i]);
		r->first = i == 0;
	}
	tmpl_keep(&t, p);
	return OK;
}

enum err
page_keep_image(struct http_ctx *c)
{
	struct keep_who who;
	unsigned page, width;
	struct str png;

	TRY(page_image_args(c, c->req->args[1], &page, &width));
	TRY(keep_who(c, &who));
	TRY(app_keep_page(c->app, who.token, who.session, page, width, &png));
	page_image_answer(c, STR("image/png"), png);
	return OK;
}

static enum err
keep_download(struct http_ctx *c, enum download what)
{
	struct keep_who who;
	struct file_ref f;

	TRY(keep_who(c, &who));
	TRY(app_keep_download(c->app, who.token, who.session, what, &f));
	return http_send_file(c, &f, true);
}

enum err
page_keep_contract(struct http_ctx *c)
{
	return keep_download(c, DOWNLOAD_CONTRACT);
}

enum err
page_keep_certificate(struct http_ctx *c)
{
	return keep_download(c, DOWNLOAD_CERTIFICATE);
}
