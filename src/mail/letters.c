/* What the mails say. The subjects are those of the product's table of mails; the five steps are the guide's.
 */
#include "letters.h"
#include "clock.h"
#include "letter_sheet.h"

struct writer {
	struct arena *a;
	const struct letter *l;
	struct sheet_letter s;
};

static struct str
either(const struct writer *w, const char *ja, const char *en)
{
	return str_c(w->l->english ? en : ja);
}

static void
line(struct writer *w, const char *ja, const char *en)
{
	letter_block(&w->s, BLOCK_LINE, STR_NONE, either(w, ja, en));
}

static void
fact(struct writer *w, const char *ja, const char *en, struct str value)
{
	letter_block(&w->s, BLOCK_FACT, either(w, ja, en), value);
}

static void
quote(struct writer *w, const char *ja, const char *en, struct str value)
{
	letter_block(&w->s, BLOCK_QUOTE, either(w, ja, en), value);
}

static void
button(struct writer *w, const char *ja, const char *en)
{
	letter_block(&w->s, BLOCK_BUTTON, either(w, ja, en), w->l->url);
}

static void
warning(struct writer *w, const char *ja, const char *en)
{
	letter_block(&w->s, BLOCK_WARNING, STR_NONE, either(w, ja, en));
}

static struct str
when(struct writer *w, int64_t ms)
{
	if (!ms)
		return STR_NONE;
	return w->l->english ? clock_en(w->a, ms) : clock_ja(w->a, ms);
}

/* "株式会社○○ 山田 太郎" */
static struct str
with_company(struct writer *w, struct str company, struct str name)
{
	return arena_printf(
	    w->a, "%.*s%s%.*s", STR_ARG(company), company.n && name.n ? " " : "", STR_ARG(name));
}

static struct str
sender(struct writer *w)
{
	return with_company(w, w->l->sender_company, w->l->sender_name);
}

static void
greeting(struct writer *w)
{
	const struct letter *l = w->l;
	if (!l->to_name.n)
		return;
	letter_block(&w->s, BLOCK_LINE, STR_NONE,
	    l->english ? arena_printf(w->a, "Dear %.*s,", STR_ARG(l->to_name))
	               : arena_printf(w->a, "%.*s 様", STR_ARG(with_company(w, l->to_company, l->to_name))));
}

static void
contract_facts(struct writer *w)
{
	const struct letter *l = w->l;
	fact(w, "契約書", "Contract", l->title);
	if (l->version > 1)
		fact(w, "版", "Version", arena_printf(w->a, l->english ? "%u" : "第%u版", l->version));
	fact(w, "文書ID", "Document ID", l->document_id);
}

static void
steps(struct writer *w)
{
	static const char *const ja[] = {"「確認する」を押して、契約書を開きます。",
	    ("契約書の内容を確認し、「次へ」を押します。変更が必要なときは「差し戻しする」を押し、理由を書い"
	     "て"
	     "ください。"),
	    "書類の提出を依頼されている場合は、アップロードして「次へ」を押します。",
	    "印影を作成し、「最終プレビュー」を押します（印影が不要な場合、この手順はありません）。",
	    "内容を最終確認し、「締結を確定」を押します。"};
	static const char *const en[] = {"Press \"Review\" to open the contract.",
	    ("Read the contract and press \"Next\". If something must change, press \"Return\" and give the "
	     "reason."),
	    "If documents are requested, upload them and press \"Next\".",
	    "Make your seal and press \"Final preview\" (this step is absent when no seal is needed).",
	    "Check everything once more and press \"Conclude\"."};
	line(w, "【ご署名の手順】", "How to sign:");
	for (unsigned i = 0; i < 5; i++)
		letter_block(&w->s, BLOCK_STEP, arena_printf(w->a, "%u", i + 1), either(w, ja[i], en[i]));
	line(
	    w, "アカウント登録やアプリのインストールは不要です。", "You need neither an account nor an app.");
}

