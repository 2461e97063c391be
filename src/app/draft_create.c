/* A PDF becomes a draft; or the sample contract does. */
#include "app_text.h"
#include "buf.h"
#include "certificate.h"
#include "draft.h"

static const double SAMPLE_SEAL_MM = 12;

static struct str
title_of(struct app *a, struct str file_name)
{
	struct str name = file_name_clean(a->arena, file_name, STR("契約書"));
	struct str end = str_slice(name, name.n > 4 ? name.n - 4 : 0, name.n);
	if (name.n > 4 && str_ieq(end, STR(".pdf")))
		name = str_trim(str_slice(name, 0, name.n - 4));
	return name.n ? name : STR("契約書");
}

enum err
app_draft_create(
    struct app *a, const struct user *u, struct str file_name, struct str pdf, struct str *ret_envelope)
{
	struct intake in;
	TRY(intake_pdf(a, file_name, pdf, &in));
	struct draft_new what = {.title = title_of(a, file_name), .round = 1};
	return draft_store(a, u, &in, &what, ret_envelope);
}

static enum err
organisation_name(struct app *a, const struct user *u, struct str *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_account account;
	TRY(tx_read(a->store, &tx));
	TRY(q_account_get(&tx, a->arena, u->id, &account));
	*ret = account.organisation;
	return OK;
}

enum err
app_draft_sample(struct app *a, const struct user *u, struct str *ret_envelope)
{
	struct buf pdf CLEANUP(buf_free) = {0};
	struct sample_place middle[2];
	struct str ours, theirs = STR("株式会社サンプル商事");
	struct intake in;
	TRY(organisation_name(a, u, &ours));
	TRY(sample_contract_draw(a->arena, ours, theirs, &pdf, middle));
	TRY(intake_pdf(a, STR_NONE, buf_str(&pdf), &in));
	struct draft_participant p[2] = {
	    {.company = ours, .name = u->name, .mail = u->mail, .order = 1, .entry = ENTRY_MAIL},
	    {.company = theirs,
	        .name = STR("見本 花子"),
	        .mail = u->mail,
	        .order = 2,
	        .entry = ENTRY_MAIL | ENTRY_URL},
	};
	for (unsigned i = 0; i < 2; i++) {
		p[i].seal_required = p[i].handwriting_allowed = true;
		p[i].places_n = 1;
		p[i].places[0] = (struct place){.page = middle[i].page,
		    .x_mm = middle[i].x_mm - SAMPLE_SEAL_MM / 2,
		    .y_mm = middle[i].y_mm - SAMPLE_SEAL_MM / 2,
		    .size_mm = SAMPLE_SEAL_MM};
	}
	struct draft_new what = {.title = STR("業務委託契約書（サンプル）"),
	    .message = STR("サンプル契約書です。実際の契約と同じ流れを、最後までお試しいただけます。"),
	    .round = 1,
	    .participants = p,
	    .participants_n = 2};
	return draft_store(a, u, &in, &what, ret_envelope);
}
