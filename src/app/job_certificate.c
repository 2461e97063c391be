/* 合意証明書: drawn from what was recorded at the time, sealed, and with it the contract is concluded; then
 * everybody is told. */
#include "app_text.h"
#include "app_token.h"
#include "buf.h"
#include "issued.h"
#include "post.h"
#include "signer.h"
#include "timestamping.h"

#include <unistd.h>

/* What one certificate is put together from. */
struct issuing {
	struct app *a;
	struct dossier d;
	struct row_account sender;
	struct row_document doc;
	struct row_consent_list consents;
	struct row_audit_list audit;
	struct row_envelope_list rounds; /* the versions before this one, */
	struct row_audit_list *before;   /* and what happened to each */
	struct row_request_list requests;
	struct row_submission_list submissions;
	struct str *impressions; /* by participant */
	struct sealer_identity identity;
};

static enum err
read_all(struct app *a, struct str envelope, struct issuing *w)
{
	struct tx tx CLEANUP(tx_end) = {0};
	w->a = a;
	TRY(tx_read(a->store, &tx));
	TRY(dossier_read(a, &tx, envelope, &w->d));
	TRY(q_account_get(&tx, a->arena, w->d.e.account_id, &w->sender));
	TRY(q_document_get(&tx, a->arena, w->d.e.source_sha256, &w->doc));
	TRY(q_consents_of(&tx, a->arena, envelope, &w->consents));
	TRY(q_audit_of(&tx, a->arena, envelope, &w->audit));
	TRY(q_requests_of(&tx, a->arena, envelope, &w->requests));
	TRY(q_submissions_of(&tx, a->arena, envelope, &w->submissions));
	TRY(q_envelope_rounds(&tx, a->arena, w->d.e.contract_id, w->d.e.round, &w->rounds));
	w->before = ARENA_ARRAY(a->arena, struct row_audit_list, w->rounds.n + 1);
	for (size_t i = 0; i < w->rounds.n; i++)
		TRY(q_audit_of(&tx, a->arena, w->rounds.v[i].id, &w->before[i]));
	w->impressions = ARENA_ARRAY(a->arena, struct str, w->d.n + 1);
	for (size_t i = 0; i < w->d.n; i++) {
		struct row_impression_get seal;
		if (w->d.p[i].state != PARTICIPANT_CONFIRMED || !w->d.p[i].seal_required)
			continue;
		TRY(q_impression_get(&tx, a->arena, w->d.p[i].id, &seal));
		w->impressions[i] = seal.seal;
	}
	return OK;
}

static const struct row_consent *
consent_of(const struct issuing *w, struct str participant)
{
	for (size_t i = 0; i < w->consents.n; i++)
		if (str_eq(w->consents.v[i].participant_id, participant))
			return &w->consents.v[i];
	return NULL;
}

static struct str
seal_method_words(const struct row_participant *p)
{
	if (!p->seal_required)
		return STR("なし");
	if (str_eq(p->seal_method, STR("image")))
		return STR("アップロード");
	return str_eq(p->seal_method, STR("ink")) ? STR("手書き") : STR("作成");
}

static void
fill_party(const struct issuing *w, size_t i, struct certificate_party *ret)
{
	struct arena *a = w->a->arena;
	const struct row_participant *p = &w->d.p[i];
	const struct row_consent *c = consent_of(w, p->id);
	bool own_words = p->signer_mail.n > 0;
	*ret = (struct certificate_party){.role = STR("署名者"),
	    .order = arena_printf(a, "%lld", (long long)p->turn),
	    .sent_company = p->company,
	    .sent_name = p->name,
	    .sent_mail = p->mail,
	    .company = own_words ? p->signer_company : p->company,
	    .name = own_words ? p->signer_name : p->name,
	    .title = p->signer_title,
	    .mail = participant_mail(p),
	    .opened_ms = p->opened_ms,
	    .viewed_all_ms = p->seen_all_ms,
	    .pages_viewed = arena_printf(
	        a, p->seen_all_ms ? "全%lldページ" : "1ページ目（全%lldページ）", (long long)w->doc.pages),
	    .seal_method = seal_method_words(p),
	    .impression = w->impressions[i]};
	if (!c)
		return;
	ret->entry = entry_words(c->entry, false);
	ret->authentication = c->authentication;
	ret->code_sent_ms = c->code_sent_ms;
	ret->code_verified_ms = c->code_verified_ms;
	ret->consented_ms = c->at_ms;
	ret->ip = c->ip;
	ret->user_agent = c->user_agent;
	ret->consent_text = c->consent_text;
	ret->event_hash = c->event_hash;
}

static void
fill_parties(const struct issuing *w, struct certificate *ret)
{
	ret->parties = ARENA_ARRAY(w->a->arena, struct certificate_party, w->d.n + 1);
	ret->delegations = ARENA_ARRAY(w->a->arena, struct certificate_line, w->d.n + 1);
	for (size_t i = 0; i < w->d.n; i++) {
		const struct row_participant *p = &w->d.p[i];
		if (p->state != PARTICIPANT_DELEGATED) {
			fill_party(w, i, &ret->parties[ret->parties_n++]);
			continue;
		}
		size_t to = dossier_find(&w->d, p->forwarded_to);
		ret->delegations[ret->delegations_n++] = (struct certificate_line){.at_ms = p->forwarded_ms,
		    .what = STR("転送"),
		    .who = participant_words(w->a->arena, p),
		    .detail = to < w->d.n ? participant_words(w->a->arena, &w->d.p[to]) : STR_NONE};
	}
}

