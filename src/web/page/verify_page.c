/* 契約書を検証: for anybody who holds a file, without an account and without JavaScript. Nothing is kept. */
#include "page.h"
#include "templates.h"

#include "hex.h"
#include "id.h"
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

/* A certificate's code brings the contract's SHA-256 along. */
enum err
page_verify(struct http_ctx *c)
{
	struct verify_page *p = ARENA_NEW(c->app->arena, struct verify_page);
	struct str asked = http_query(c->req, "contract");
	struct sha256 digest;

	if (asked.n == 2 * SHA256_LENGTH && hex_decode(asked, digest.b, sizeof(digest.b))) {
		p->asked = sha256_hex(c->app->arena, &digest);
		TRY(app_verify_known(c->app, p->asked, &p->asked_known));
	}
	return show(c, p);
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

/* Empty when nothing was chosen. */
static enum err
read_file(struct http_ctx *c, const char *field, size_t max, struct str *ret, struct str *ret_name)
{
	const struct http_part *part = http_file(c->req, field);

	*ret = *ret_name = STR_NONE;
	if (!part || part->size == 0)
		return OK;
	*ret_name = utf8_valid(part->file_name) ? part->file_name : STR_NONE;
	return http_file_bytes(c, part, max, ret);
}

struct chosen {
	struct str file, other, anchors, file_name, other_name, anchors_name;
};

static struct verify_file
file_of(const struct verify_view *v, struct str name)
{
	return (struct verify_file){.view = v, .name = name, .sound = v->verdict.kind == DOCUMENT_SOUND};
}

static void
fill_issuer(struct verify_page *p, bool sound, enum verify_issuer issuer)
{
	p->judged = true;
	p->sound = sound;
	p->ours = sound && issuer == VERIFY_ISSUER_OURS;
	p->given = sound && issuer == VERIFY_ISSUER_GIVEN;
	p->unknown = sound && issuer == VERIFY_ISSUER_UNKNOWN;
}

static enum err
judge_one(struct http_ctx *c, const struct chosen *f, struct verify_page *p)
{
	struct verify_view *v = ARENA_NEW(c->app->arena, struct verify_view);

	TRY(app_verify(c->app, f->file, f->anchors, c->req->english, v));
	p->file = file_of(v, f->file_name);
	fill_issuer(p, p->file.sound, v->issuer);
	return OK;
}

static enum err
judge_two(struct http_ctx *c, const struct chosen *f, struct verify_page *p)
{
	struct verify_pair_view *v = ARENA_NEW(c->app->arena, struct verify_pair_view);

	TRY(app_verify_pair(c->app, f->file, f->other, f->anchors, c->req->english, v));
	p->pair = v;
	p->file = file_of(&v->contract, v->swapped ? f->other_name : f->file_name);
	p->other = file_of(&v->certificate, v->swapped ? f->file_name : f->other_name);
	p->file.contract = p->other.certificate = true;
	fill_issuer(p, v->fits, v->issuer);
	return OK;
}

enum err
page_verify_post(struct http_ctx *c)
{
	struct verify_page *p = ARENA_NEW(c->app->arena, struct verify_page);
	struct chosen f;

	TRY(read_file(c, "file", PDF_BYTES_MAX, &f.file, &f.file_name));
	TRY(read_file(c, "other", PDF_BYTES_MAX, &f.other, &f.other_name));
	if (f.file.n == 0)
		return refuse(c, p, "file",
		    page_pick(c, STR("PDFファイルを選んでください。"), STR("Please choose a PDF file.")),
		    &p->file_fault);
	if (f.other.n > PDF_BYTES_MAX - f.file.n)
		return ERR_TOO_LARGE;
	if (read_file(c, "anchors", ANCHORS_BYTES_MAX, &f.anchors, &f.anchors_name) != OK ||
	    (f.anchors.n && !utf8_valid(f.anchors)))
		return refuse(c, p, "anchors",
		    page_pick(c, STR("証明書ファイル（PEM形式）を選んでください。"),
		        STR("Please choose a PEM file of certificates.")),
		    &p->anchors_fault);
	enum err e = f.other.n ? judge_two(c, &f, p) : judge_one(c, &f, p);
	if (e == ERR_INVALID && f.anchors.n)
		return refuse(c, p, "anchors",
		    page_pick(c, STR("このファイルに証明書が見つかりません。"),
		        STR("There is no certificate in that file.")),
		    &p->anchors_fault);
	TRY(e);
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
