/* A PDF becomes a draft, or the next version of a contract that came back. */
#include "handlers.h"
#include "page.h"
#include "sender_pages.h"
#include "templates.h"

enum { PDF_BYTES_MAX = 50 << 20 };

static void
show(struct http_ctx *c, const struct envelope_view *revises, enum err problem)
{
	struct new_page p = {0};
	sender_top_fill(c, NAV_NEW, &p.top);
	if (revises) {
		p.revises = revises->id;
		p.revises_title = revises->title;
		p.return_reason = revises->return_reason;
		p.returned_by = revises->returned_by;
	}
	if (problem != OK) {
		const struct err_info *info = err_info(problem);
		p.faults.v[p.faults.n++] = (struct page_fault){
		    .field = STR("file"), .message = str_c(c->req->english ? info->en : info->ja)};
		c->res->status = info->http_status;
	}
	struct tmpl t = page_tmpl(c);
	tmpl_new(&t, &p);
}

/* What the user can mend by choosing another file is said on the form itself. */
static bool
about_the_file(enum err e)
{
	return e != OK && err_info(e)->family == ERR_FAMILY_REFUSED && e != ERR_NOT_FOUND && e != ERR_STALE &&
	       e != ERR_WRONG_STATE && e != ERR_LOGIN;
}

static enum err
uploaded(struct http_ctx *c, struct str *ret_name, struct str *ret_bytes)
{
	const struct http_part *part = http_file(c->req, "file");
	if (!part || part->size == 0)
		return ERR_NOT_PDF;
	TRY(http_file_bytes(c, part, PDF_BYTES_MAX, ret_bytes));
	*ret_name = part->file_name;
	return OK;
}

enum err
page_new(struct http_ctx *c)
{
	show(c, NULL, OK);
	return OK;
}

static enum err
create(struct http_ctx *c, struct str *ret)
{
	struct str name, bytes;
	TRY(uploaded(c, &name, &bytes));
	return app_draft_create(c->app, &c->req->user, name, bytes, ret);
}

enum err
page_new_post(struct http_ctx *c)
{
	struct str envelope;
	enum err e = create(c, &envelope);
	if (about_the_file(e)) {
		show(c, NULL, e);
		return OK;
	}
	TRY(e);
	return http_redirect(c, "/c/%.*s/edit", STR_ARG(envelope));
}

static enum err
revised(struct http_ctx *c, struct envelope_view **ret)
{
	struct envelope_view *v = ARENA_NEW(c->app->arena, struct envelope_view);
	TRY(app_envelope_view(c->app, &c->req->user, c->req->args[0], v));
	if (v->state != ENVELOPE_RETURNED)
		return ERR_WRONG_STATE;
	*ret = v;
	return OK;
}

enum err
page_revise(struct http_ctx *c)
{
	struct envelope_view *v;
	TRY(revised(c, &v));
	show(c, v, OK);
	return OK;
}

static enum err
revise(struct http_ctx *c, struct str envelope, struct str *ret)
{
	struct str name, bytes;
	TRY(uploaded(c, &name, &bytes));
	return app_envelope_revise(c->app, &c->req->user, envelope, name, bytes, ret);
}

enum err
page_revise_post(struct http_ctx *c)
{
	struct envelope_view *v;
	struct str next;
	TRY(revised(c, &v));
	enum err e = revise(c, v->id, &next);
	if (about_the_file(e)) {
		show(c, v, e);
		return OK;
	}
	TRY(e);
	return http_redirect(c, "/c/%.*s/edit", STR_ARG(next));
}
