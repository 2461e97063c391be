/* One mail of one job: composed from what the database says now, sent, and a refusal for good noted. */
#include "app_text.h"
#include "app_token.h"
#include "letters.h"
#include "post.h"
#include "signer.h"

static const int64_t CODE_LIFE_MS = 10 * 60 * 1000;

struct composing {
	struct app *a;
	struct post_order o;
	struct dossier d;
	struct row_account sender;
	struct row_participant *p; /* NULL when the mail is about none */
	struct row_challenge challenge;
	struct letter l;
};

static void
to_sender(struct composing *w)
{
	w->l.to_company = w->sender.organisation;
	w->l.to_name = w->sender.name;
	w->l.to_mail = w->sender.mail;
}

static void
to_participant(struct composing *w)
{
	w->l.to_company = participant_company(w->p);
	w->l.to_name = participant_name(w->p);
	w->l.to_mail = participant_mail(w->p);
	w->l.english = str_eq(w->p->language, STR("en"));
}

static struct str
envelope_url(struct composing *w)
{
	return arena_printf(w->a->arena, "%.*s/c/%.*s", STR_ARG(w->a->config->base_url), STR_ARG(w->d.e.id));
}

/* Everybody who counts, but for those in the state that is left out. */
static void
fill_parties(struct composing *w, enum participant_state but)
{
	w->l.parties = ARENA_ARRAY(w->a->arena, struct str, w->d.n + 1);
	for (size_t i = 0; i < w->d.n; i++)
		if (w->d.p[i].state != PARTICIPANT_DELEGATED && w->d.p[i].state != (int64_t)but)
			w->l.parties[w->l.parties_n++] = participant_words(w->a->arena, &w->d.p[i]);
}

static void
fill_request(struct composing *w, enum letter_kind kind)
{
	struct app *a = w->a;
	w->l.kind = kind;
	to_participant(w);
	w->l.url = token_url(a, token_link(a, LINK_MAIL, w->p->id, w->p->generation));
	if (w->p->forward_message.n)
		w->l.message = w->p->forward_message;
	size_t from = dossier_find(&w->d, w->p->forwarded_from);
	if (from < w->d.n)
		w->l.who_before = participant_words(a->arena, &w->d.p[from]);
}

static void
fill_keep(struct composing *w, enum letter_kind kind)
{
	struct app *a = w->a;
	w->l.kind = kind;
	fill_parties(w, PARTICIPANT_DELEGATED);
	if (w->p) {
		to_participant(w);
		w->l.url = token_url(a, token_link(a, LINK_KEEP, w->p->id, w->p->generation));
	} else {
		to_sender(w);
		w->l.url = token_url(a, token_keep_sender(a, w->d.e.id));
	}
}

/* To the sender, about a participant. */
static void
fill_notice(struct composing *w, enum letter_kind kind)
{
	w->l.kind = kind;
	to_sender(w);
	w->l.url = envelope_url(w);
	w->l.who = participant_words(w->a->arena, w->p);
	size_t from = dossier_find(&w->d, w->p->forwarded_from);
	if (from < w->d.n)
		w->l.who_before = participant_words(w->a->arena, &w->d.p[from]);
	if (kind == LETTER_FORWARD_NOTICE)
		w->l.message = w->p->forward_message;
	if (kind == LETTER_SIGNED)
		fill_parties(w, PARTICIPANT_CONFIRMED); /* those who are still to sign */
}

static void
fill_code(struct composing *w)
{
	w->l.kind = LETTER_CODE;
	w->l.to_company = w->challenge.company;
	w->l.to_name = w->challenge.name;
	w->l.to_mail = w->challenge.mail;
	w->l.english = str_eq(w->challenge.language, STR("en"));
	w->l.code = token_code(w->a, w->challenge.id);
}

/* False when the mail has lost its sense meanwhile. */
static bool
fill(struct composing *w)
{
	struct app *a = w->a;
	bool open = envelope_open((enum envelope_state)w->d.e.state);
	if (!w->p && w->o.post != POST_COMPLETED)
		return false;
	switch (w->o.post) {
	case POST_REQUEST:
		fill_request(w, w->d.e.round > 1 ? LETTER_REVISED : LETTER_REQUEST);
		return open && w->p->state < PARTICIPANT_CONFIRMED;
	case POST_FORWARDED:
		fill_request(w, LETTER_FORWARDED);
		return open && w->p->state < PARTICIPANT_CONFIRMED;
	case POST_CODE:
		fill_code(w);
		return w->challenge.ended_ms == 0 && a->now_ms - w->challenge.created_ms < CODE_LIFE_MS;
	case POST_RETURNED: fill_notice(w, LETTER_RETURNED); return true;
	case POST_FORWARD_NOTICE: fill_notice(w, LETTER_FORWARD_NOTICE); return true;
	case POST_SIGNED: fill_notice(w, LETTER_SIGNED); return true;
	case POST_RETURN_RECEIPT:
		w->l.kind = LETTER_RETURN_RECEIPT;
		w->l.who = participant_words(a->arena, w->p);
		to_participant(w);
		return true;
	case POST_WITHDRAWN:
		w->l.kind = LETTER_WITHDRAWN;
		to_participant(w);
		return true;
	case POST_COMPLETED: fill_keep(w, LETTER_COMPLETED); return w->d.e.state == ENVELOPE_COMPLETED;
	case POST_RESEND: fill_keep(w, LETTER_RESEND); return w->d.e.state == ENVELOPE_COMPLETED;
	case POST_COUNT: break;
	}
	return false;
}

