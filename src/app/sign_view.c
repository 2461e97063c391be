/* What a signer sees. Changes nothing. */
#include "app_text.h"
#include "intake.h"
#include "signer.h"
#include "timestamping.h"

/* The road ended for this signer: said by the error. */
static enum err
road_open(const struct signer *s)
{
	if (s->p->state == PARTICIPANT_DELEGATED)
		return ERR_DELEGATED;
	enum err dead = envelope_dead((enum envelope_state)s->d.e.state);
	if (dead != OK || s->p->state == PARTICIPANT_CONFIRMED)
		return dead;
	return participant_may_act((enum envelope_state)s->d.e.state, (enum participant_state)s->p->state,
	    party_has_turn(s->d.parties, s->d.n, s->i));
}

static void
fill_requests(const struct signer *s, struct sign_view *v)
{
	for (size_t i = 0; i < s->requests.n && v->requests_n < REQUESTS_MAX; i++) {
		const struct row_request *r = &s->requests.v[i];
		if (!str_eq(r->participant_id, s->p->id))
			continue;
		const struct row_submission *got = signer_submission(s, r->id);
		v->requests[v->requests_n] = (struct document_request){
		    .id = r->id, .name = r->name, .note = r->note, .required = r->required};
		if (got)
			v->submitted[v->requests_n] = (struct submission){.id = got->id,
			    .name = r->name,
			    .file_name = got->file_name,
			    .sha256 = got->sha256,
			    .size = (size_t)got->size,
			    .at_ms = got->at_ms};
		v->requests_n++;
	}
}

static enum err
fill_from_store(struct app *a, const struct signer *s, struct sign_view *v)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_account sender;
	struct row_document doc;
	struct row_impression_get seal;
	struct timestamping timestamp;
	TRY(tx_read(a->store, &tx));
	TRY(timestamping_of(a, &tx, &s->d.e, &timestamp));
	v->awaits_timestamp = timestamp.waits;
	TRY(q_account_get(&tx, a->arena, s->d.e.account_id, &sender));
	TRY(q_document_get(&tx, a->arena, s->d.e.source_sha256, &doc));
	v->sender_company = sender.organisation;
	v->sender_name = sender.name;
	v->pages = (unsigned)doc.pages;
	sizes_decode(a->arena, doc.sizes, v->pages, &v->page_width_mm, &v->page_height_mm);
	if (s->p->seal_method.n) {
		TRY(q_impression_get(&tx, a->arena, s->p->id, &seal));
		v->seal = seal.seal;
	}
	return OK;
}

enum err
app_sign_view(struct app *a, struct str session, struct sign_view *ret)
{
	struct signer s = {0};
	TRY(signer_load(a, session, &s));
	TRY(road_open(&s));
	struct progress g = signer_progress(&s);
	struct row_envelope *e = &s.d.e;
	struct sign_view *v = ret;
	*v = (struct sign_view){.envelope = e->id,
	    .participant = s.p->id,
	    .title = e->title,
	    .message = s.p->forward_message.n ? s.p->forward_message : e->message,
	    .document_id = e->document_id,
	    .document_sha256 = e->document_sha256,
	    .version = (unsigned)e->round,
	    .company = signer_company(&s),
	    .signer_title = s.s.title,
	    .name = signer_name(&s),
	    .mail = signer_mail(&s),
	    .authentication_ja = authentication_words(s.s.entry, false),
	    .authentication_en = authentication_words(s.s.entry, true),
	    .has_documents_step = g.has_documents,
	    .has_seal_step = g.has_seal,
	    .handwriting_allowed = s.p->handwriting_allowed,
	    .seen_all = s.p->seen_all_ms != 0,
	    .reached = progress_reached(&g),
	    .seal_method = s.p->seal_method,
	    .seal_text = s.p->seal_text,
	    .seal_face = (unsigned)s.p->seal_face,
	    .consent_ja = consent_words(a, e, false),
	    .consent_en = consent_words(a, e, true),
	    .confirmed = g.confirmed,
	    .concluded = e->concluded_sha256.n > 0,
	    .return_reason = e->return_reason};
	v->places_n = g.has_seal ? places_decode(s.p->places, v->places) : 0;
	v->participants_n = party_count(s.d.parties, s.d.n, &v->confirmed_n);
	fill_requests(&s, v);
	return fill_from_store(a, &s, v);
}

enum err
app_sign_page(struct app *a, struct str session, unsigned page, unsigned width_px, struct str *ret_png)
{
	struct signer s = {0};
	TRY(signer_load(a, session, &s));
	TRY(road_open(&s));
	return page_image(a, s.d.e.document_sha256, page, width_px, ret_png);
}

enum err
app_sign_pdf(struct app *a, struct str session, struct file_ref *ret)
{
	struct signer s = {0};
	TRY(signer_load(a, session, &s));
	TRY(road_open(&s));
	*ret = (struct file_ref){.file_name = arena_printf(a->arena, "%.*s.pdf", STR_ARG(s.d.e.title)),
	    .mime = STR("application/pdf")};
	return digest_read(s.d.e.document_sha256, &ret->blob);
}

enum err
app_sign_text(struct app *a, struct str session, unsigned page, struct str *ret_text)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_document_texts doc;
	struct signer s = {0};
	struct str text;
	TRY(signer_load(a, session, &s));
	TRY(road_open(&s));
	TRY(tx_read(a->store, &tx));
	TRY(q_document_texts(&tx, a->arena, s.d.e.source_sha256, &doc));
	for (unsigned i = 1; i < page; i++)
		if (!str_split(&doc.texts, '\f', &text))
			break;
	if (!str_split(&doc.texts, '\f', &text))
		text = STR_NONE;
	*ret_text = text;
	return OK;
}
