/* One contract as its sender sees it. */
#include "handlers.h"
#include "page.h"
#include "sender_pages.h"
#include "templates.h"

static struct str
say(struct http_ctx *c, const char *ja, const char *en)
{
	return str_c(c->req->english ? en : ja);
}

static struct str
entry_words(struct http_ctx *c, unsigned entry)
{
	if (entry == (ENTRY_MAIL | ENTRY_URL))
		return say(c, "メールと締結用URL", "Mail and signing link");
	return entry == ENTRY_URL ? say(c, "締結用URL", "Signing link") : say(c, "メール", "Mail");
}

static struct str
needs_words(struct http_ctx *c, const struct draft_participant *d)
{
	struct buf b CLEANUP(buf_free) = {0};
	buf_put(&b, say(c, "内容の確認と合意", "Review and consent"));
	if (d->requests_n)
		buf_put(&b, say(c, "、書類の提出", ", documents"));
	if (d->seal_required)
		buf_put(&b, say(c, "、印影", ", a seal"));
	if (d->seal_required && d->handwriting_allowed)
		buf_put(&b, say(c, "（手書きサイン可）", " (handwriting allowed)"));
	return arena_str(c->app->arena, buf_str(&b));
}

static struct str
signer_words(struct http_ctx *c, const struct participant_view *p)
{
	if (p->signer_name.n == 0 && p->signer_mail.n == 0)
		return STR_NONE;
	return arena_printf(c->app->arena, "%.*s %.*s %.*s <%.*s>", STR_ARG(p->signer_company),
	    STR_ARG(p->signer_title), STR_ARG(p->signer_name), STR_ARG(p->signer_mail));
}

static struct str
participant_tone(enum participant_state s)
{
	switch (s) {
	case PARTICIPANT_CONFIRMED: return STR("success");
	case PARTICIPANT_RETURNED: return STR("warning");
	case PARTICIPANT_NOTIFIED:
	case PARTICIPANT_OPENED:
	case PARTICIPANT_REVIEWED: return STR("progress");
	case PARTICIPANT_WAITING:
	case PARTICIPANT_DELEGATED: break;
	}
	return STR("");
}

static struct str
advice_words(struct http_ctx *c, const struct envelope_view *v)
{
	switch (v->state) {
	case ENVELOPE_PREPARING:
		return say(c, "送信の準備をしています。まもなく依頼が届きます。",
		    "Being prepared. The requests go out in a moment.");
	case ENVELOPE_SENT:
	case ENVELOPE_PARTIALLY_SIGNED:
		return say(c, "署名者の確認を待っています。", "Waiting for the signers.");
	case ENVELOPE_SEALING:
		return say(c, "全員が合意しました。電子署名とタイムスタンプを付けています。",
		    "Everybody has agreed. The signatures and the timestamp are being added.");
	case ENVELOPE_COMPLETED:
		return say(c, "締結が完了しました。全員に【締結完了】のメールを送りました。",
		    "Concluded. Everybody has been mailed the link to the finished contract.");
	case ENVELOPE_WITHDRAWN:
		return say(c, "この依頼は取り下げられました。", "This request was withdrawn.");
	case ENVELOPE_DRAFT:
	case ENVELOPE_RETURNED:
	case ENVELOPE_SUPERSEDED: break;
	}
	return STR_NONE;
}

static void
fill_participants(struct http_ctx *c, const struct envelope_view *v, struct detail_page *p)
{
	const struct draft_participant **drafts =
	    ARENA_ARRAY(c->app->arena, const struct draft_participant *, v->participants_n);
	p->participants = ARENA_ARRAY(c->app->arena, struct detail_participant, v->participants_n);
	p->participants_n = v->participants_n;
	for (unsigned i = 0; i < v->participants_n; i++) {
		const struct participant_view *one = &v->participants[i];
		drafts[i] = &one->draft;
		p->participants[i] = (struct detail_participant){.view = one,
		    .state = c->req->english ? one->state_en : one->state_ja,
		    .tone = participant_tone(one->state),
		    .entry = entry_words(c, one->draft.entry),
		    .needs = needs_words(c, &one->draft),
		    .signer = signer_words(c, one),
		    .number = i + 1,
		    .order = one->draft.order};
		p->confirmed_n += one->state == PARTICIPANT_CONFIRMED;
		p->parties_n += one->state != PARTICIPANT_DELEGATED;
	}
	sender_sheets(c, v, drafts, v->participants_n, &p->sheets, &p->sheets_n);
}