static enum err
load(struct composing *w)
{
	struct app *a = w->a;
	struct tx tx CLEANUP(tx_end) = {0};
	TRY(tx_read(a->store, &tx));
	TRY(dossier_read(a, &tx, w->o.envelope, &w->d));
	TRY(q_account_get(&tx, a->arena, w->d.e.account_id, &w->sender));
	size_t i = dossier_find(&w->d, w->o.participant);
	w->p = i < w->d.n ? &w->d.p[i] : NULL;
	if (w->o.post == POST_CODE)
		TRY(q_challenge_get(&tx, a->arena, w->o.extra, &w->challenge));
	const struct row_envelope *e = &w->d.e;
	w->l = (struct letter){.product_name = a->config->product_name,
	    .base_url = a->config->base_url,
	    .title = e->title,
	    .message = e->message,
	    .document_id = e->document_id,
	    .sender_company = w->sender.organisation,
	    .sender_name = w->sender.name,
	    .sender_mail = w->sender.mail,
	    .reason = e->return_reason,
	    .guide_url = arena_printf(a->arena, "%.*s/guide", STR_ARG(a->config->base_url)),
	    .version = (unsigned)e->round,
	    .concluded_ms = e->concluded_ms,
	    .at_ms = a->now_ms};
	if (w->o.post == POST_REQUEST && e->previous_id.n) { /* why there is a new version */
		struct row_envelope before;
		TRY(q_envelope_get(&tx, a->arena, e->previous_id, &before));
		w->l.reason = before.return_reason;
	}
	w->l.total_n = party_count(w->d.parties, w->d.n, &w->l.done_n);
	return OK;
}

static enum err
refused_once(struct app *a, const struct composing *w, struct str answer)
{
	struct change c = {.a = a};
	struct dossier d;
	TRY(dossier_load(a, w->d.e.id, &d));
	c.e = d.e;
	c.state = (enum envelope_state)d.e.state; /* whatever it is: this is no act of anybody's */
	struct str detail = arena_printf(a->arena, "%.*s: %.*s", STR_ARG(w->l.to_mail), STR_ARG(answer));
	change_event(&c, &(struct change_what){.kind = AUDIT_MAIL_REFUSED,
	                     .participant = w->o.participant,
	                     .actor = STR("システム"),
	                     .detail = detail});
	enum err e = change_begin(&c);
	if (e == OK && w->p && w->o.post != POST_SIGNED && w->o.post != POST_RETURNED &&
	    w->o.post != POST_FORWARD_NOTICE)
		e = change_one(
		    &c, q_participant_set_problem(&c.tx, w->p->id, answer.n ? answer : STR("refused"), &c.n));
	if (e == OK)
		e = change_commit(&c);
	change_end(&c);
	return e;
}

static enum err
refused(struct app *a, const struct composing *w, struct str answer)
{
	AGAIN(refused_once(a, w, answer));
}

/* What the certificate will list: mails to parties, on the way to their agreement. */
static bool
is_listed(enum post post)
{
	return post == POST_REQUEST || post == POST_CODE || post == POST_FORWARDED ||
	       post == POST_RETURN_RECEIPT;
}

static enum err
note_sent(struct app *a, struct str job, const struct composing *w)
{
	struct tx tx CLEANUP(tx_end) = {0};
	int64_t n;
	TRY(tx_write(a->store, &tx));
	TRY(q_mail_sent_add(&tx, job, w->d.e.id, post_name(w->o.post), w->l.to_mail, a->now_ms, &n));
	return tx_commit(&tx);
}

enum err
app_job_mail(struct app *a, struct str job, struct str payload)
{
	struct composing *w = ARENA_NEW(a->arena, struct composing);
	struct mail mail = {0};
	struct str answer = STR_NONE;
	w->a = a;
	TRY(post_parse(payload, &w->o));
	TRY(load(w));
	if (!fill(w) || w->l.to_mail.n == 0)
		return OK;
	TRY(letter_compose(a->arena, &w->l, &mail));
	ptrdiff_t at = str_chr(a->config->mail_from, '@');
	struct str domain = at >= 0 ? str_slice(a->config->mail_from, (size_t)at + 1, a->config->mail_from.n)
	                            : STR("keiin.invalid");
	mail.message_id = arena_printf(a->arena, "%.*s@%.*s", STR_ARG(job), STR_ARG(domain));
	mail.at_ms = a->now_ms;
	enum err e = mailer_send(a->mailer, &mail, a->arena, &answer);
	if (e == ERR_INVALID)
		return refused(a, w, answer);
	TRY(e);
	return is_listed(w->o.post) ? note_sent(a, job, w) : OK;
}
