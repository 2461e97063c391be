/* A shared link: who are you, and a code by mail. What was entered travels in the challenge cookie (10
 * minutes, HttpOnly), for the resend and for 「メールアドレスを変更」; the application checks it again each
 * time. */
#include "page.h"
#include "templates.h"

#include "hex.h"

enum { FIELDS = 4, FIELD_MAX_BYTES = 400, CHALLENGE_LIFE_S = 600, RESEND_EVERY_S = 60 };

static void
fields_of(struct identify_cmd *cmd, struct str *ret[FIELDS])
{
	ret[0] = &cmd->company;
	ret[1] = &cmd->title;
	ret[2] = &cmd->name;
	ret[3] = &cmd->mail;
}

static struct str
challenge_pack(struct http_ctx *c, struct str challenge, struct identify_cmd *cmd)
{
	struct str out = challenge, *field[FIELDS];

	fields_of(cmd, field);
	for (unsigned i = 0; i < FIELDS; i++) {
		struct str hex = hex_encode(c->app->arena, *field[i]);
		out = arena_printf(c->app->arena, "%.*s.%.*s", STR_ARG(out), STR_ARG(hex));
	}
	return out;
}

/* False when there is no cookie or it is not one of ours. */
static bool
challenge_unpack(struct http_ctx *c, struct str *ret_challenge, struct identify_cmd *ret)
{
	struct str s = http_cookie(c->req, "challenge"), part, challenge, *field[FIELDS];

	fields_of(ret, field);
	if (!str_split(&s, '.', &challenge) || challenge.n == 0)
		return false;
	for (unsigned i = 0; i < FIELDS; i++) {
		unsigned char *bytes;
		if (!str_split(&s, '.', &part))
			part = STR_NONE;
		if (part.n > 2 * FIELD_MAX_BYTES || part.n % 2 != 0)
			return false;
		bytes = arena_alloc(c->app->arena, part.n / 2 + 1);
		if (!hex_decode(part, bytes, part.n / 2 + 1))
			return false;
		*field[i] = str_make(bytes, part.n / 2);
	}
	*ret_challenge = challenge;
	return true;
}

/* The link as far as this screen may use it; a redirect to the landing page otherwise (then *ret_usable is
 * false). */
static enum err
shared_link(struct http_ctx *c, struct link_view *ret, bool *ret_usable)
{
	TRY(app_link_view(c->app, c->req->args[0], ret));
	*ret_usable = ret->kind == LINK_SHARED && ret->blocked == OK && !ret->concluded;
	return *ret_usable ? OK : http_redirect(c, "/l/%.*s", STR_ARG(c->req->args[0]));
}

static enum err
identify_show(struct http_ctx *c, struct link_identify_page *p)
{
	struct tmpl t = page_tmpl(c);

	page_top_link(c, c->req->args[0], &p->link, &p->top);
	p->token = c->req->args[0];
	p->company_fault = page_fault_of(&p->faults, "company");
	p->title_fault = page_fault_of(&p->faults, "title");
	p->name_fault = page_fault_of(&p->faults, "name");
	p->mail_fault = page_fault_of(&p->faults, "mail");
	if (p->faults.n > 0)
		c->res->status = 422;
	tmpl_link_identify(&t, p);
	return OK;
}

enum err
page_link_identify(struct http_ctx *c)
{
	struct link_identify_page *p = ARENA_NEW(c->app->arena, struct link_identify_page);
	struct str challenge;
	bool usable;

	TRY(shared_link(c, &p->link, &usable));
	if (!usable)
		return OK;
	if (!challenge_unpack(c, &challenge, &p->cmd))
		p->cmd = (struct identify_cmd){0};
	return identify_show(c, p);
}

enum err
page_link_identify_post(struct http_ctx *c)
{
	struct link_identify_page *p = ARENA_NEW(c->app->arena, struct link_identify_page);
	struct faults faults = {0};
	struct str challenge;
	bool usable;

	TRY(shared_link(c, &p->link, &usable));
	if (!usable)
		return OK;
	p->cmd = (struct identify_cmd){http_form(c->req, "company"), http_form(c->req, "title"),
	    http_form(c->req, "name"), http_form(c->req, "mail")};
	enum err e = app_code_request(c->app, c->req->args[0], &p->cmd, &faults, &challenge);
	if (e == ERR_INVALID || e == ERR_RATE) {
		page_faults_from(c, &faults, &p->faults);
		if (p->faults.n == 0)
			page_fault_add(
			    &p->faults, e == ERR_RATE ? STR("mail") : STR("company"), page_err_text(c, e));
		return identify_show(c, p);
	}
	TRY(e);
	http_set_cookie(c, "challenge", challenge_pack(c, challenge, &p->cmd), CHALLENGE_LIFE_S);
	return http_redirect(c, "/l/%.*s/code", STR_ARG(c->req->args[0]));
}

