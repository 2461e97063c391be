/* The local outbox: mails as their readers would get them, until SMTP is configured. */
#include "handlers.h"
#include "page.h"
#include "sender_pages.h"
#include "templates.h"

enum err
page_outbox(struct http_ctx *c)
{
	struct outbox_page p = {0};
	sender_top_fill(c, NAV_OUTBOX, &p.top);
	TRY(app_outbox_list(c->app, &c->req->user, &p.rows, &p.rows_n));
	struct tmpl t = page_tmpl(c);
	tmpl_outbox(&t, &p);
	return OK;
}

/* The label of the mail's button: the text of the first link in its HTML. */
static struct str
button_label(struct str html)
{
	ptrdiff_t at = str_find(html, STR("<a "));
	if (at < 0)
		return STR_NONE;
	html = str_slice(html, (size_t)at, html.n);
	ptrdiff_t open = str_chr(html, '>'), close = str_find(html, STR("</a>"));
	return open < 0 || close < open ? STR_NONE
	                                : str_trim(str_slice(html, (size_t)open + 1, (size_t)close));
}

static bool
is_address(struct str line)
{
	return (str_starts(line, STR("https://")) || str_starts(line, STR("http://"))) &&
	       str_chr(line, ' ') < 0;
}

/* Links stay links only where they lead to this server; others are shown as text. */
static struct str
own_path(const struct app_config *config, struct str address)
{
	if (!str_starts(address, config->base_url))
		return STR_NONE;
	struct str path = str_slice(address, config->base_url.n, address.n);
	return path.n && path.p[0] == '/' ? path : STR_NONE;
}

static void
split_text(struct http_ctx *c, struct outbox_mail_page *p)
{
	struct str rest = p->mail.text, line;
	size_t lines = 1;
	for (size_t i = 0; i < rest.n; i++)
		lines += rest.p[i] == '\n';
	p->paragraphs = ARENA_ARRAY(c->app->arena, struct outbox_paragraph, lines);
	bool button_shown = false, joining = false;
	while (str_split(&rest, '\n', &line)) {
		line = str_trim(line);
		struct outbox_paragraph *last = p->paragraphs_n ? &p->paragraphs[p->paragraphs_n - 1] : NULL;
		if (line.n == 0) {
			joining = false;
		} else if (is_address(line)) {
			struct str href = own_path(c->app->config, line);
			p->paragraphs[p->paragraphs_n++] = (struct outbox_paragraph){
			    .text = line, .href = href, .button = href.n && !button_shown && p->button.n};
			button_shown |= href.n > 0;
			joining = false;
		} else if (joining && last) {
			last->text =
			    arena_printf(c->app->arena, "%.*s\n%.*s", STR_ARG(last->text), STR_ARG(line));
		} else {
			p->paragraphs[p->paragraphs_n++] = (struct outbox_paragraph){.text = line};
			joining = true;
		}
	}
}

enum err
page_outbox_mail(struct http_ctx *c)
{
	struct outbox_mail_page p = {0};
	sender_top_fill(c, NAV_OUTBOX, &p.top);
	TRY(app_outbox_mail(c->app, &c->req->user, c->req->args[0], &p.mail));
	p.button = button_label(p.mail.html);
	split_text(c, &p);
	struct tmpl t = page_tmpl(c);
	tmpl_outbox_mail(&t, &p);
	return OK;
}
