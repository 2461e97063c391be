/* 一括検証: past runs and a new one, the progress of one, and its results. */
#include "clock.h"
#include "handlers.h"
#include "page.h"
#include "sender_pages.h"
#include "templates.h"

/* The day of a moment at which a day begins: without the time that follows it. */
static struct str
day(struct http_ctx *c, int64_t ms)
{
	struct arena *a = c->app->arena;
	struct str s = c->req->english ? clock_en(a, ms) : clock_ja(a, ms);
	ptrdiff_t end = c->req->english ? str_chr(s, ':') - 3 : str_chr(s, '(');
	return str_slice(s, 0, (size_t)end);
}

static void
fill_row(struct http_ctx *c, const struct bulk_verify_run *r, struct bulk_verify_row *ret)
{
	static const struct {
		struct str ja, en;
	} states[] = {[BULK_VERIFY_RUNNING] = {STR("検証中"), STR("Running")},
	    [BULK_VERIFY_DONE] = {STR("完了"), STR("Done")},
	    [BULK_VERIFY_CANCELLED] = {STR("中止"), STR("Cancelled")}};
	*ret = (struct bulk_verify_row){.run = r,
	    .id = r->id,
	    .period = arena_printf(c->app->arena, c->req->english ? "%.*s – %.*s" : "%.*s ～ %.*s",
	        STR_ARG(day(c, r->from_ms)), STR_ARG(day(c, r->to_ms))),
	    .state = page_pick(c, states[r->state].ja, states[r->state].en),
	    .tone = r->problems                       ? STR("error")
	            : r->state == BULK_VERIFY_DONE    ? STR("success")
	            : r->state == BULK_VERIFY_RUNNING ? STR("progress")
	                                              : STR(""),
	    .running = r->state == BULK_VERIFY_RUNNING,
	    .done = r->state == BULK_VERIFY_DONE,
	    .percent = r->total ? r->done * 100 / r->total : 100};
}

static enum err
show_list(struct http_ctx *c, struct bulk_verify_list_page *p)
{
	struct bulk_verify_run *runs;
	sender_top_fill(c, NAV_VERIFICATION, &p->top);
	TRY(app_bulk_verify_list(c->app, &c->req->user, &runs, &p->rows_n));
	p->rows = ARENA_ARRAY(c->app->arena, struct bulk_verify_row, p->rows_n + 1);
	for (size_t i = 0; i < p->rows_n; i++)
		fill_row(c, &runs[i], &p->rows[i]);
	struct tmpl t = page_tmpl(c);
	tmpl_bulk_verify_list(&t, p);
	return OK;
}

enum err
page_bulk_verify(struct http_ctx *c)
{
	struct bulk_verify_list_page p = {0};
	return show_list(c, &p);
}

enum err
page_bulk_verify_post(struct http_ctx *c)
{
	struct bulk_verify_list_page p = {
	    .cmd = {.from = http_form(c->req, "from"), .to = http_form(c->req, "to")}};
	struct faults faults = {0};
	struct str id;
	enum err e = app_bulk_verify_start(c->app, &c->req->user, &p.cmd, &faults, &id);
	if (e == OK)
		return http_redirect(c, "/verification/%.*s", STR_ARG(id));
	if (e != ERR_INVALID)
		return e;
	sender_faults_take(c, &faults, &p.faults);
	p.from_fault = page_fault_of(&p.faults, "from");
	p.to_fault = page_fault_of(&p.faults, "to");
	c->res->status = 422;
	return show_list(c, &p);
}

enum err
page_bulk_verify_run(struct http_ctx *c)
{
	struct bulk_verify_view *v = ARENA_NEW(c->app->arena, struct bulk_verify_view);
	struct bulk_verify_page p = {.view = v};
	TRY(app_bulk_verify_view(c->app, &c->req->user, c->req->args[0], v));
	fill_row(c, &v->run, &p.row);
	sender_top_fill(c, NAV_VERIFICATION, &p.top);
	struct tmpl t = page_tmpl(c);
	tmpl_bulk_verify(&t, &p);
	return OK;
}

/* For progress.js. */
enum err
page_bulk_verify_progress(struct http_ctx *c)
{
	struct bulk_verify_view v;
	TRY(app_bulk_verify_view(c->app, &c->req->user, c->req->args[0], &v));
	c->res->mime = STR("application/json");
	buf_printf(&c->res->body, "{\"done\":%u,\"total\":%u,\"problems\":%u,\"running\":%s}\n", v.run.done,
	    v.run.total, v.run.problems, v.run.state == BULK_VERIFY_RUNNING ? "true" : "false");
	return OK;
}

enum err
page_bulk_verify_cancel(struct http_ctx *c)
{
	TRY(app_bulk_verify_cancel(c->app, &c->req->user, c->req->args[0]));
	return http_redirect(c, "/verification/%.*s", STR_ARG(c->req->args[0]));
}

static enum err
download(struct http_ctx *c, bool csv)
{
	struct file_ref f;
	TRY(app_bulk_verify_file(c->app, &c->req->user, c->req->args[0], csv, &f));
	return http_send_file(c, &f, true);
}

enum err
page_bulk_verify_csv(struct http_ctx *c)
{
	return download(c, true);
}

enum err
page_bulk_verify_report(struct http_ctx *c)
{
	return download(c, false);
}
