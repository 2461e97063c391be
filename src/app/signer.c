#include "signer.h"

#include "app_text.h"
#include "app_token.h"

static const int64_t LIFE_MS = 12LL * 3600 * 1000;

enum err
signer_load(struct app *a, struct str session, struct signer *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_participant self;
	if (session.n == 0)
		return ERR_LOGIN;
	TRY(tx_read(a->store, &tx));
	enum err e = q_signer_session_get(&tx, a->arena, token_hash(a->arena, session), &ret->s);
	if (e == ERR_NOT_FOUND || (e == OK && a->now_ms - ret->s.created_ms >= LIFE_MS))
		return ERR_LOGIN;
	TRY(e);
	TRY(q_participant_get(&tx, a->arena, ret->s.participant_id, &self));
	TRY(dossier_read(a, &tx, self.envelope_id, &ret->d));
	ret->i = dossier_find(&ret->d, self.id);
	if (ret->i == ret->d.n)
		return BUG("a participant outside the envelope");
	ret->p = &ret->d.p[ret->i];
	TRY(q_requests_of(&tx, a->arena, self.envelope_id, &ret->requests));
	return q_submissions_of(&tx, a->arena, self.envelope_id, &ret->submissions);
}

enum err
signer_load_acting(struct app *a, struct str session, struct signer *ret)
{
	TRY(signer_load(a, session, ret));
	return participant_may_act((enum envelope_state)ret->d.e.state, (enum participant_state)ret->p->state,
	    party_has_turn(ret->d.parties, ret->d.n, ret->i));
}

enum err
signer_session_start(struct app *a, struct tx *tx, const struct row_signer_session *s, struct str *ret_token)
{
	struct str token = token_random(a->arena);
	int64_t n;
	TRY(q_signer_session_add(tx, token_hash(a->arena, token), s->participant_id, s->entry, s->company,
	    s->title, s->name, s->mail, s->code_sent_ms, s->code_verified_ms, a->now_ms, &n));
	*ret_token = token;
	return OK;
}

const struct row_submission *
signer_submission(const struct signer *s, struct str request)
{
	for (size_t i = 0; i < s->submissions.n; i++)
		if (str_eq(s->submissions.v[i].request_id, request))
			return &s->submissions.v[i];
	return NULL;
}

struct progress
signer_progress(const struct signer *s)
{
	struct progress g = {.has_seal = s->p->seal_required,
	    .reviewed = s->p->reviewed_ms != 0,
	    .documents_done = s->p->documents_ms != 0,
	    .has_made = s->p->seal_method.n > 0,
	    .confirmed = s->p->state == PARTICIPANT_CONFIRMED};
	for (size_t i = 0; i < s->requests.n; i++) {
		const struct row_request *r = &s->requests.v[i];
		if (!str_eq(r->participant_id, s->p->id))
			continue;
		g.has_documents = true;
		if (r->required && !signer_submission(s, r->id))
			g.documents_done = false;
	}
	return g;
}

struct str
signer_event(struct change *c, const struct signer *s, enum audit_kind kind, struct str detail)
{
	return change_event(c, &(struct change_what){.kind = kind,
	                           .participant = s->p->id,
	                           .actor = signer_words(c->a, s),
	                           .detail = detail,
	                           .entry = entry_words(s->s.entry, false),
	                           .authentication = authentication_words(s->s.entry, false)});
}

struct str
signer_company(const struct signer *s)
{
	return s->s.mail.n ? s->s.company : s->p->company;
}

struct str
signer_name(const struct signer *s)
{
	return s->s.mail.n ? s->s.name : s->p->name;
}

struct str
signer_mail(const struct signer *s)
{
	return s->s.mail.n ? s->s.mail : s->p->mail;
}

struct str
signer_words(struct app *a, const struct signer *s)
{
	return arena_printf(a->arena, "%.*s <%.*s>",
	    STR_ARG(who_words(a->arena, signer_company(s), signer_name(s))), STR_ARG(signer_mail(s)));
}

struct str
entry_words(int64_t entry, bool english)
{
	if (entry == ENTRY_URL)
		return str_c(english ? "Signing URL" : "締結用URL");
	return str_c(english ? "Mail" : "メール");
}

struct str
authentication_words(int64_t entry, bool english)
{
	if (entry == ENTRY_URL)
		return str_c(english ? "Code sent by mail (1 factor)" : "メールで送った認証コード（1要素）");
	return str_c(english ? "Link in the request mail (1 factor)" : "署名依頼メールのリンク（1要素）");
}

struct str
consent_words(struct app *a, const struct row_envelope *e, bool english)
{
	return arena_printf(a->arena,
	    english ? "I agree to the contract “%.*s” (version %lld, document ID %.*s) and instruct the "
	              "operator to sign it "
	              "electronically and to timestamp it."
	            : "「%.*s」（第%lld版、文書ID "
	              "%.*s）の内容に合意し、電子署名とタイムスタンプの付与を指示します。",
	    STR_ARG(e->title), (long long)e->round, STR_ARG(e->document_id));
}
