#include "certificate_fill.h"

#include "app_text.h"
#include "audit.h"
#include "post.h"
#include "signer.h"

/* ---- words ---- */
static struct certificate_words
event_words(struct str event)
{
	return (struct certificate_words){audit_words(event, false), audit_words(event, true)};
}

static struct certificate_words
entry_of(int64_t entry)
{
	return (struct certificate_words){entry_words(entry, false), entry_words(entry, true)};
}

/* What was recorded counts; English is known for the ways there are. */
static struct certificate_words
authentication_of(int64_t entry, struct str recorded)
{
	struct certificate_words w = {recorded, STR_NONE};
	if (str_eq(recorded, authentication_words(entry, false)))
		w.en = authentication_words(entry, true);
	return w;
}

static struct certificate_words
seal_method_of(const struct row_participant *p)
{
	if (!p->seal_required)
		return (struct certificate_words){STR("なし"), STR("None")};
	if (str_eq(p->seal_method, STR("image")))
		return (struct certificate_words){STR("アップロード"), STR("Uploaded")};
	return str_eq(p->seal_method, STR("ink"))
	           ? (struct certificate_words){STR("手書き"), STR("Handwritten")}
	           : (struct certificate_words){STR("作成"), STR("Made from text")};
}

static struct certificate_words
pages_of(struct arena *a, const struct row_participant *p, long long pages)
{
	if (p->seen_all_ms)
		return (struct certificate_words){
		    arena_printf(a, "全%lldページ", pages), arena_printf(a, "All %lld pages", pages)};
	return (struct certificate_words){
	    arena_printf(a, "1ページ目（全%lldページ）", pages), arena_printf(a, "Page 1 (of %lld)", pages)};
}

/* The platform itself is not worth naming on every line. */
static struct str
actor_of(const struct row_audit *r)
{
	return str_eq(r->actor, STR("システム")) ? STR_NONE : r->actor;
}

/* ---- parties ---- */
static const struct row_consent *
consent_of(const struct issuing *w, struct str participant)
{
	for (size_t i = 0; i < w->consents.n; i++)
		if (str_eq(w->consents.v[i].participant_id, participant))
			return &w->consents.v[i];
	return NULL;
}

/* Names are those of the consent, whatever the participant is called today. */
static enum err
fill_party(const struct issuing *w, size_t i, struct certificate_party *ret)
{
	struct arena *a = w->a->arena;
	const struct row_participant *p = &w->d.p[i];
	const struct row_consent *c = consent_of(w, p->id);
	if (!c)
		return BUG("a party without a consent");
	*ret = (struct certificate_party){.role = {STR("署名者"), STR("Signer")},
	    .order = arena_printf(a, "%lld", (long long)p->turn),
	    .sent_company = c->sent_company,
	    .sent_name = c->sent_name,
	    .sent_mail = c->sent_mail,
	    .company = c->company,
	    .name = c->name,
	    .title = c->title,
	    .mail = c->mail,
	    .entry = entry_of(c->entry),
	    .authentication = authentication_of(c->entry, c->authentication),
	    .code_sent_ms = c->code_sent_ms,
	    .code_verified_ms = c->code_verified_ms,
	    .opened_ms = p->opened_ms,
	    .viewed_all_ms = p->seen_all_ms,
	    .consented_ms = c->at_ms,
	    .pages_viewed = pages_of(a, p, (long long)w->doc.pages),
	    .ip = c->ip,
	    .user_agent = c->user_agent,
	    .seal_method = seal_method_of(p),
	    .impression = w->impressions[i],
	    .consent_text = c->consent_text,
	    .event_hash = c->event_hash};
	return OK;
}

static enum err
fill_parties(const struct issuing *w, struct certificate *ret)
{
	ret->parties = ARENA_ARRAY(w->a->arena, struct certificate_party, w->d.n + 1);
	for (size_t i = 0; i < w->d.n; i++)
		if (w->d.p[i].state != PARTICIPANT_DELEGATED)
			TRY(fill_party(w, i, &ret->parties[ret->parties_n++]));
	return OK;
}

