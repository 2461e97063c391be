/* 「リンクを再送」: for those who deleted the mail. The answer is the same whether the address is known or
 * not. */
#include "page.h"
#include "templates.h"

#include "utf8.h"

enum err
page_resend(struct http_ctx *c)
{
	struct resend_page *p = ARENA_NEW(c->app->arena, struct resend_page);
	struct tmpl t = page_tmpl(c);

	page_top_plain(c, &p->top);
	p->sent = http_query(c->req, "sent").n > 0;
	tmpl_resend(&t, p);
	return OK;
}

enum err
page_resend_post(struct http_ctx *c)
{
	struct resend_page *p = ARENA_NEW(c->app->arena, struct resend_page);
	struct str typed = http_form(c->req, "mail"), mail;
	struct tmpl t = page_tmpl(c);

	if (utf8_mail(c->app->arena, typed, &mail) == OK && mail.n > 0) {
		TRY(app_keep_resend(c->app, mail));
		return http_redirect(c, "/resend?sent=1");
	}
	page_top_plain(c, &p->top);
	p->mail = utf8_valid(typed) ? typed : STR_NONE;
	p->mail_fault =
	    page_pick(c, STR("メールアドレスの形式が正しくありません。"), STR("That is not a mail address."));
	page_fault_add(&p->faults, STR("mail"), p->mail_fault);
	c->res->status = 422;
	tmpl_resend(&t, p);
	return OK;
}
