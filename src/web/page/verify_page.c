/* 契約書を検証: for anybody who holds a file, without an account and without JavaScript. Nothing is kept. */
#include "page.h"
#include "templates.h"

#include "utf8.h"

enum { PDF_BYTES_MAX = 60 << 20, ANCHORS_BYTES_MAX = 200 << 10 };

static enum err
show(struct http_ctx *c, struct verify_page *p)
{
	struct tmpl t = page_tmpl(c);

	page_top_plain(c, &p->top);
	p->top.path = STR("/verify");
	tmpl_verify(&t, p);
	return OK;
}

enum err
page_verify(struct http_ctx *c)
{
	return show(c, ARENA_NEW(c->app->arena, struct verify_page));
}

static enum err
refuse(
    struct http_ctx *c, struct verify_page *p, const char *field, struct str message, struct str *ret_fault)
{
	*ret_fault = message;
	page_fault_add(&p->faults, str_c(field), message);
	c->res->status = 422;
	return show(c, p);
}

static enum err
read_anchors(struct http_ctx *c, struct str *ret)
{
	const struct http_part *part = http_file(c->req, "anchors");

	*ret = STR_NONE;
	return part && part->size ? http_file_bytes(c, part, ANCHORS_BYTES_MAX, ret) : OK;
}

enum err
page_verify_post(struct http_ctx *c)
{
	struct verify_page *p = ARENA_NEW(c->app->arena, struct verify_page);
	struct verify_view *v = ARENA_NEW(c->app->arena, struct verify_view);
	const struct http_part *part = http_file(c->req, "file");
	struct str pdf, anchors;

	if (!part || part->size == 0)
		return refuse(c, p, "file",
		    page_pick(c, STR("PDFファイルを選んでください。"), STR("Please choose a PDF file.")),
		    &p->file_fault);
	TRY(http_file_bytes(c, part, PDF_BYTES_MAX, &pdf));
	if (read_anchors(c, &anchors) != OK || (anchors.n && !utf8_valid(anchors)))
		return refuse(c, p, "anchors",
		    page_pick(c, STR("証明書ファイル（PEM形式）を選んでください。"),
		        STR("Please choose a PEM file of certificates.")),
		    &p->anchors_fault);
	enum err e = app_verify(c->app, pdf, anchors, c->req->english, v);
	if (e == ERR_INVALID && anchors.n)
		return refuse(c, p, "anchors",
		    page_pick(c, STR("このファイルに証明書が見つかりません。"),
		        STR("There is no certificate in that file.")),
		    &p->anchors_fault);
	TRY(e);
	p->view = v;
	p->file_name = utf8_valid(part->file_name) ? part->file_name : STR_NONE;
	p->sound = v->verdict.kind == DOCUMENT_SOUND;
	p->ours = p->sound && v->issuer == VERIFY_ISSUER_OURS;
	p->given = p->sound && v->issuer == VERIFY_ISSUER_GIVEN;
	p->unknown = p->sound && v->issuer == VERIFY_ISSUER_UNKNOWN;
	return show(c, p);
}

/* The root that every signature of this installation leads to. */
enum err
page_verify_root(struct http_ctx *c)
{
	c->res->mime = STR("application/x-pem-file");
	buf_put(&c->res->body, c->app->config->root_pem);
	return OK;
}