/* The code page; fault is what was wrong with the last try, OK if nothing was. */
static enum err
code_show(
    struct http_ctx *c, const struct link_view *link, struct str challenge, enum err fault, unsigned left)
{
	struct link_code_page *p = ARENA_NEW(c->app->arena, struct link_code_page);
	struct challenge_view v;
	struct tmpl t = page_tmpl(c);

	TRY(app_code_view(c->app, c->req->args[0], challenge, &v));
	page_top_link(c, c->req->args[0], link, &p->top);
	p->token = c->req->args[0];
	p->mail = v.mail;
	p->resent = http_query(c->req, "resent").n > 0;
	int64_t wait_ms = v.resend_at_ms - c->app->now_ms;
	p->wait_s = wait_ms <= 0                      ? 0
	            : wait_ms > RESEND_EVERY_S * 1000 ? RESEND_EVERY_S
	                                              : (unsigned)((wait_ms + 999) / 1000);
	if (fault != OK) {
		p->code_fault = page_err_text(c, fault);
		if (fault == ERR_CODE_WRONG)
			p->code_fault = arena_printf(c->app->arena,
			    c->req->english ? "The code is wrong (%u tries left)."
			                    : "コードが違います（残り%u回）。",
			    left);
		page_fault_add(&p->faults, STR("code"), p->code_fault);
		p->resent = false;
		c->res->status = err_info(fault)->http_status;
	}
	tmpl_link_code(&t, p);
	return OK;
}

enum err
page_link_code(struct http_ctx *c)
{
	struct link_view link;
	struct identify_cmd cmd;
	struct str challenge;
	bool usable;

	TRY(shared_link(c, &link, &usable));
	if (!usable)
		return OK;
	if (!challenge_unpack(c, &challenge, &cmd))
		return http_redirect(c, "/l/%.*s/identify", STR_ARG(c->req->args[0]));
	enum err e = code_show(c, &link, challenge, OK, 0);
	return e == ERR_NOT_FOUND ? http_redirect(c, "/l/%.*s/identify", STR_ARG(c->req->args[0])) : e;
}

enum err
page_link_code_post(struct http_ctx *c)
{
	struct link_view link;
	struct identify_cmd cmd;
	struct str challenge, session;
	unsigned left = 0;
	bool usable;

	TRY(shared_link(c, &link, &usable));
	if (!usable)
		return OK;
	if (!challenge_unpack(c, &challenge, &cmd))
		return http_redirect(c, "/l/%.*s/identify", STR_ARG(c->req->args[0]));
	enum err e =
	    app_code_verify(c->app, c->req->args[0], challenge, http_form(c->req, "code"), &session, &left);
	if (e == ERR_CODE_WRONG || e == ERR_CODE_EXPIRED || e == ERR_CODE_DEAD || e == ERR_INVALID)
		return code_show(c, &link, challenge, e == ERR_INVALID ? ERR_CODE_WRONG : e, left);
	TRY(e);
	http_set_cookie(c, "challenge", STR_NONE, 0);
	return page_sign_enter(c, session);
}

enum err
page_link_resend(struct http_ctx *c)
{
	struct link_view link;
	struct identify_cmd cmd;
	struct faults faults = {0};
	struct str challenge, fresh;
	bool usable;

	TRY(shared_link(c, &link, &usable));
	if (!usable)
		return OK;
	if (!challenge_unpack(c, &challenge, &cmd))
		return http_redirect(c, "/l/%.*s/identify", STR_ARG(c->req->args[0]));
	enum err e = app_code_request(c->app, c->req->args[0], &cmd, &faults, &fresh);
	if (e == ERR_RATE)
		return code_show(c, &link, challenge, e, 0);
	if (e == ERR_INVALID)
		return http_redirect(c, "/l/%.*s/identify", STR_ARG(c->req->args[0]));
	TRY(e);
	http_set_cookie(c, "challenge", challenge_pack(c, fresh, &cmd), CHALLENGE_LIFE_S);
	return http_redirect(c, "/l/%.*s/code?resent=1", STR_ARG(c->req->args[0]));
}