static void
fill_files(const struct issuing *w, struct certificate *ret)
{
	ret->files = ARENA_ARRAY(w->a->arena, struct certificate_line, w->submissions.n + 1);
	for (size_t i = 0; i < w->submissions.n; i++) {
		const struct row_submission *s = &w->submissions.v[i];
		size_t by = dossier_find(&w->d, s->participant_id);
		struct certificate_line *to = &ret->files[ret->files_n++];
		*to = (struct certificate_line){.at_ms = s->at_ms, .what = s->file_name, .detail = s->sha256};
		for (size_t k = 0; k < w->requests.n; k++)
			if (str_eq(w->requests.v[k].id, s->request_id))
				to->what = arena_printf(w->a->arena, "%.*s（%.*s）",
				    STR_ARG(w->requests.v[k].name), STR_ARG(s->file_name));
		if (by < w->d.n)
			to->who = participant_words(w->a->arena, &w->d.p[by]);
	}
}

/* Of the versions before: when they went out, and who returned them why. */
static void
fill_before(const struct issuing *w, struct certificate *ret)
{
	for (size_t i = 0; i < w->rounds.n; i++)
		for (size_t k = 0; k < w->before[i].n; k++) {
			const struct row_audit *r = &w->before[i].v[k];
			if (!str_eq(r->event, audit_name(AUDIT_SENT)) &&
			    !str_eq(r->event, audit_name(AUDIT_RETURNED)))
				continue;
			struct str what = audit_words(r->event, false);
			ret->history[ret->history_n++] = (struct certificate_line){.at_ms = r->at_ms,
			    .what = arena_printf(w->a->arena, "第%lld版：%.*s",
			        (long long)w->rounds.v[i].round, STR_ARG(what)),
			    .who = r->actor,
			    .detail = r->detail};
		}
}

static size_t
history_most(const struct issuing *w)
{
	size_t n = w->audit.n;
	for (size_t i = 0; i < w->rounds.n; i++)
		n += w->before[i].n;
	return n;
}

/* The history for people, and this version's rows as the text their hashes were made from. */
static void
fill_history(const struct issuing *w, struct buf *json, struct certificate *ret)
{
	ret->history = ARENA_ARRAY(w->a->arena, struct certificate_line, history_most(w) + 1);
	fill_before(w, ret);
	buf_put_c(json, "{\"events\":[\n");
	for (size_t i = 0; i < w->audit.n; i++) {
		const struct row_audit *r = &w->audit.v[i];
		struct audit_event event = {r->envelope_id, r->seq, r->at_ms, r->event, r->participant_id,
		    r->actor, r->detail, r->entry, r->authentication, r->ip, r->user_agent, r->prev};
		ret->history[ret->history_n++] = (struct certificate_line){.at_ms = r->at_ms,
		    .what = audit_words(r->event, false),
		    .who = r->actor,
		    .detail = r->detail};
		buf_put_c(json, i ? ",\n{\"event\":" : "{\"event\":");
		audit_canonical(&event, json);
		buf_printf(json, ",\"hash\":\"%.*s\"}", STR_ARG(r->hash));
	}
	buf_put_c(json, "\n]}\n");
	ret->audit_json = arena_str(w->a->arena, buf_str(json));
	ret->audit_head = w->d.e.audit_hash;
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
draw(struct issuing *w, struct buf *ret)
{
	struct buf json CLEANUP(buf_free) = {0};
	struct app *a = w->a;
	const struct row_envelope *e = &w->d.e;
	TRY(sealer_identity(a->sealer, a->arena, &w->identity));
	struct certificate c = {.number = arena_printf(a->arena, "C-%.*s", STR_ARG(e->document_id)),
	    .document_id = e->document_id,
	    .title = e->title,
	    .issuer = a->config->product_name,
	    .operator_url = arena_printf(a->arena, "%.*s/verify", STR_ARG(a->config->base_url)),
	    .seal_subject = w->identity.subject,
	    .seal_serial = w->identity.serial,
	    .seal_fingerprint = w->identity.fingerprint_sha256,
	    .tsa_name = w->d.e.stamped_by,
	    .pages = (unsigned)w->doc.pages,
	    .version = (unsigned)e->round,
	    .sent_sha256 = e->document_sha256,
	    .concluded_sha256 = e->concluded_sha256,
	    .sent_ms = e->sent_ms,
	    .concluded_ms = e->concluded_ms,
	    .issued_ms = a->now_ms};
	TRY(size_of(a, c.sent_sha256, &c.sent_bytes));
	TRY(size_of(a, c.concluded_sha256, &c.concluded_bytes));
	fill_parties(w, &c);
	fill_files(w, &c);
	fill_history(w, &json, &c);
	return certificate_draw(a->arena, &c, ret);
}

static enum err
issue(struct app *a, struct str job, struct issuing *w, struct str *ret_digest)
{
	struct buf file CLEANUP(buf_free) = {0};
	struct sha256 digest;
	struct str authority;
	TRY(draw(w, &file));
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
