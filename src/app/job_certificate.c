/* 合意証明書: drawn from what was recorded at the time, sealed, and with it the contract is concluded; then
 * everybody is told. */
#include "app_text.h"
#include "app_token.h"
#include "buf.h"
#include "certificate_fill.h"
#include "issued.h"
#include "post.h"
#include "signer.h"
#include "timestamping.h"

#include <unistd.h>

static enum err
read_rounds(struct app *a, struct tx *tx, struct issuing *w)
{
	struct row_envelope_list before;
	TRY(q_envelope_rounds(tx, a->arena, w->d.e.contract_id, w->d.e.round, &before));
	w->rounds_n = before.n + 1;
	w->rounds = ARENA_ARRAY(a->arena, struct issuing_round, w->rounds_n);
	for (size_t i = 0; i < w->rounds_n; i++) {
		struct issuing_round *r = &w->rounds[i];
		r->e = i < before.n ? before.v[i] : w->d.e;
		TRY(q_audit_of(tx, a->arena, r->e.id, &r->audit));
		TRY(q_participants_of(tx, a->arena, r->e.id, &r->people));
	}
	return OK;
}

static enum err
read_impressions(struct app *a, struct tx *tx, struct issuing *w)
{
	w->impressions = ARENA_ARRAY(a->arena, struct str, w->d.n + 1);
	for (size_t i = 0; i < w->d.n; i++) {
		struct row_impression_get seal;
		if (w->d.p[i].state != PARTICIPANT_CONFIRMED || !w->d.p[i].seal_required)
			continue;
		TRY(q_impression_get(tx, a->arena, w->d.p[i].id, &seal));
		w->impressions[i] = seal.seal;
	}
	return OK;
}

static enum err
read_all(struct app *a, struct str envelope, struct issuing *w)
{
	struct tx tx CLEANUP(tx_end) = {0};
	w->a = a;
	TRY(tx_read(a->store, &tx));
	TRY(dossier_read(a, &tx, envelope, &w->d));
	TRY(q_document_get(&tx, a->arena, w->d.e.source_sha256, &w->doc));
	TRY(q_consents_of(&tx, a->arena, envelope, &w->consents));
	TRY(q_requests_of(&tx, a->arena, envelope, &w->requests));
	TRY(q_submissions_of(&tx, a->arena, envelope, &w->submissions));
	TRY(q_mails_sent(&tx, a->arena, w->d.e.contract_id, w->d.e.round, &w->mails));
	enum err e = q_checkpoint_last(&tx, a->arena, &w->checkpoint);
	if (e != ERR_NOT_FOUND)
		TRY(e);
	TRY(read_rounds(a, &tx, w));
	return read_impressions(a, &tx, w);
}

static enum err
size_of(struct app *a, struct str sha256, size_t *ret)
{
	struct sha256 digest;
	int fd;
	TRY(digest_read(sha256, &digest));
	TRY(blob_open(a->blobs, &digest, &fd, ret));
	close(fd);
	return OK;
}

static enum err
read_files(struct issuing *w)
{
	struct app *a = w->a;
	struct sha256 digest;
	struct str pdf;
	TRY(size_of(a, w->d.e.document_sha256, &w->sent_bytes));
	TRY(digest_read(w->d.e.concluded_sha256, &digest));
	TRY(blob_get(a->blobs, &digest, a->arena, &pdf));
	w->concluded_bytes = pdf.n;
	return sealer_marks(a->arena, pdf, &w->marks, &w->marks_n);
}

static enum err
issue(struct app *a, struct str job, struct issuing *w, struct str *ret_digest)
{
	struct buf file CLEANUP(buf_free) = {0};
	struct certificate c;
	struct sha256 digest;
	struct str authority;
	TRY(read_files(w));
	TRY(certificate_fill(w, &c));
	c.audit_json = certificate_json(w, &c);
	TRY(certificate_draw(a->arena, &c, &file));
	TRY(timestamping_authority(a, w->d.e.organisation_id, &authority));
	TRY(timestamping_result(
	    a, &w->d.e, sealer_seal(a->sealer, job, authority, STR("合意証明書の発行"), a->now_ms, &file)));
	TRY(blob_put(a->blobs, buf_str(&file), &digest));
	*ret_digest = sha256_hex(a->arena, &digest);
	return OK;
}

static enum err
certificate_once(struct app *a, struct str job, struct str envelope)
{
	struct change c CLEANUP(change_end) = {0};
	struct issuing w = {0};
	struct str digest;
	TRY(read_all(a, envelope, &w));
	if (w.d.e.state != ENVELOPE_SEALING)
		return OK; /* done before */
	if (w.d.e.concluded_sha256.n == 0)
		return BUG("a certificate of a contract that is not sealed");
	TRY(issue(a, job, &w, &digest));
	TRY(change_start(&c, a, &w.d.e, ENVELOPE_ACT_COMPLETE));
	change_event(
	    &c, &(struct change_what){.kind = AUDIT_COMPLETED, .actor = STR("システム"), .detail = digest});
	TRY(change_begin(&c));
	TRY(change_one(&c, q_envelope_set_certificate(&c.tx, envelope, digest, a->now_ms, &c.n)));
	TRY(q_issued_file_add(&c.tx, digest, ISSUED_CERTIFICATE, envelope, &c.n));
	for (size_t i = 0; i < w.d.n; i++) {
		const struct row_participant *p = &w.d.p[i];
		if (p->state != PARTICIPANT_CONFIRMED)
			continue;
		TRY(q_link_add(&c.tx, token_hash(a->arena, token_link(a, LINK_KEEP, p->id, p->generation)),
		    envelope, p->id, LINK_KEEP, &c.n));
		TRY(change_post(&c, POST_COMPLETED, p->id));
	}
	TRY(q_link_add(&c.tx, token_hash(a->arena, token_keep_sender(a, envelope)), envelope, STR_NONE,
	    LINK_KEEP, &c.n));
	TRY(change_post(&c, POST_COMPLETED, STR_NONE));
	TRY(change_job_at(&c, "archive", arena_printf(a->arena, "archive %.*s", STR_ARG(envelope)), envelope,
	    a->now_ms + a->config->archive_after_ms));
	return change_commit(&c);
}

enum err
app_job_certificate(struct app *a, struct str job, struct str payload)
{
	AGAIN(certificate_once(a, job, payload));
}
