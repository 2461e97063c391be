/* STEP 6: the concluded contract, for its parties, for ever. */
#include "app_text.h"
#include "envelope_files.h"
#include "intake.h"
#include "link.h"
#include "package_make.h"
#include "post.h"
#include "signer.h"
#include "timestamping.h"
#include "utf8.h"

enum { RESEND_MOST = 20 };
static const int64_t RESEND_EVERY_MS = 10 * 60 * 1000;

static enum err
keep_by_token(struct app *a, struct str token, struct dossier *ret)
{
	struct link_found l = {0};
	TRY(link_find(a, token, &l));
	if (l.kind == LINK_SHARED) /* whoever has the URL has not proved anything yet */
		return ERR_FORBIDDEN;
	if (l.p && l.p->state == PARTICIPANT_DELEGATED)
		return ERR_DELEGATED;
	enum err dead = envelope_dead((enum envelope_state)l.d.e.state);
	if (dead != OK)
		return dead;
	if (l.p && l.p->state != PARTICIPANT_CONFIRMED)
		return ERR_WRONG_STATE;
	*ret = l.d;
	return OK;
}

static enum err
keep_find(struct app *a, struct str token, struct str session, struct dossier *ret)
{
	struct signer s = {0};
	if (token.n)
		return keep_by_token(a, token, ret);
	TRY(signer_load(a, session, &s));
	if (s.p->state == PARTICIPANT_DELEGATED)
		return ERR_DELEGATED;
	enum err dead = envelope_dead((enum envelope_state)s.d.e.state);
	if (dead != OK)
		return dead;
	if (s.p->state != PARTICIPANT_CONFIRMED)
		return ERR_WRONG_STATE;
	*ret = s.d;
	return OK;
}

enum err
app_keep_view(struct app *a, struct str token, struct str session, struct keep_view *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_account sender;
	struct row_document doc;
	struct timestamping timestamp;
	struct dossier d;
	TRY(keep_find(a, token, session, &d));
	TRY(tx_read(a->store, &tx));
	TRY(timestamping_of(a, &tx, &d.e, &timestamp));
	TRY(q_account_get(&tx, a->arena, d.e.account_id, &sender));
	TRY(q_document_get(&tx, a->arena, d.e.source_sha256, &doc));
	*ret = (struct keep_view){.title = d.e.title,
	    .document_id = d.e.document_id,
	    .sender_company = sender.organisation,
	    .concluded_sha256 = d.e.concluded_sha256,
	    .document_sha256 = d.e.document_sha256,
	    .pages = (unsigned)doc.pages,
	    .concluded_ms = d.e.concluded_ms,
	    .contract_ready = d.e.concluded_sha256.n > 0,
	    .certificate_ready = d.e.certificate_sha256.n > 0,
	    .awaits_timestamp = timestamp.waits};
	TRY(package_is_ready(a, &tx, &d.e, &ret->package_ready));
	sizes_decode(a->arena, doc.sizes, ret->pages, &ret->page_width_mm, &ret->page_height_mm);
	ret->participants_n = party_count(d.parties, d.n, &ret->confirmed_n);
	for (size_t i = 0; i < d.n && ret->parties_n < PARTICIPANTS_MAX; i++)
		if (d.p[i].state != PARTICIPANT_DELEGATED)
			ret->parties[ret->parties_n++] = participant_words(a->arena, &d.p[i]);
	return OK;
}

enum err
app_keep_page(struct app *a, struct str token, struct str session, unsigned page, unsigned width_px,
    struct str *ret_png)
{
	struct dossier d;
	TRY(keep_find(a, token, session, &d));
	if (d.e.concluded_sha256.n == 0) /* no signed rendition before the conclusion */
		return page_image(a, d.e.document_sha256, page, width_px, ret_png);
	return page_image(a, d.e.concluded_sha256, page, width_px, ret_png);
}

enum err
app_keep_download(
    struct app *a, struct str token, struct str session, enum download what, struct file_ref *ret)
{
	struct dossier d;
	TRY(keep_find(a, token, session, &d));
	return envelope_file(a, &d.e, what, ret);
}

enum err
app_keep_package(struct app *a, struct str token, struct str session, struct package *ret)
{
	struct dossier d;
	TRY(keep_find(a, token, session, &d));
	return package_make(a, &d.e, ret);
}

enum err
app_keep_resend(struct app *a, struct str mail)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_keep_by_mail_list list;
	struct str clean;
	if (utf8_mail(a->arena, mail, &clean) != OK)
		return OK;
	TRY(tx_write(a->store, &tx));
	TRY(q_keep_by_mail(&tx, a->arena, clean, RESEND_MOST, &list));
	for (size_t i = 0; i < list.n; i++)
		TRY(post_order(a, &tx, /* the same mail once in ten minutes */
		    &(struct post_order){POST_RESEND, list.v[i].envelope_id, list.v[i].participant_id,
		        arena_printf(a->arena, "%lld", (long long)(a->now_ms / RESEND_EVERY_MS))}));
	TRY(tx_commit(&tx));
	if (list.n)
		job_kick(a);
	return OK;
}
