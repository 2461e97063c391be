/* One contract as its sender sees it. */
#include "app_text.h"
#include "app_token.h"
#include "audit.h"
#include "draft.h"
#include "package_make.h"
#include "timestamping.h"

static const double PLACE_MM = 18, PLACE_MARGIN_MM = 25;

/* What one view is put together from. */
struct viewing {
	struct app *a;
	struct dossier d;
	struct row_document doc;
	struct row_request_list requests;
	struct row_submission_list submissions;
	struct row_audit_list audit;
	struct row_job_by_dedup job;
	bool has_job, package_ready;
	struct timestamping timestamp;
};

/* The job that the present state waits for. */
static struct str
awaited_job(struct app *a, const struct row_envelope *e)
{
	switch ((enum envelope_state)e->state) {
	case ENVELOPE_PREPARING: return arena_printf(a->arena, "certify %.*s", STR_ARG(e->id));
	case ENVELOPE_SEALING:
		return arena_printf(
		    a->arena, e->concluded_sha256.n ? "certificate %.*s" : "approve %.*s", STR_ARG(e->id));
	default: return STR_NONE;
	}
}

static enum err
read_all(struct app *a, const struct user *u, struct str envelope, struct viewing *v)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_envelope found;
	v->a = a;
	TRY(tx_read(a->store, &tx));
	TRY(q_envelope_of(&tx, a->arena, u->organisation, envelope, &found));
	TRY(dossier_read(a, &tx, found.id, &v->d));
	TRY(q_document_get(&tx, a->arena, v->d.e.source_sha256, &v->doc));
	TRY(q_requests_of(&tx, a->arena, envelope, &v->requests));
	TRY(q_submissions_of(&tx, a->arena, envelope, &v->submissions));
	TRY(q_audit_of(&tx, a->arena, envelope, &v->audit));
	TRY(timestamping_of(a, &tx, &v->d.e, &v->timestamp));
	TRY(package_is_ready(a, &tx, &v->d.e, &v->package_ready));
	struct str job = awaited_job(a, &v->d.e);
	enum err e = job.n ? q_job_by_dedup(&tx, a->arena, job, &v->job) : ERR_NOT_FOUND;
	v->has_job = e == OK;
	return e == ERR_NOT_FOUND ? OK : e;
}

static void
fill_submissions(const struct viewing *v, const struct row_participant *p, struct participant_view *ret)
{
	ret->submissions = ARENA_ARRAY(v->a->arena, struct submission, v->submissions.n + 1);
	for (size_t i = 0; i < v->submissions.n; i++) {
		const struct row_submission *s = &v->submissions.v[i];
		if (!str_eq(s->participant_id, p->id))
			continue;
		struct submission *to = &ret->submissions[ret->submissions_n++];
		*to = (struct submission){.id = s->id,
		    .file_name = s->file_name,
		    .sha256 = s->sha256,
		    .size = (size_t)s->size,
		    .at_ms = s->at_ms};
		for (size_t k = 0; k < v->requests.n; k++)
			if (str_eq(v->requests.v[k].id, s->request_id))
				to->name = v->requests.v[k].name;
	}
}

static struct str
name_of(const struct viewing *v, struct str participant)
{
	size_t i = dossier_find(&v->d, participant);
	return i < v->d.n ? participant_words(v->a->arena, &v->d.p[i]) : STR_NONE;
}

static void
fill_participant(const struct viewing *v, const struct row_participant *p, struct participant_view *ret)
{
	struct app *a = v->a;
	enum participant_state state = (enum participant_state)p->state;
	*ret = (struct participant_view){.id = p->id,
	    .position = (unsigned)p->position,
	    .state = state,
	    .state_ja = str_c(participant_state_label(state, false)),
	    .state_en = str_c(participant_state_label(state, true)),
	    .signer_company = p->signer_company,
	    .signer_title = p->signer_title,
	    .signer_name = p->signer_name,
	    .signer_mail = p->signer_mail,
	    .forwarded_to = name_of(v, p->forwarded_to),
	    .forwarded_from = name_of(v, p->forwarded_from),
	    .mail_problem = p->mail_problem};
	draft_of_row(a, p, &v->requests, &ret->draft);
	if ((p->entry & ENTRY_URL) && v->d.e.sent_ms && state != PARTICIPANT_DELEGATED)
		ret->shared_url = token_url(a, token_link(a, LINK_SHARED, p->id, p->generation));
	fill_submissions(v, p, ret);
}

