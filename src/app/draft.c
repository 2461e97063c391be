#include "draft.h"

#include "app_text.h"

struct str
user_words(struct app *a, const struct user *u)
{
	return arena_printf(a->arena, "%.*s <%.*s>", STR_ARG(u->name), STR_ARG(u->mail));
}

enum err
draft_participants_add(
    struct app *a, struct tx *tx, struct str envelope, const struct draft_participant *p, unsigned n)
{
	int64_t changed;
	for (unsigned i = 0; i < n; i++) {
		const struct draft_participant *d = &p[i];
		struct str id = id_new(a->arena);
		TRY(q_participant_add(tx, id, envelope, i + 1, 0, d->order ? d->order : 1,
		    PARTICIPANT_WAITING, d->company, d->name, d->mail, d->entry, d->seal_required,
		    d->handwriting_allowed,
		    places_encode(a->arena, d->places, d->seal_required ? d->places_n : 0), STR_NONE,
		    STR_NONE, &changed));
		for (unsigned k = 0; k < d->requests_n; k++)
			TRY(q_request_add(tx, id_new(a->arena), id, envelope, k + 1, d->requests[k].name,
			    d->requests[k].note, d->requests[k].required, &changed));
	}
	return OK;
}

void
draft_of_row(struct app *a, const struct row_participant *p, const struct row_request_list *requests,
    struct draft_participant *ret)
{
	*ret = (struct draft_participant){.company = p->company,
	    .name = p->name,
	    .mail = p->mail,
	    .order = (unsigned)p->turn,
	    .entry = (unsigned)p->entry,
	    .seal_required = p->seal_required,
	    .handwriting_allowed = p->handwriting_allowed};
	ret->places_n = places_decode(p->places, ret->places);
	for (size_t i = 0; i < requests->n && ret->requests_n < REQUESTS_MAX; i++) {
		const struct row_request *r = &requests->v[i];
		if (str_eq(r->participant_id, p->id))
			ret->requests[ret->requests_n++] = (struct document_request){
			    .id = r->id, .name = r->name, .note = r->note, .required = r->required};
	}
}

enum err
draft_store(struct app *a, const struct user *u, const struct intake *in, const struct draft_new *what,
    struct str *ret_envelope)
{
	struct change c CLEANUP(change_end) = {0};
	struct str id = id_new(a->arena);
	int64_t n;
	struct row_envelope e = {.id = id, .version = 1, .state = ENVELOPE_DRAFT};
	TRY(change_start(&c, a, &e, ENVELOPE_ACT_EDIT));
	change_event(&c,
	    &(struct change_what){.kind = AUDIT_CREATED, .actor = user_words(a, u), .detail = in->sha256});
	TRY(tx_write(a->store, &c.tx));
	TRY(intake_store(&c.tx, in));
	TRY(q_envelope_add(&c.tx, id, u->organisation, u->id, what->contract.n ? what->contract : id,
	    what->round, what->previous, what->title, what->message, in->document_id, in->sha256, a->now_ms,
	    &n));
	TRY(change_apply(&c));
	TRY(draft_participants_add(a, &c.tx, id, what->participants, what->participants_n));
	TRY(change_commit(&c));
	*ret_envelope = id;
	return OK;
}
