#include "verify_impl.h"

#include "anchors.h"
#include "clock.h"
#include "id.h"
#include "mutant.h"

void
verify_problem(struct verified_signature *s, const char *what)
{
	if (!s->problem.n && !mutant_is_off(what))
		s->problem = str_c(what);
}

void
verify_document_problem(struct verification *v, const char *what)
{
	if (!v->problem.n && !mutant_is_off(what))
		v->problem = str_c(what);
}

static void
verifying_free(struct verifying *w)
{
	material_free(&w->material);
	material_free(&w->stamped);
}

static void
describe(struct verifying *w, const struct pdf_signature *s, struct verified_signature *r)
{
	int64_t claimed_ms = verify_date_ms(s->date);

	r->field = s->field;
	r->kind = s->is_timestamp ? STR("timestamp") : s->certifies ? STR("certification") : STR("approval");
	r->signer = s->name;
	r->reason = s->reason;
	r->claimed_time = claimed_ms ? clock_iso(w->a, claimed_ms) : STR_NONE;
	r->claimed_ms = claimed_ms;
}

static void
check_one(struct verifying *w, size_t i)
{
	const struct pdf_signature *s = &w->found[i];
	struct verified_signature *r = &w->v->signatures[i];
	size_t container;

	describe(w, s, r);
	verify_structure(w, s, r, &container);
	if (r->problem.n)
		return;
	verify_later_revisions(w, i, r);
	if (s->is_timestamp && str_eq(s->subfilter, STR("ETSI.RFC3161")))
		verify_timestamp(w, i, str_slice(s->contents, 0, container), r);
	else if (!s->is_timestamp && (str_eq(s->subfilter, STR("ETSI.CAdES.detached")) ||
	                                 str_eq(s->subfilter, STR("adbe.pkcs7.detached"))))
		verify_signature(w, i, str_slice(s->contents, 0, container), r);
	else
		verify_problem(r, "the kind of signature is unknown");
}

static void
judge(struct verifying *w)
{
	struct verification *v = w->v;

	verify_read_material(w);

	/* Timestamps first, newest first: they prove when the earlier ones existed. */
	for (size_t i = w->n; i > 0; i--)
		check_one(w, i - 1);
	verify_end(w);
	v->verdict = v->problem.n ? VERDICT_UNSOUND : VERDICT_SOUND;
	for (size_t i = 0; i < w->n; i++) {
		struct verified_signature *s = &v->signatures[i];

		s->sound = s->problem.n == 0;
		if (!s->sound) {
			v->verdict = VERDICT_UNSOUND;
			if (!v->problem.n)
				v->problem = s->problem;
		}
	}
}

/* What cannot be read cannot be judged, even where no signature asks for it. */
static enum err
read_document(struct verifying *w)
{
	TRY(pdf_open(w->a, w->bytes, NULL, &w->pdf));
	TRY(pdf_read_all(w->pdf));
	return pdf_signatures(w->a, w->pdf, &w->found, &w->n);
}

enum err
verify_pdf(struct arena *a, struct str bytes, struct str trust_pem, struct verification *ret)
{
	X509_STORE *anchors CLEANUP(anchors_free) = trust_pem.n ? anchors_read(trust_pem) : NULL;
	struct verifying w CLEANUP(verifying_free) = {
	    .a = a, .bytes = bytes, .anchors = anchors, .v = ret, .now_ms = clock_utc_ms()};
	struct sha256 digest;
	enum err e;

	*ret = (struct verification){
	    .verdict = VERDICT_UNREADABLE, .anchored = anchors != NULL, .bytes = bytes.n};
	if (trust_pem.n && !anchors)
		return ERR_INVALID;
	e = read_document(&w);
	w.digests = ARENA_ARRAY(a, struct ranges_digest, w.n + 1);
	digest = verify_hash_ranges(&w);
	ret->sha256 = sha256_hex(a, &digest);
	if (e != OK) {
		ret->problem = str_c(err_info(e)->en);
		return OK;
	}
	ret->signatures = ARENA_ARRAY(a, struct verified_signature, w.n + 1);
	ret->signatures_n = w.n;
	w.times_ms = ARENA_ARRAY(a, int64_t, w.n + 1);
	w.evident = ARENA_ARRAY(a, struct evident, w.n + 1);
	TRY(verify_revisions(&w));
	ret->revisions = w.revisions_n;
	ret->verdict = VERDICT_UNSOUND;
	if (w.n == 0)
		verify_document_problem(ret, "the document is not signed");
	else
		judge(&w);
	return verify_remarks(&w);
}
