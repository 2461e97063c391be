#include "page.h"

#include "err.h"
#include "hex.h"
#include "id.h"

#include <stdlib.h>

struct tmpl
page_tmpl(struct http_ctx *c)
{
	return (struct tmpl){&c->res->body, c->app->arena, c->req->english, c->req->csrf};
}

struct str
page_pick(const struct http_ctx *c, struct str ja, struct str en)
{
	return c->req->english && en.n > 0 ? en : ja;
}

void
page_top_plain(struct http_ctx *c, struct page_top *ret)
{
	*ret = (struct page_top){
	    .product = c->app->config->product_name, .path = c->req->path, .guide = STR("/guide")};
}

void
page_top_link(struct http_ctx *c, struct str token, const struct link_view *v, struct page_top *ret)
{
	page_top_plain(c, ret);
	ret->sender = v->sender_company;
	ret->contract = v->title;
	ret->version = v->version;
	ret->guide = arena_printf(c->app->arena, "/guide?from=%.*s", STR_ARG(token));
}

static void
step_add(struct page_top *top, enum page_step step, enum page_step now, bool finished)
{
	struct page_step_row *row = &top->steps[top->steps_n++];

	*row = (struct page_step_row){step, finished || step < now, !finished && step == now, top->steps_n};
}

void
page_top_sign(struct http_ctx *c, const struct sign_view *v, enum page_step now, struct page_top *ret)
{
	bool finished = v->confirmed;

	page_top_plain(c, ret);
	ret->sender = v->sender_company;
	ret->contract = v->title;
	ret->version = v->version;
	ret->guide = arena_printf(c->app->arena, "/s/%.*s/guide", STR_ARG(v->participant));
	step_add(ret, PAGE_STEP_IDENTIFY, now, finished);
	step_add(ret, PAGE_STEP_REVIEW, now, finished);
	if (v->has_documents_step)
		step_add(ret, PAGE_STEP_DOCUMENTS, now, finished);
	if (v->has_seal_step)
		step_add(ret, PAGE_STEP_SEAL, now, finished);
	step_add(ret, PAGE_STEP_CONFIRM, now, finished);
}

enum err
page_signer(struct http_ctx *c, struct sign_view **ret)
{
	struct sign_view *v = ARENA_NEW(c->app->arena, struct sign_view);

	if (c->req->session.n == 0)
		return ERR_LOGIN;
	TRY(app_sign_view(c->app, c->req->session, v));
#ifndef MUTANT_ANY_SESSION
	if (!str_eq(v->participant, c->req->args[0]))
		return ERR_LOGIN;
#endif
	*ret = v;
	return OK;
}

const char *
page_step_path(enum sign_step step)
{
	switch (step) {
	case STEP_REVIEW: return "review";
	case STEP_DOCUMENTS: return "documents";
	case STEP_SEAL: return "seal";
	case STEP_CONFIRM: return "confirm";
	case STEP_DONE: return "done";
	}
	return "review";
}

static bool
step_applies(const struct sign_view *v, enum sign_step step)
{
	return (step != STEP_DOCUMENTS || v->has_documents_step) && (step != STEP_SEAL || v->has_seal_step);
}

enum sign_step
page_step_before(const struct sign_view *v, enum sign_step step)
{
	while (step > STEP_REVIEW)
		if (step_applies(v, --step))
			return step;
	return STEP_REVIEW;
}

enum sign_step
page_step_current(const struct sign_view *v)
{
	enum sign_step step = v->confirmed ? STEP_DONE : v->reached;

	while (step < STEP_CONFIRM && !step_applies(v, step))
		step++;
	return step;
}

enum err
page_signer_at(struct http_ctx *c, enum sign_step step, struct sign_view **ret)
{
	struct sign_view *v;

	TRY(page_signer(c, &v));
	enum sign_step current = page_step_current(v);
	if (step > current || (v->confirmed && step != STEP_DONE) || !step_applies(v, step)) {
		*ret = NULL;
		return http_redirect(c, "/s/%.*s/%s", STR_ARG(v->participant), page_step_path(current));
	}
	*ret = v;
	return OK;
}

