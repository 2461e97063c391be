/* STEP 4: 印影を作成 from text, from a photograph, or by hand where the sender allows it. Absent when no seal
 * is asked for. */
#include "page.h"
#include "templates.h"

#include "documents.h"
#include "inkan.h"
#include "seal_draft.h"

enum { SEAL_IMAGE_MAX_BYTES = 5 * 1024 * 1024, PREVIEW_PX_PER_MM = 16 };

static struct str
places_text(struct http_ctx *c, const struct sign_view *v)
{
	struct str out = STR_NONE;

	for (unsigned i = 0; i < v->places_n; i++)
		out = arena_printf(c->app->arena,
		    c->req->english ? "%.*s%spage %u (%.4g mm wide)" : "%.*s%s%uページ（直径%.4g mm）",
		    STR_ARG(out),
		    i == 0            ? ""
		    : c->req->english ? ", "
		                      : "、",
		    v->places[i].page, v->places[i].size_mm);
	return out;
}

static enum err
seal_show(struct http_ctx *c, const struct sign_view *v, const struct seal_draft *d, struct str field,
    enum err fault)
{
	struct sign_seal_page *p = ARENA_NEW(c->app->arena, struct sign_seal_page);
	struct tmpl t = page_tmpl(c);

	page_top_sign(c, v, PAGE_STEP_SEAL, &p->top);
	p->id = v->participant;
	p->back = arena_printf(c->app->arena, "/s/%.*s/%s", STR_ARG(v->participant),
	    page_step_path(page_step_before(v, STEP_SEAL)));
	p->handwriting_allowed = v->handwriting_allowed;
	p->by_image = str_eq(d->method, STR("image"));
	p->by_ink = v->handwriting_allowed && str_eq(d->method, STR("ink"));
	p->by_text = !p->by_image && !p->by_ink;
	p->has_seal = v->seal.n > 0 && str_eq(v->seal_method, d->method);
	p->family = d->family;
	p->given = d->given;
	p->places = places_text(c, v);
	page_marks(c, v, &p->marks, &p->marks_n);
	p->chosen = v->places_n > 0 ? p->marks[0].version : STR("0");
	for (unsigned i = 0; i < SEAL_CHOICES; i++) {
		bool full = i == SEAL_CHOICE_FULL;
		p->faces[p->faces_n++] = (struct sign_face){v->participant,
		    seal_draft_text(c->app->arena, d, i), arena_printf(c->app->arena, "%u", i),
		    full ? INKAN_KOINTAI : i, full, i == d->choice, i};
	}
	if (fault != OK) {
		struct str text = page_err_text(c, fault);
		page_fault_add(&p->faults, field, text);
		if (str_eq(field, STR("image")))
			p->image_fault = text;
		else if (str_eq(field, STR("pad")))
			p->ink_fault = text;
		else
			p->family_fault = text;
		c->res->status = err_info(fault)->http_status;
	}
	tmpl_sign_seal(&t, p);
	return OK;
}

enum err
page_sign_seal(struct http_ctx *c)
{
	struct seal_draft d;
	struct sign_view *v;

	TRY(page_signer_at(c, STEP_SEAL, &v));
	if (!v)
		return OK;
	seal_draft_start(c->app->arena, v, &d);
	return seal_show(c, v, &d, STR_NONE, OK);
}

static double
seal_size_mm(const struct sign_view *v)
{
	return seal_clamp_mm(v->places_n > 0 ? v->places[0].size_mm : 12);
}

static enum err
seal_from_image(struct http_ctx *c, const struct http_part *file, double size_mm, struct inkan *ret)
{
	struct str bytes, rgba;
	unsigned w, h;

	TRY(http_file_bytes(c, file, SEAL_IMAGE_MAX_BYTES, &bytes));
	TRY(documents_image(c->app->documents, bytes, c->app->arena, &rgba, &w, &h));
	return inkan_from_image(c->app->arena, (const unsigned char *)rgba.p, w, h, size_mm, ret);
}