static void
fill_timeline(const struct viewing *v, struct envelope_view *ret)
{
	ret->timeline_n = v->audit.n;
	ret->timeline = ARENA_ARRAY(v->a->arena, struct timeline_row, v->audit.n + 1);
	for (size_t i = 0; i < v->audit.n; i++) {
		const struct row_audit *r = &v->audit.v[i];
		ret->timeline[i] = (struct timeline_row){.at_ms = r->at_ms,
		    .what_ja = audit_words(r->event, false),
		    .what_en = audit_words(r->event, true),
		    .who = r->actor,
		    .detail = audit_detail(r->event, r->detail),
		    .ip = r->ip};
	}
}

static double
within(double v, double most)
{
	return v < 0 ? 0 : v > most ? most : v;
}

/* Where the document itself asks for a seal, else the lower right of the last page. */
static struct place
proposed_place(const struct envelope_view *v, const struct row_document *doc)
{
	bool found = doc->place_page >= 1 && doc->place_page <= v->pages;
	unsigned page = found ? (unsigned)doc->place_page : v->pages;
	double width = v->page_width_mm[page - 1], height = v->page_height_mm[page - 1];
	double size =
	    width < PLACE_MM * 2 || height < PLACE_MM * 2 ? (width < height ? width : height) / 4 : PLACE_MM;
	double margin =
	    width < 4 * PLACE_MARGIN_MM || height < 4 * PLACE_MARGIN_MM ? size / 2 : PLACE_MARGIN_MM;
	if (!found)
		return (struct place){page, width - margin - size, height - margin - size, size};
	return (struct place){page, within(doc->place_x_mm - size / 2, width - size),
	    within(doc->place_y_mm - size / 2, height - size), size};
}

static void
fill_problem(const struct viewing *v, struct envelope_view *ret)
{
	if (!v->has_job || v->job.last_error.n == 0 || v->timestamp.waits)
		return;
	ret->problem_ja =
	    arena_printf(v->a->arena, "処理に時間がかかっています。自動で再試行します（%lld回目、%.*s）。",
	        (long long)v->job.attempts, STR_ARG(v->job.last_error));
	ret->problem_en = arena_printf(v->a->arena,
	    "This takes longer than usual and is tried again by itself (try %lld, %.*s).",
	    (long long)v->job.attempts, STR_ARG(v->job.last_error));
}

enum err
app_envelope_view(struct app *a, const struct user *u, struct str envelope, struct envelope_view *ret)
{
	struct viewing v = {0};
	TRY(read_all(a, u, envelope, &v));
	const struct row_envelope *e = &v.d.e;
	*ret = (struct envelope_view){.id = e->id,
	    .title = e->title,
	    .message = e->message,
	    .document_id = e->document_id,
	    .state = (enum envelope_state)e->state,
	    .version = (unsigned)e->round,
	    .pages = (unsigned)v.doc.pages,
	    .notes = (unsigned)v.doc.notes,
	    .document_sha256 = e->document_sha256,
	    .concluded_sha256 = e->concluded_sha256,
	    .return_reason = e->return_reason,
	    .returned_by = e->returned_by, /* words, not an id */
	    .superseded_by = e->superseded_by,
	    .created_ms = e->created_ms,
	    .sent_ms = e->sent_ms,
	    .concluded_ms = e->concluded_ms,
	    .downloadable = e->concluded_sha256.n > 0,
	    .certificate_ready = e->certificate_sha256.n > 0,
	    .package_ready = v.package_ready,
	    .awaits_timestamp = v.timestamp.waits,
	    .timestamp_late = v.timestamp.late};
	sizes_decode(a->arena, v.doc.sizes, ret->pages, &ret->page_width_mm, &ret->page_height_mm);
	for (size_t i = 0; i < v.d.n && ret->participants_n < PARTICIPANT_ROWS_MAX; i++)
		fill_participant(&v, &v.d.p[i], &ret->participants[ret->participants_n++]);
	fill_timeline(&v, ret);
	fill_problem(&v, ret);
	ret->proposed = proposed_place(ret, &v.doc);
	return OK;
}