static void
fill_files(const struct issuing *w, struct certificate *ret)
{
	ret->files = ARENA_ARRAY(w->a->arena, struct certificate_line, w->submissions.n + 1);
	for (size_t i = 0; i < w->submissions.n; i++) {
		const struct row_submission *s = &w->submissions.v[i];
		const struct row_consent *c = consent_of(w, s->participant_id);
		struct certificate_line *to = &ret->files[ret->files_n++];
		*to = (struct certificate_line){
		    .at_ms = s->at_ms, .what = {.ja = s->file_name}, .detail = s->sha256};
		for (size_t k = 0; k < w->requests.n; k++)
			if (str_eq(w->requests.v[k].id, s->request_id))
				to->what.ja = arena_printf(w->a->arena, "%.*s（%.*s）",
				    STR_ARG(w->requests.v[k].name), STR_ARG(s->file_name));
		if (c)
			to->who = who_words(w->a->arena, c->company, c->name);
	}
}

/* ---- what happened ---- */
static size_t
events_n(const struct issuing *w)
{
	size_t n = 0;
	for (size_t i = 0; i < w->rounds_n; i++)
		n += w->rounds[i].audit.n;
	return n;
}

/* From whom and to whom is what the audit row says; the reason is the message that went with it. */
static struct certificate_delegation
delegation_of(const struct issuing_round *round, const struct row_audit *r)
{
	struct certificate_delegation d = {.at_ms = r->at_ms, .from = r->actor, .to = r->detail};
	if (r->authentication.n)
		d.authentication = authentication_of(
		    str_eq(r->entry, entry_words(ENTRY_URL, false)) ? ENTRY_URL : ENTRY_MAIL,
		    r->authentication);
	for (size_t i = 0; i < round->people.n; i++)
		if (str_eq(round->people.v[i].forwarded_from, r->participant_id))
			d.reason = round->people.v[i].forward_message;
	return d;
}

static void
fill_delegations(const struct issuing *w, struct certificate *ret)
{
	ret->delegations = ARENA_ARRAY(w->a->arena, struct certificate_delegation, events_n(w) + 1);
	for (size_t i = 0; i < w->rounds_n; i++)
		for (size_t k = 0; k < w->rounds[i].audit.n; k++)
			if (str_eq(w->rounds[i].audit.v[k].event, audit_name(AUDIT_FORWARDED)))
				ret->delegations[ret->delegations_n++] =
				    delegation_of(&w->rounds[i], &w->rounds[i].audit.v[k]);
}

/* Of versions before the last one: what became of them, not each step on the way. */
static bool
is_told_of_old(struct str event)
{
	static const enum audit_kind told[] = {AUDIT_SENT, AUDIT_RETURNED, AUDIT_FORWARDED, AUDIT_WITHDRAWN,
	    AUDIT_SUPERSEDED, AUDIT_CONSENTED, AUDIT_MAIL_REFUSED};
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (str_eq(event, audit_name(told[i])))
			return true;
	return false;
}

static void
fill_history(const struct issuing *w, struct certificate *ret)
{
	struct arena *a = w->a->arena;
	ret->history = ARENA_ARRAY(a, struct certificate_line, events_n(w) + 1);
	for (size_t i = 0; i < w->rounds_n; i++)
		for (size_t k = 0; k < w->rounds[i].audit.n; k++) {
			const struct row_audit *r = &w->rounds[i].audit.v[k];
			struct certificate_words what = event_words(r->event);
			bool old = i + 1 < w->rounds_n;
			if (old && !is_told_of_old(r->event))
				continue;
			if (w->rounds_n > 1) {
				long long round = (long long)w->rounds[i].e.round;
				what.ja = arena_printf(a, "第%lld版：%.*s", round, STR_ARG(what.ja));
				what.en = arena_printf(a, "Version %lld: %.*s", round, STR_ARG(what.en));
			}
			ret->history[ret->history_n++] = (struct certificate_line){.at_ms = r->at_ms,
			    .what = what,
			    .who = actor_of(r),
			    .detail = audit_detail(r->event, r->detail)};
		}
	ret->mails = ARENA_ARRAY(a, struct certificate_line, w->mails.n + 1);
	for (size_t i = 0; i < w->mails.n; i++) {
		const struct row_mails_sent *m = &w->mails.v[i];
		ret->mails[ret->mails_n++] = (struct certificate_line){.at_ms = m->at_ms,
		    .what = {post_words(m->what, false), post_words(m->what, true)},
		    .who = m->mail};
	}
}