static void
fill_timeline(struct http_ctx *c, const struct envelope_view *v, struct detail_page *p)
{
	p->timeline = ARENA_ARRAY(c->app->arena, struct detail_line, v->timeline_n);
	p->timeline_n = v->timeline_n;
	for (size_t i = 0; i < v->timeline_n; i++) {
		const struct timeline_row *r = &v->timeline[i];
		p->timeline[i] = (struct detail_line){.at_ms = r->at_ms,
		    .what = c->req->english ? r->what_en : r->what_ja,
		    .who = r->who,
		    .detail = r->detail,
		    .ip = r->ip};
	}
}

static enum err
show(struct http_ctx *c, enum err problem)
{
	struct envelope_view *v = ARENA_NEW(c->app->arena, struct envelope_view);
	TRY(app_envelope_view(c->app, &c->req->user, c->req->args[0], v));
	if (v->state == ENVELOPE_DRAFT)
		return http_redirect(c, "/c/%.*s/edit", STR_ARG(v->id));
	struct detail_page p = {.view = v,
	    .id = v->id,
	    .state = sender_state_label(c, v->state, v->awaits_timestamp),
	    .tone = sender_state_tone(v->state),
	    .advice = v->awaits_timestamp ? STR_NONE : advice_words(c, v),
	    .problem = c->req->english ? v->problem_en : v->problem_ja,
	    .returned = v->state == ENVELOPE_RETURNED,
	    .superseded = v->state == ENVELOPE_SUPERSEDED,
	    .withdrawable = v->state == ENVELOPE_SENT || v->state == ENVELOPE_PARTIALLY_SIGNED ||
	                    v->state == ENVELOPE_RETURNED,
	    .sealing = v->state == ENVELOPE_SEALING};
	p.refresh = v->state == ENVELOPE_PREPARING || p.sealing ||
	            (v->state == ENVELOPE_COMPLETED && !v->certificate_ready);
	sender_top_fill(c, NAV_HOME, &p.top);
	if (problem != OK) {
		const struct err_info *info = err_info(problem);
		p.withdraw_fault = str_c(c->req->english ? info->en : info->ja);
		p.faults.v[p.faults.n++] =
		    (struct page_fault){.field = STR("reason"), .message = p.withdraw_fault};
		c->res->status = info->http_status;
	}
	fill_participants(c, v, &p);
	fill_timeline(c, v, &p);
	struct tmpl t = page_tmpl(c);
	tmpl_detail(&t, &p);
	return OK;
}

enum err
page_detail(struct http_ctx *c)
{
	return show(c, OK);
}

enum err
page_withdraw(struct http_ctx *c)
{
	enum err e =
	    app_envelope_withdraw(c->app, &c->req->user, c->req->args[0], http_form(c->req, "reason"));
	if (e == ERR_REASON || e == ERR_INVALID)
		return show(c, e);
	TRY(e);
	return http_redirect(c, "/c/%.*s", STR_ARG(c->req->args[0]));
}

enum err
page_envelope_page(struct http_ctx *c)
{
	unsigned long long number;
	struct str name = c->req->args[1], png;
	if (!str_ends(name, STR(".png")) || !str_to_u64(str_slice(name, 0, name.n - 4), 1000, &number) ||
	    number == 0)
		return ERR_NOT_FOUND;
	TRY(app_envelope_page(c->app, &c->req->user, c->req->args[0], (unsigned)number, 720, &png));
	c->res->mime = STR("image/png");
	buf_put(&c->res->body, png);
	struct sha256 d = sha256_of(png);
	c->res->cacheable_etag = str_slice(sha256_hex(c->app->arena, &d), 0, 32);
	return OK;
}

static enum err
download(struct http_ctx *c, enum download what)
{
	struct file_ref f;
	TRY(app_envelope_download(c->app, &c->req->user, c->req->args[0], what, &f));
	return http_send_file(c, &f, true);
}

enum err
page_contract_pdf(struct http_ctx *c)
{
	return download(c, DOWNLOAD_CONTRACT);
}

enum err
page_certificate_pdf(struct http_ctx *c)
{
	return download(c, DOWNLOAD_CERTIFICATE);
}

enum err
page_submission(struct http_ctx *c)
{
	struct file_ref f;
	TRY(app_submission_download(c->app, &c->req->user, c->req->args[0], &f));
	return http_send_file(c, &f, true);
}
