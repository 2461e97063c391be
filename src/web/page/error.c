/* The page of an error, in plain words and with a way on. */
#include "handlers.h"
#include "page.h"
#include "templates.h"

void
page_error(struct http_ctx *c, enum err e)
{
	struct error_page p = {.code = e, .status = c->res->status, .message = page_err_text(c, e)};
	page_top_plain(c, &p.top);
	if (c->req->method != HTTP_GET)
		p.top.path = STR_NONE; /* there is nothing to come back to */
	struct tmpl t = page_tmpl(c);
	tmpl_error(&t, &p);
}

enum err
page_health(struct http_ctx *c)
{
	bool needed;
	TRY(app_setup_needed(c->app, &needed)); /* the database answers */
	c->res->mime = STR("text/plain; charset=utf-8");
	buf_put(&c->res->body, STR("ok\n"));
	return OK;
}