/* Whoever ordered the sending, as they were called then. */
static struct str
sender_of(const struct row_audit_list *audit)
{
	for (size_t i = 0; i < audit->n; i++)
		if (str_eq(audit->v[i].event, audit_name(AUDIT_SEND_ORDERED)))
			return audit->v[i].actor;
	return STR_NONE;
}

/* ---- signatures ---- */
static struct certificate_words
mark_words(enum seal_mark_kind kind)
{
	switch (kind) {
	case SEAL_MARK_CERTIFICATION:
		return (struct certificate_words){STR("送信時の証明"), STR("Certification")};
	case SEAL_MARK_APPROVAL: return (struct certificate_words){STR("合意の署名"), STR("Approval")};
	case SEAL_MARK_TIMESTAMP: break;
	}
	return (struct certificate_words){STR("文書タイムスタンプ"), STR("Document timestamp")};
}

static void
fill_seals(const struct issuing *w, struct certificate *ret)
{
	ret->seals = ARENA_ARRAY(w->a->arena, struct certificate_seal, w->marks_n + 1);
	for (size_t i = 0; i < w->marks_n; i++) {
		const struct seal_mark *m = &w->marks[i];
		ret->seals[ret->seals_n++] = (struct certificate_seal){.kind = mark_words(m->kind),
		    .field = m->field,
		    .signer = m->signer,
		    .level = m->level,
		    .digest = m->digest,
		    .at_ms = m->at_ms,
		    .tsa = m->tsa,
		    .token_serial = m->serial,
		    .certificate = m->certificate};
	}
}

enum err
certificate_fill(const struct issuing *w, struct certificate *ret)
{
	struct app *a = w->a;
	const struct row_envelope *e = &w->d.e;
	const struct row_audit_list *audit = &w->rounds[w->rounds_n - 1].audit;
	struct sealer_identity identity;
	TRY(sealer_identity(a->sealer, a->arena, &identity));
	struct certificate c = {.language = a->config->certificate_language,
	    .number = arena_printf(a->arena, "C-%.*s", STR_ARG(e->document_id)),
	    .document_id = e->document_id,
	    .title = e->title,
	    .sender = sender_of(audit),
	    .issuer = a->config->product_name,
	    .operator_url = arena_printf(a->arena, "%.*s/verify", STR_ARG(a->config->base_url)),
	    .qr_url = arena_printf(a->arena, "%.*s/verify?contract=%.*s", STR_ARG(a->config->base_url),
	        STR_ARG(e->concluded_sha256)),
	    .seal_subject = identity.subject,
	    .seal_serial = identity.serial,
	    .seal_fingerprint = identity.fingerprint_sha256,
	    .tsa_name = w->d.e.stamped_by,
	    .pages = (unsigned)w->doc.pages,
	    .version = (unsigned)e->round,
	    .sent_sha256 = e->document_sha256,
	    .concluded_sha256 = e->concluded_sha256,
	    .sent_bytes = w->sent_bytes,
	    .concluded_bytes = w->concluded_bytes,
	    .sent_ms = e->sent_ms,
	    .concluded_ms = e->concluded_ms,
	    .issued_ms = a->now_ms,
	    .audit_head = e->audit_hash,
	    .audit_n = audit->n,
	    .checkpoint_ms = w->checkpoint.at_ms,
	    .checkpoint_size = w->checkpoint.size,
	    .checkpoint_root = w->checkpoint.root};
	TRY(fill_parties(w, &c));
	fill_files(w, &c);
	fill_delegations(w, &c);
	fill_history(w, &c);
	fill_seals(w, &c);
	*ret = c;
	return OK;
}