/* 1, 6 and 7 */
static void
request_body(struct writer *w)
{
	const struct letter *l = w->l;
	greeting(w);
	if (l->kind == LETTER_FORWARDED)
		letter_block(&w->s, BLOCK_LINE, STR_NONE,
		    l->english
		        ? arena_printf(w->a,
		              "%.*s has forwarded this request to you. Please review the contract and sign "
		              "it if you are the right person "
		              "to do so.",
		              STR_ARG(l->who_before))
		        : arena_printf(w->a, "%.*sから、次の契約書の確認と署名を引き継ぐよう転送されました。",
		              STR_ARG(l->who_before)));
	else if (l->kind == LETTER_REVISED)
		line(w,
		    "差し戻しを受けて修正した契約書が届いています。内容をご確認ください。前の版のリンクは使え"
		    "ません。",
		    "A revised version of the contract has arrived. Please review it. Links to the version "
		    "before no longer work.");
	else
		line(w, "次の契約書への署名をお願いします。内容をご確認ください。",
		    "You are asked to review and sign the following contract.");
	fact(w, "送信者", "From", sender(w));
	contract_facts(w);
	quote(w, "メッセージ", "Message", l->message);
	quote(w, "修正の理由", "What was asked for", l->kind == LETTER_REVISED ? l->reason : STR_NONE);
	button(w, "確認する", "Review");
	warning(w,
	    "このリンクはあなた専用です。ほかの人に転送しないでください。別の方が署名する場合は、開いた画面の"
	    "「転送」を使ってください。",
	    "This link is yours alone. Do not forward this mail; if somebody else must sign, use \"Forward\" "
	    "on the page.");
	steps(w);
}

static void
code_body(struct writer *w)
{
	letter_block(&w->s, BLOCK_CODE, STR_NONE, w->l->code);
	line(w, "認証コードです。10分以内に、開いている画面に入力してください。",
	    "This is your verification code. Enter it within 10 minutes on the page you have open.");
	fact(w, "契約書", "Contract", w->l->title);
	fact(w, "送信者", "From", sender(w));
	warning(w, "このコードは誰にも伝えないでください。当社や送信者がお尋ねすることはありません。",
	    "Tell this code to nobody. Neither we nor the sender will ever ask for it.");
}

static void
returned_body(struct writer *w)
{
	const struct letter *l = w->l;
	greeting(w);
	letter_block(&w->s, BLOCK_LINE, STR_NONE,
	    l->english ? arena_printf(w->a, "%.*s has returned the contract.", STR_ARG(l->who))
	               : arena_printf(w->a, "%.*sが契約書を差し戻しました。", STR_ARG(l->who)));
	contract_facts(w);
	fact(w, "日時", "When", when(w, l->at_ms));
	quote(w, "差し戻しの理由", "Reason", l->reason);
	button(w, "理由を確認して修正", "See the reason and revise");
	line(w, "修正した契約書をアップロードすると、同じやりとりの次の版として送信できます。",
	    "Upload the revised contract there; it goes out as the next version in the same thread.");
}

static void
return_receipt_body(struct writer *w)
{
	greeting(w);
	line(w, "差し戻しを受け付け、送信者に理由を伝えました。修正版が届くまでお待ちください。",
	    "We have received your return and told the sender your reason. Please wait for the revised "
	    "version.");
	fact(w, "送信者", "Sender", sender(w));
	contract_facts(w);
	fact(w, "日時", "When", when(w, w->l->at_ms));
	quote(w, "差し戻しの理由", "Your reason", w->l->reason);
}

static void
forward_notice_body(struct writer *w)
{
	const struct letter *l = w->l;
	greeting(w);
	line(w, "署名の依頼が別の担当者に転送されました。",
	    "The request to sign was forwarded to another person.");
	contract_facts(w);
	fact(w, "変更前", "Before", l->who_before);
	fact(w, "変更後", "Now", l->who);
	fact(w, "日時", "When", when(w, l->at_ms));
	quote(w, "転送時のメッセージ", "Message", l->message);
	button(w, "詳細を見る", "See the details");
}

static void
signed_body(struct writer *w)
{
	const struct letter *l = w->l;
	greeting(w);
	letter_block(&w->s, BLOCK_LINE, STR_NONE,
	    l->english
	        ? arena_printf(w->a, "%.*s has signed (%u of %u).", STR_ARG(l->who), l->done_n, l->total_n)
	        : arena_printf(
	              w->a, "%.*sが署名しました（%u／%u名）。", STR_ARG(l->who), l->done_n, l->total_n));
	contract_facts(w);
	fact(w, "日時", "When", when(w, l->at_ms));
	for (unsigned i = 0; i < l->parties_n && i < 20; i++)
		fact(w, i ? "" : "お待ちしている署名者", i ? "" : "Still to sign", l->parties[i]);
	button(w, "詳細を見る", "See the details");
}

