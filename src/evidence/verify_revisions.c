#include "verify_impl.h"

/* A certification that allows nothing, or only what it says. */
static void
check_permission(struct verifying *w, size_t i, struct verified_signature *r)
{
	if (w->found[i].certifies && w->found[i].docmdp_p == 1 && str_eq(r->followed_by, STR("signatures")))
		verify_problem(r, "the certification forbids later signatures");
}

void
verify_later_revisions(struct verifying *w, size_t i, struct verified_signature *r)
{
	enum pdf_change change;
	struct str what;

	if (pdf_compare(w->a, w->bytes, r->covered_bytes, &change, &what) != OK) {
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
	const struct pdf_revision *revisions;
	size_t n = pdf_revisions(w->pdf, &revisions);

	if (revisions[n - 1].end != w->bytes.n)
		verify_problem(last, "bytes follow the end of the document");
	if (last->covered_bytes != w->bytes.n &&
	    !(str_eq(last->followed_by, STR("timestamps")) && w->material.present))
		verify_problem(last, "unsigned bytes follow the last signature");
	for (size_t i = 0; i + 1 < w->n; i++)
		if (w->v->signatures[i].covered_bytes == w->v->signatures[i + 1].covered_bytes)
			verify_problem(&w->v->signatures[i], "two signatures cover the same bytes");
}

static bool
is_found(const struct verifying *w, const struct pdf_signature *s)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->found[i].contents_at == s->contents_at)
			return true;
	return false;
}

/* A signature of an earlier revision that the newest one no longer shows was taken out. */
bool
verify_lost_a_signature(struct verifying *w)
{
	const struct pdf_revision *revisions;
	size_t n = pdf_revisions(w->pdf, &revisions);

	for (size_t i = 0; i + 1 < n; i++) {
		struct pdf_signature *all;
		struct pdf *earlier;
		size_t all_n;

		if (pdf_open(w->a, str_slice(w->bytes, 0, revisions[i].end), NULL, &earlier) != OK ||
		    pdf_signatures(w->a, earlier, &all, &all_n) != OK)
			continue; /* a linearised file's first section, say: nothing could be signed there */
		for (size_t k = 0; k < all_n; k++)
			if (!is_found(w, &all[k]))
				return true;
	}
	return false;
}
