/* 差し戻し -> 第n+1版: the same contract, the same people, another PDF. And taking a request back altogether.
 */
#include "app_text.h"
#include "draft.h"
#include "post.h"
#include "utf8.h"

static enum err
requests_load(struct app *a, struct str envelope, struct row_request_list *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	TRY(tx_read(a->store, &tx));
	return q_requests_of(&tx, a->arena, envelope, ret);
}

enum err
app_envelope_revise(struct app *a, const struct user *u, struct str envelope, struct str file_name,
    struct str pdf, struct str *ret_envelope)
{
	struct draft_participant p[PARTICIPANTS_MAX];
	struct row_request_list requests;
	struct dossier d;
	struct intake in;
	unsigned n = 0;
	TRY(dossier_load_of(a, u, envelope, &d));
	if (d.e.state != ENVELOPE_RETURNED)
		return ERR_WRONG_STATE;
	TRY(requests_load(a, envelope, &requests));
	TRY(intake_pdf(a, file_name, pdf, &in));
	for (size_t i = 0; i < d.n && n < PARTICIPANTS_MAX; i++) {
		if (d.p[i].state == PARTICIPANT_DELEGATED)
			continue; /* the successor takes the place */
		draft_of_row(a, &d.p[i], &requests, &p[n]);
		/* places on pages that the new document does not have would only be in the way */
		unsigned kept = 0;
		for (unsigned k = 0; k < p[n].places_n; k++)
			if (p[n].places[k].page <= in.info.pages_n)
				p[n].places[kept++] = p[n].places[k];
		p[n].places_n = kept;
		n++;
	}
	struct draft_new what = {.contract = d.e.contract_id,
	    .previous = d.e.id,
	    .title = d.e.title,
	    .message = d.e.message,
	    .round = d.e.round + 1,
	    .participants = p,
	    .participants_n = n};
	return draft_store(a, u, &in, &what, ret_envelope);
}

static enum err
withdraw_once(struct app *a, const struct user *u, struct str envelope, struct str reason)
{
	struct change c CLEANUP(change_end) = {0};
	struct dossier d;
	TRY(dossier_load_of(a, u, envelope, &d));
	TRY(change_start(&c, a, &d.e, ENVELOPE_ACT_WITHDRAW));
	change_event(
	    &c, &(struct change_what){.kind = AUDIT_WITHDRAWN, .actor = user_words(a, u), .detail = reason});
	TRY(change_begin(&c));
	TRY(change_one(&c, q_envelope_set_returned(&c.tx, d.e.id, reason, user_words(a, u), &c.n)));
	for (size_t i = 0; i < d.n; i++)
		if (d.p[i].state != PARTICIPANT_WAITING && d.p[i].state != PARTICIPANT_DELEGATED &&
		    participant_mail(&d.p[i]).n)
			TRY(change_post(&c, POST_WITHDRAWN, d.p[i].id));
	return change_commit(&c);
}

enum err
app_envelope_withdraw(struct app *a, const struct user *u, struct str envelope, struct str reason)
{
	struct str clean;
	if (utf8_text(a->arena, reason, REASON_MAX, &clean) != OK)
		return ERR_INVALID;
	if (clean.n == 0)
		return ERR_REASON;
	AGAIN(withdraw_once(a, u, envelope, clean));
}