static void
completed_body(struct writer *w)
{
	const struct letter *l = w->l;
	greeting(w);
	line(w, "すべての当事者の署名が揃い、契約が締結されました。",
	    "All parties have signed. The contract is concluded.");
	contract_facts(w);
	fact(w, "締結日時", "Concluded", when(w, l->concluded_ms));
	for (unsigned i = 0; i < l->parties_n && i < 20; i++)
		letter_block(&w->s, BLOCK_FACT,
		    l->english ? arena_printf(w->a, "Party %u", i + 1)
		               : arena_printf(w->a, "当事者%u", i + 1),
		    l->parties[i]);
	line(w,
	    "次のページで契約書を確認し、「契約書ダウンロード」と「合意証明書ダウンロード」から保存できます"
	    "。",
	    "On the following page you can see the contract and download both the contract and the "
	    "certificate of agreement.");
	button(w, "契約書を見る", "See the contract");
	warning(w,
	    "URLに期限はありません。ただし、このメールを削除するとURLが分からなくなります。ダウンロードして大"
	    "切に保管してください。",
	    "The address never expires, but if you delete this mail you lose it. Please download the files "
	    "and keep them safe.");
}

static void
withdrawn_body(struct writer *w)
{
	greeting(w);
	line(w, "送信者が署名の依頼を取り下げました。ご対応は不要です。これまでのリンクは使えません。",
	    "The sender has withdrawn the request. There is nothing for you to do; earlier links no longer "
	    "work.");
	fact(w, "送信者", "Sender", sender(w));
	contract_facts(w);
	quote(w, "理由", "Reason", w->l->reason);
}

static void
resend_body(struct writer *w)
{
	greeting(w);
	line(w, "ご依頼のあった、締結済みの契約書を見るためのリンクです。",
	    "Here is the link to your concluded contract, as you asked.");
	contract_facts(w);
	fact(w, "締結日時", "Concluded", when(w, w->l->concluded_ms));
	button(w, "契約書を見る", "See the contract");
	warning(w, "URLに期限はありません。ダウンロードして大切に保管してください。",
	    "The address never expires. Please download the files and keep them safe.");
}

static bool
goes_to_sender(enum letter_kind k)
{
	return k == LETTER_RETURNED || k == LETTER_FORWARD_NOTICE || k == LETTER_SIGNED;
}

static struct str
why(struct writer *w)
{
	const struct letter *l = w->l;
	if (goes_to_sender(l->kind))
		return either(w, "このメールは、あなたが送信した契約書の状況をお知らせするものです。",
		    "You get this mail because you sent this contract.");
	if (l->kind == LETTER_CODE)
		return either(w,
		    "このメールは、契約書の画面でこのメールアドレスが入力されたためお送りしています。",
		    "You get this mail because this address was entered on the page of a contract.");
	if (l->kind == LETTER_RESEND)
		return either(w,
		    "このメールは、リンクの再送がこのメールアドレスあてに依頼されたためお送りしています。",
		    "You get this mail because the link was asked for with this address.");
	return either(w,
	    "このメールは、契約の当事者または署名者としてこのメールアドレスが指定されたためお送りしています"
	    "。",
	    "You get this mail because this address was named as a party or signer of the contract.");
}

static void
small(struct writer *w, struct str s)
{
	letter_block(&w->s, BLOCK_SMALL, STR_NONE, s);
}

static void
footer(struct writer *w)
{
	const struct letter *l = w->l;
	const char *from = l->english ? "Sender: %.*s%s%.*s%s" : "送信元・お問い合わせ：%.*s%s%.*s%s";
	struct str person = sender(w);
	bool both = person.n && l->sender_mail.n;
	if (person.n || l->sender_mail.n)
		small(w, arena_printf(w->a, from, STR_ARG(person), both ? " <" : "", STR_ARG(l->sender_mail),
		             both ? ">" : ""));
	small(w, why(w));
	small(w, either(w, "お心当たりがない場合は、リンクやコードを使わずに、このメールを破棄してください。",
	             "If you did not expect this mail, use neither link nor code and delete it."));
	if (l->guide_url.n) {
		small(
		    w, either(w, "電子契約のご案内（手順と法的な効力）：", "Guide to electronic contracts:"));
		small(w, l->guide_url);
	}
	small(w, l->english ? arena_printf(w->a, "Sent automatically by %.*s. %.*s", STR_ARG(l->product_name),
	                          STR_ARG(l->base_url))
	                    : arena_printf(w->a, "%.*sから自動送信されています。 %.*s",
	                          STR_ARG(l->product_name), STR_ARG(l->base_url)));
}

