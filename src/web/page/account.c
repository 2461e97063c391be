/* First run, logging in and out. */
#include "handlers.h"
#include "page.h"
#include "sender_pages.h"
#include "templates.h"

static void
show_setup(struct http_ctx *c, const struct setup_cmd *cmd, const struct faults *faults)
{
	struct setup_page p = {0};
	sender_top_fill(c, NAV_NONE, &p.top);
	if (cmd)
		p.cmd = *cmd;
	if (faults)
		sender_faults_take(c, faults, &p.faults);
	p.organisation_fault = page_fault_of(&p.faults, "organisation");
	p.name_fault = page_fault_of(&p.faults, "name");
	p.mail_fault = page_fault_of(&p.faults, "mail");
	p.password_fault = page_fault_of(&p.faults, "password");
	struct tmpl t = page_tmpl(c);
	tmpl_setup(&t, &p);
	if (p.faults.n)
		c->res->status = 422;
}

enum err
page_setup(struct http_ctx *c)
{
	bool needed;
	TRY(app_setup_needed(c->app, &needed));
	if (!needed)
		return http_redirect(c, "/");
	show_setup(c, NULL, NULL);
	return OK;
}

static enum err
log_in(struct http_ctx *c, struct str mail, struct str password, struct str next)
{
	struct str token;
	TRY(app_login(c->app, mail, password, &token));
	http_set_cookie(c, "user", token, 12 * 3600);
	/* only paths of our own: a stranger's link must not lead elsewhere after logging in */
	bool own = next.n > 1 && next.p[0] == '/' && next.p[1] != '/' && next.p[1] != '\\';
	return own ? http_redirect(c, "%.*s", STR_ARG(next)) : http_redirect(c, "/");
}

enum err
page_setup_post(struct http_ctx *c)
{
	struct setup_cmd cmd = {.organisation = http_form(c->req, "organisation"),
	    .name = http_form(c->req, "name"),
	    .mail = http_form(c->req, "mail"),
	    .password = http_form(c->req, "password")};
	struct faults faults = {0};
	enum err e = app_setup(c->app, &cmd, &faults);
	if (e == ERR_INVALID) {
		show_setup(c, &cmd, &faults);
		return OK;
	}
	TRY(e);
	return log_in(c, cmd.mail, cmd.password, STR("/"));
}

static void
show_login(struct http_ctx *c, struct str mail, struct str next, enum err problem)
{
	struct login_page p = {.mail = mail, .next = next};
	sender_top_fill(c, NAV_NONE, &p.top);
	p.top.user_name = STR_NONE;
	if (problem != OK) {
		const struct err_info *info = err_info(problem);
		p.faults.v[p.faults.n++] = (struct page_fault){
		    .field = STR("mail"), .message = str_c(c->req->english ? info->en : info->ja)};
		c->res->status = info->http_status;
	}
	struct tmpl t = page_tmpl(c);
	tmpl_login(&t, &p);
}

enum err
page_login(struct http_ctx *c)
{
	bool needed;
	TRY(app_setup_needed(c->app, &needed));
	if (needed)
		return http_redirect(c, "/setup");
	show_login(c, STR_NONE, http_query(c->req, "next"), OK);
	return OK;
}

enum err
page_login_post(struct http_ctx *c)
{
	struct str mail = http_form(c->req, "mail"), next = http_form(c->req, "next");
	enum err e = log_in(c, mail, http_form(c->req, "password"), next);
	if (e == ERR_BAD_LOGIN || e == ERR_LOCKED || e == ERR_INVALID) {
		show_login(c, mail, next, e == ERR_INVALID ? ERR_BAD_LOGIN : e);
		return OK;
	}
	return e;
}

enum err
page_logout(struct http_ctx *c)
{
	TRY(app_logout(c->app, c->req->session));
	http_set_cookie(c, "user", STR_NONE, 0);
	return http_redirect(c, "/login");
}