enum err
page_sign_seal_post(struct http_ctx *c)
{
	const struct http_part *file = http_file(c->req, "image");
	struct inkan k = {0};
	struct seal_draft d;
	struct sign_view *v;
	struct str field = STR("family"), text = STR_NONE;
	bool keep = false;
	enum err e;

	TRY(page_signer_at(c, STEP_SEAL, &v));
	if (!v)
		return OK;
	seal_draft_typed(c->app->arena, http_form(c->req, "method"), http_form(c->req, "family"),
	    http_form(c->req, "given"), http_form(c->req, "face"), &d);
	/* each button belongs to its own panel: Enter in a text field presses the first one of the form */
	struct str action = http_form(c->req, "action");
	bool by_image = str_eq(d.method, STR("image")), by_text = str_eq(d.method, STR("text"));
	bool preview =
	    (by_text && str_eq(action, STR("preview"))) || (by_image && str_eq(action, STR("preview-image")));
	bool same_method = v->seal.n > 0 && str_eq(v->seal_method, d.method);
	if (by_image) {
		field = STR("image");
		keep = same_method && (!file || file->size == 0);
		e = keep                       ? OK
		    : !file || file->size == 0 ? ERR_SEAL_MISSING
		                               : seal_from_image(c, file, seal_size_mm(v), &k);
	} else if (!by_text) {
		field = STR("pad");
		struct str strokes = http_form(c->req, "strokes");
		keep = same_method && strokes.n == 0;
		e = !v->handwriting_allowed ? ERR_FORBIDDEN
		    : keep                  ? OK
		    : strokes.n == 0        ? ERR_SEAL_MISSING
		                            : inkan_from_strokes(c->app->arena, strokes, seal_size_mm(v), &k);
	} else {
		text = seal_draft_text(c->app->arena, &d, d.choice);
		if (preview)
			return seal_show(c, v, &d, STR_NONE, OK);
		e = text.n == 0
		        ? ERR_SEAL_MISSING
		        : inkan_kojin(c->app->arena, text, seal_choice_face(d.choice), seal_size_mm(v), &k);
	}
	if (e == OK && !keep)
		e = app_sign_seal(c->app, c->req->session, inkan_encode(c->app->arena, &k), d.method, text,
		    seal_choice_face(d.choice));
	if (e == ERR_INVALID || e == ERR_GLYPH || e == ERR_SEAL_MISSING || e == ERR_IMAGE ||
	    e == ERR_SEAL_NOT_FOUND || e == ERR_TOO_LARGE)
		return seal_show(c, v, &d, field, e);
	TRY(e);
	return http_redirect(c, "/s/%.*s/%s", STR_ARG(v->participant), preview ? "seal" : "confirm");
}

/* What a text would look like. Changes nothing. */
enum err
page_sign_seal_preview(struct http_ctx *c)
{
	unsigned long long face = 0;
	struct sign_view *v;
	struct inkan k;
	struct str png;

	TRY(page_signer(c, &v));
	if (!v->has_seal_step || !str_to_u64(http_query(c->req, "face"), INKAN_MINCHO, &face))
		return ERR_NOT_FOUND;
	TRY(inkan_kojin(
	    c->app->arena, http_query(c->req, "text"), (enum inkan_face)face, seal_size_mm(v), &k));
	TRY(inkan_png(c->app->arena, &k, PREVIEW_PX_PER_MM, false, STR_NONE, &png));
	page_image_answer(c, STR("image/png"), png);
	return OK;
}

enum err
page_sign_seal_svg(struct http_ctx *c)
{
	unsigned long long face = 0;
	struct sign_view *v;
	struct inkan k;

	TRY(page_signer(c, &v));
	if (!v->has_seal_step || !str_to_u64(http_query(c->req, "face"), INKAN_MINCHO, &face))
		return ERR_NOT_FOUND;
	TRY(inkan_kojin(
	    c->app->arena, http_query(c->req, "text"), (enum inkan_face)face, seal_size_mm(v), &k));
	page_image_answer(c, STR("image/svg+xml"), inkan_svg(c->app->arena, &k, http_query(c->req, "text")));
	return OK;
}

/* The impression that was chosen: what is shown on the pages is what is stamped. */
enum err
page_sign_impression(struct http_ctx *c)
{
	struct sign_view *v;
	struct inkan k;
	struct str png;

	TRY(page_signer(c, &v));
	if (v->seal.n == 0)
		return ERR_NOT_FOUND;
	TRY(inkan_decode(c->app->arena, v->seal, &k));
	TRY(inkan_png(c->app->arena, &k, PREVIEW_PX_PER_MM, false, STR_NONE, &png));
	page_image_answer(c, STR("image/png"), png);
	return OK;
}
