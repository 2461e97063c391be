#include "verify_impl.h"

#include "dss.h"

static bool
is_found(const struct verifying *w, const struct pdf_signature *s)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->found[i].contents_at == s->contents_at)
			return true;
	return false;
}

/* A signature of an earlier revision that the newest one no longer shows was taken out. */
static bool
lost_a_signature(struct verifying *w)
{
	for (size_t i = 0; i + 1 < w->revisions_n; i++) {
		struct pdf_signature *all;
		size_t n;

		if (!w->views[i] || pdf_signatures(w->a, w->views[i], &all, &n) != OK)
			continue; /* a linearised file's first section, say: nothing could be signed there */
		for (size_t k = 0; k < n; k++)
			if (!is_found(w, &all[k]))
				return true;
	}
	return false;
}

/* Behind the first signature there is nothing but what the cross-reference sections list. */
static bool
is_tight(struct verifying *w)
{
	size_t from = w->bytes.n;

	for (size_t i = 0; i < w->n; i++)
		if (w->found[i].range_n == 4 && w->found[i].range[2] >= 0 && w->found[i].range[3] >= 0 &&
		    (uint64_t)w->found[i].range[2] + (uint64_t)w->found[i].range[3] < from)
			from = (size_t)(w->found[i].range[2] + w->found[i].range[3]);
	for (size_t i = 0; i + 1 < w->revisions_n; i++)
		if (w->revisions[i].end >= from &&
		    (!w->views[i + 1] || !pdf_is_tight(w->views[i + 1], w->revisions[i].end)))
			return false;
	return true;
}

enum err
verify_revisions(struct verifying *w)
{
	void *memory;

	w->revisions_n = pdf_revisions(w->pdf, &w->revisions);
	TRY(arena_try(w->a, w->revisions_n, sizeof(struct pdf *), &memory));
	w->views = memory;
	for (size_t i = 0; i < w->revisions_n; i++) {
		if (w->revisions[i].end == w->bytes.n)
			w->views[i] = w->pdf;
		else if (pdf_open(w->a, str_slice(w->bytes, 0, w->revisions[i].end), NULL, &w->views[i]) !=
		         OK)
			w->views[i] = NULL;
	}
	if (lost_a_signature(w))
		verify_document_problem(w->v, "an earlier signature was taken out");
	if (pdf_is_ambiguous(w->pdf))
		verify_document_problem(w->v, "an object is listed twice in one revision");
	if (!is_tight(w))
		verify_document_problem(w->v, "bytes were added that belong to no object");
	return OK;
}

/* A signature that allows nothing more, whether or not the catalog names it as the certification. */
static void
check_permission(struct verifying *w, size_t i, struct verified_signature *r)
{
	if (w->found[i].docmdp_p == 1 && str_eq(r->followed_by, STR("signatures")))
		verify_problem(r, "the certification forbids later signatures");
}

void
verify_later_revisions(struct verifying *w, size_t i, struct verified_signature *r)
{
	enum pdf_change change;
	struct pdf *signed_view = w->views[r->revision - 1];
	struct str what;

	if (!signed_view || pdf_compare(signed_view, w->pdf, &change, &what) != OK) {
		verify_problem(r, "the revisions cannot be compared");
		return;
	}
	switch (change) {
	case PDF_CHANGE_NONE: r->followed_by = STR("nothing"); break;
	case PDF_CHANGE_LTA: r->followed_by = STR("timestamps"); break;
	case PDF_CHANGE_FILL: r->followed_by = STR("signatures"); break;
	case PDF_CHANGE_OTHER:
		r->followed_by = what;
		r->problem = arena_printf(w->a, VERIFY_CHANGED "%.*s", STR_ARG(what));
		break;
	}
	check_permission(w, i, r);
}

/* The newest signature reaches the end of the file; only validation material may stand behind it unsigned (EN
 * 319 142-1 5.4). */
void
verify_end(struct verifying *w)
{
	struct verified_signature *last = &w->v->signatures[w->n - 1];

	if (w->revisions[w->revisions_n - 1].end != w->bytes.n)
		verify_problem(last, "bytes follow the end of the document");
	if (last->covered_bytes != w->bytes.n &&
	    !(str_eq(last->followed_by, STR("timestamps")) && w->material.present &&
	        pdf_dss_holds(w->pdf, pdf_max_num(w->views[last->revision - 1]) + 1)))
		verify_problem(last, "unsigned bytes follow the last signature");
	for (size_t i = 0; i + 1 < w->n; i++)
		if (w->v->signatures[i].covered_bytes == w->v->signatures[i + 1].covered_bytes)
			verify_problem(&w->v->signatures[i], "two signatures cover the same bytes");
}