unsigned
page_height_px(double width_mm, double height_mm)
{
	double px = width_mm > 0 ? 720 * height_mm / width_mm : 1018;

	return px >= 1 && px <= 20000 ? (unsigned)(px + 0.5) : 1018;
}

/* Changes whenever the impression does, so that an image kept by the browser is never the wrong one. */
static struct str
seal_version(struct arena *a, struct str seal)
{
	struct sha256 d = sha256_of(seal);

	return str_slice(sha256_hex(a, &d), 0, 12);
}

static struct page_mark
mark_of(const struct sign_view *v, unsigned i, struct str version)
{
	const struct place *p = &v->places[i];

	return (struct page_mark){v->participant, p->x_mm, p->y_mm, p->size_mm, version, i + 1, p->page};
}

void
page_marks(struct http_ctx *c, const struct sign_view *v, struct page_mark **ret, size_t *ret_n)
{
	struct str version = seal_version(c->app->arena, v->seal);
	struct page_mark *marks = ARENA_ARRAY(c->app->arena, struct page_mark, PLACES_MAX);

	for (unsigned i = 0; i < v->places_n; i++)
		marks[i] = mark_of(v, i, version);
	*ret = marks;
	*ret_n = v->places_n;
}

void
page_rows(struct http_ctx *c, const struct sign_view *v, struct page_row **ret, size_t *ret_n)
{
	struct page_row *rows = ARENA_ARRAY(c->app->arena, struct page_row, v->pages + 1);
	struct str version = seal_version(c->app->arena, v->seal);

	for (unsigned i = 0; i < v->pages; i++) {
		struct page_row *r = &rows[i];
		r->id = v->participant;
		r->number = i + 1;
		r->of = v->pages;
		r->width_mm = v->page_width_mm[i];
		r->height_mm = v->page_height_mm[i];
		r->height_px = page_height_px(r->width_mm, r->height_mm);
		r->first = i == 0;
		if (v->seal.n == 0)
			continue;
		for (unsigned k = 0; k < v->places_n; k++)
			if (v->places[k].page == r->number)
				r->marks[r->marks_n++] = mark_of(v, k, version);
	}
	*ret = rows;
	*ret_n = v->pages;
}

void
page_fault_add(struct page_faults *f, struct str field, struct str message)
{
	if (f->n < sizeof(f->v) / sizeof(f->v[0]))
		f->v[f->n++] = (struct page_fault){field, message};
}

void
page_faults_from(const struct http_ctx *c, const struct faults *f, struct page_faults *ret)
{
	*ret = (struct page_faults){0};
	for (unsigned i = 0; i < f->n; i++)
		page_fault_add(ret, f->v[i].field, page_pick(c, f->v[i].message_ja, f->v[i].message_en));
}

struct str
page_fault_of(const struct page_faults *f, const char *field)
{
	for (unsigned i = 0; i < f->n; i++)
		if (str_eq(f->v[i].field, str_c(field)))
			return f->v[i].message;
	return STR_NONE;
}

struct str
page_err_text(const struct http_ctx *c, enum err e)
{
	const struct err_info *info = err_info(e);

	return str_c(c->req->english ? info->en : info->ja);
}

enum err
page_image_args(const struct http_ctx *c, struct str segment, unsigned *ret_page, unsigned *ret_width)
{
	unsigned long long page, width = 720;
	struct str w = http_query(c->req, "w");

	if (!str_ends(segment, STR(".png")) ||
	    !str_to_u64(str_slice(segment, 0, segment.n - 4), 1000, &page) || page == 0)
		return ERR_NOT_FOUND;
	if (w.n > 0 && (!str_to_u64(w, 1440, &width) || (width != 720 && width != 1080 && width != 1440)))
		return ERR_NOT_FOUND;
	*ret_page = (unsigned)page;
	*ret_width = (unsigned)width;
	return OK;
}

void
page_image_answer(struct http_ctx *c, struct str mime, struct str bytes)
{
	struct sha256 d = sha256_of(bytes);
	struct str hex = sha256_hex(c->app->arena, &d);

	c->res->mime = mime;
	c->res->cacheable_etag = arena_printf(c->app->arena, "\"%.32s\"", hex.p);
	buf_put(&c->res->body, bytes);
}