static struct str
subject(struct writer *w)
{
	const struct letter *l = w->l;
	struct arena *a = w->a;
	bool en = l->english;
	struct str t = l->title, company = l->sender_company;
	switch (l->kind) {
	case LETTER_REQUEST:
		return arena_printf(a,
		    en ? "Signature requested: %.*s (%.*s)"
		       : "【署名依頼】「%.*s」のご確認をお願いします（%.*s）",
		    STR_ARG(t), STR_ARG(company.n ? company : l->sender_name));
	case LETTER_CODE: return either(w, "【認証コード】電子契約の本人確認", "Your verification code");
	case LETTER_RETURNED:
		return arena_printf(a,
		    en ? "Returned: %.*s (%.*s)" : "【差し戻し】「%.*s」が差し戻されました（%.*s）",
		    STR_ARG(t), STR_ARG(l->who));
	case LETTER_RETURN_RECEIPT:
		return arena_printf(a,
		    en ? "We received your return: %.*s"
		       : "【差し戻し受付】「%.*s」の差し戻しを受け付けました",
		    STR_ARG(t));
	case LETTER_REVISED:
		return arena_printf(a,
		    en ? "Revised version: %.*s (version %u)"
		       : "【修正版】「%.*s（第%u版）」のご確認をお願いします",
		    STR_ARG(t), l->version);
	case LETTER_FORWARDED:
		return en ? arena_printf(
		                a, "Forwarded to you: %.*s (by %.*s)", STR_ARG(t), STR_ARG(l->who_before))
		          : arena_printf(a, "【署名依頼・転送】%.*sから「%.*s」の確認を依頼されました",
		                STR_ARG(l->who_before), STR_ARG(t));
	case LETTER_FORWARD_NOTICE: return either(w, "【転送通知】署名者が変更されました", "Signer changed");
	case LETTER_SIGNED:
		return en ? arena_printf(a, "Signed: %.*s (%u/%u): %.*s", STR_ARG(l->who), l->done_n,
		                l->total_n, STR_ARG(t))
		          : arena_printf(a, "【署名済】%.*sが署名しました（%u／%u名）", STR_ARG(l->who),
		                l->done_n, l->total_n);
	case LETTER_COMPLETED:
		return arena_printf(
		    a, en ? "Completed: %.*s" : "【締結完了】「%.*s」の締結が完了しました", STR_ARG(t));
	case LETTER_WITHDRAWN:
		return arena_printf(
		    a, en ? "Withdrawn: %.*s" : "【取消】「%.*s」の署名依頼は取り下げられました", STR_ARG(t));
	case LETTER_RESEND: return either(w, "【リンク再送】契約書の閲覧リンク", "Your contract link");
	}
	return STR_NONE;
}

static enum err
body(struct writer *w)
{
	switch (w->l->kind) {
	case LETTER_REQUEST:
	case LETTER_REVISED:
	case LETTER_FORWARDED: request_body(w); return OK;
	case LETTER_CODE: code_body(w); return OK;
	case LETTER_RETURNED: returned_body(w); return OK;
	case LETTER_RETURN_RECEIPT: return_receipt_body(w); return OK;
	case LETTER_FORWARD_NOTICE: forward_notice_body(w); return OK;
	case LETTER_SIGNED: signed_body(w); return OK;
	case LETTER_COMPLETED: completed_body(w); return OK;
	case LETTER_WITHDRAWN: withdrawn_body(w); return OK;
	case LETTER_RESEND: resend_body(w); return OK;
	}
	return ERR_INVALID;
}

static struct str
kept(struct arena *a, struct buf *b)
{
	struct str s = arena_str(a, buf_str(b));
	buf_free(b);
	return s;
}

enum err
letter_compose(struct arena *a, const struct letter *l, struct mail *ret)
{
	struct writer w = {.a = a, .l = l, .s = {.english = l->english}};
	struct buf text = {0}, html = {0};
	TRY(body(&w));
	footer(&w);
	w.s.title = subject(&w);
	w.s.brand = l->sender_company.n ? arena_printf(a, l->english ? "%.*s (%.*s)" : "%.*s（%.*s）",
	                                      STR_ARG(l->sender_company), STR_ARG(l->product_name))
	                                : l->product_name;
	letter_set_text(&w.s, &text);
	letter_set_html(&w.s, &html);
	ret->subject = w.s.title;
	ret->from_name = w.s.brand;
	ret->to_name = l->to_name;
	ret->to = l->to_mail;
	ret->reply_to_name = goes_to_sender(l->kind) ? STR_NONE : l->sender_name;
	ret->reply_to = goes_to_sender(l->kind) ? STR_NONE : l->sender_mail;
	ret->language = l->english ? STR("en") : STR("ja");
	ret->text = kept(a, &text);
	ret->html = kept(a, &html);
	return OK;
}
