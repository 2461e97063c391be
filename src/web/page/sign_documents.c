/* STEP 3: the documents that were asked for. Absent when none were. */
#include "page.h"
#include "templates.h"

enum { DOCUMENT_MAX_BYTES = 10 * 1024 * 1024 };

/* fault belongs to the request, or to all that are missing when request is empty and fault is
 * ERR_DOCUMENT_MISSING. */
static enum err
documents_show(struct http_ctx *c, const struct sign_view *v, struct str request, enum err fault)
{
	struct sign_documents_page *p = ARENA_NEW(c->app->arena, struct sign_documents_page);
	struct tmpl t = page_tmpl(c);

	page_top_sign(c, v, PAGE_STEP_DOCUMENTS, &p->top);
	p->top.path = arena_printf(c->app->arena, "/s/%.*s/documents", STR_ARG(v->participant));
	p->id = v->participant;
	p->rows = ARENA_ARRAY(c->app->arena, struct sign_document_row, REQUESTS_MAX);
	p->rows_n = v->requests_n;
	for (unsigned i = 0; i < v->requests_n; i++) {
		const struct document_request *q = &v->requests[i];
		const struct submission *s = &v->submitted[i];
		struct sign_document_row *r = &p->rows[i];
		*r = (struct sign_document_row){v->participant, q->id, q->name, q->note,
		    arena_printf(c->app->arena, "document-%.*s", STR_ARG(q->id)), q->required, s->id.n > 0,
		    s->file_name, STR_NONE, s->size, s->at_ms};
		if (fault == ERR_DOCUMENT_MISSING && q->required && !r->submitted)
			r->fault = page_pick(
			    c, STR("この書類を提出してください。"), STR("Please submit this document."));
		else if (request.n > 0 && str_eq(request, q->id))
			r->fault = fault == ERR_TOO_LARGE ? page_pick(c, STR("10MBを超えています。"),
			                                        STR("The file is larger than 10 MB."))
			                                  : page_err_text(c, fault);
		if (r->fault.n > 0)
			page_fault_add(&p->faults, r->field,
			    arena_printf(c->app->arena, c->req->english ? "%.*s: %.*s" : "%.*s：%.*s",
			        STR_ARG(q->name), STR_ARG(r->fault)));
	}
	if (fault != OK)
		c->res->status = err_info(fault)->http_status;
	tmpl_sign_documents(&t, p);
	return OK;
}

enum err
page_sign_documents(struct http_ctx *c)
{
	struct sign_view *v;

	TRY(page_signer_at(c, STEP_DOCUMENTS, &v));
	return v ? documents_show(c, v, STR_NONE, OK) : OK;
}

enum err
page_sign_document_upload(struct http_ctx *c)
{
	const struct http_part *file = http_file(c->req, "file");
	struct str request = c->req->args[1], bytes;
	struct sign_view *v;

	TRY(page_signer_at(c, STEP_DOCUMENTS, &v));
	if (!v)
		return OK;
	if (!file || file->size == 0)
		return documents_show(c, v, request, ERR_FILE_TYPE);
	enum err e = http_file_bytes(c, file, DOCUMENT_MAX_BYTES, &bytes);
	if (e == OK)
		e = app_sign_submit(c->app, c->req->session, request, file->file_name, bytes);
	if (e == ERR_TOO_LARGE || e == ERR_FILE_TYPE || e == ERR_PDF_ENCRYPTED || e == ERR_PDF_BROKEN ||
	    e == ERR_IMAGE || e == ERR_INVALID)
		return documents_show(c, v, request, e);
	TRY(e);
	return http_redirect(c, "/s/%.*s/documents#document-%.*s", STR_ARG(v->participant), STR_ARG(request));
}

enum err
page_sign_document_delete(struct http_ctx *c)
{
	struct sign_view *v;

	TRY(page_signer_at(c, STEP_DOCUMENTS, &v));
	if (!v)
		return OK;
	TRY(app_sign_unsubmit(c->app, c->req->session, c->req->args[1]));
	return http_redirect(c, "/s/%.*s/documents", STR_ARG(v->participant));
}

enum err
page_sign_documents_post(struct http_ctx *c)
{
	struct sign_view *v;

	TRY(page_signer_at(c, STEP_DOCUMENTS, &v));
	if (!v)
		return OK;
	enum err e = app_sign_documents_done(c->app, c->req->session);
	if (e == ERR_DOCUMENT_MISSING)
		return documents_show(c, v, STR_NONE, e);
	TRY(e);
	return http_redirect(c, "/s/%.*s/%s", STR_ARG(v->participant),
	    page_step_path(v->has_seal_step ? STEP_SEAL : STEP_CONFIRM));
}
