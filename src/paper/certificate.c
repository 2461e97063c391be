/* 合意証明書: blocks C1 to C11 of the product's specification, as far as there is something to say. */
#include "certificate.h"

#include "clock.h"
#include "flow.h"
#include "inkan.h"

static struct str
at(struct arena *a, int64_t ms)
{
	if (!ms)
		return STR_NONE;
	struct str ja = clock_ja(a, ms), iso = clock_iso(a, ms);
	return arena_printf(a, "%.*s JST（UTC+9）　%.*s", STR_ARG(ja), STR_ARG(iso));
}

static void
centred(struct sheet *s, double y, enum typeface t, double size, struct str text, double spacing)
{
	struct text r = sheet_read(s, t, text);
	double width = text_width(&r, 0, r.n, size) + spacing * (double)(r.n ? r.n - 1 : 0),
	       x = (SHEET_WIDTH - width) / 2;

	for (size_t i = 0; i < r.n; i++) {
		sheet_glyphs(s, x, y, size, FLOW_NAVY, &r, i, i + 1);
		x += text_width(&r, i, i + 1, size) + spacing;
	}
}

static void
draw_head(struct flow *f, const struct certificate *c)
{
	sheet_fill(f->s, FLOW_LEFT, f->y, FLOW_WIDTH, 2, FLOW_NAVY);
	sheet_fill(f->s, FLOW_LEFT, f->y + 3.5, FLOW_WIDTH, 0.6, FLOW_NAVY);
	centred(f->s, f->y + 42, TYPEFACE_MINCHO, 26, STR("合意証明書"), 10);
	sheet_fill(f->s, FLOW_LEFT, f->y + 58, FLOW_WIDTH, 0.6, FLOW_NAVY);
	f->y += 68;
	flow_paragraph(f, 9.5,
	    arena_printf(f->a,
	        "%.*"
	        "sは、下記の契約書について、記載の当事者が電子的な方法により合意した経過を、立会人として記録"
	        "し、ここに証明します。"
	        "記載内容は発行時点の記録の写しです。",
	        STR_ARG(c->issuer)));
}

static void
draw_issuer(struct flow *f, const struct certificate *c)
{
	flow_section(f, STR("1　発行者"));
	flow_row(f, "証明書番号", c->number);
	flow_row(f, "発行日時", at(f->a, c->issued_ms));
	flow_row(f, "発行者（立会人）", c->issuer);
	if (c->operator_url.n)
		flow_row(f, "検証用URL", c->operator_url);
	flow_row(f, "署名用証明書", c->seal_subject);
	flow_row_mono(f, "シリアル番号", c->seal_serial);
	flow_row_mono(f, "指紋（SHA-256）", c->seal_fingerprint);
	flow_row(f, "時刻認証（TSA）", c->tsa_name);
	flow_row(f, "確認の方法",
	    STR("検証用URLで契約書と本書のPDFを選ぶと、署名とタイムスタンプを確認できます。PDF閲覧ソフトの署"
	        "名パネルや、"
	        "サーバーを使わない検証コマンド（keiin verify）でも確認できます。"
	        "契約書PDFには締結後も長期検証の情報が末尾に追記されますが、それより前のバイトは変わりません"
	        "。"
	        "先頭から本書に記載のバイト数までのSHA-"
	        "256を計算し、本書の値と比べることでも同一性を確認できます。"));
}

static void
put_digest(struct flow *f, const char *label, struct str sha256, size_t bytes)
{
	flow_row_mono(f, label, sha256);
	if (bytes)
		flow_row(f, "", arena_printf(f->a, "契約書PDFの先頭%zuバイトから計算した値", bytes));
}

static void
draw_contract(struct flow *f, const struct certificate *c)
{
	flow_section(f, STR("2　契約書"));
	flow_row(f, "題名", c->title);
	flow_row_mono(f, "文書ID", c->document_id);
	if (c->contract_number.n)
		flow_row(f, "管理番号", c->contract_number);
	flow_row(f, "版・ページ数", arena_printf(f->a, "第%u版　%uページ", c->version, c->pages));
	put_digest(f, "送信時のSHA-256", c->sent_sha256, c->sent_bytes);
	put_digest(f, "締結時のSHA-256", c->concluded_sha256, c->concluded_bytes);
	for (size_t i = 0; i < c->files_n; i++) {
		const struct certificate_line *l = c->files + i;
		struct str when = at(f->a, l->at_ms);
		flow_row(f, "提出書類",
		    arena_printf(f->a, "%.*s（提出：%.*s）%s%.*s", STR_ARG(l->what), STR_ARG(l->who),
		        when.n ? "\n" : "", STR_ARG(when)));
		flow_row_mono(f, "同 SHA-256", l->detail);
	}
}

static void
draw_dates(struct flow *f, const struct certificate *c)
{
	flow_section(f, STR("3　日時"));
	flow_row(f, "送信", at(f->a, c->sent_ms));
	for (size_t i = 0; i < c->parties_n; i++) {
		const struct certificate_party *p = c->parties + i;
		struct str when = at(f->a, p->consented_ms);
		if (when.n)
			flow_row(f, "合意",
			    arena_printf(f->a, "%.*s\n%.*s　%.*s", STR_ARG(when), STR_ARG(p->company),
			        STR_ARG(p->name)));
	}
	flow_row(f, "締結完了（TSA時刻）", at(f->a, c->concluded_ms));
}

static void
row_if(struct flow *f, const char *label, struct str value)
{
	if (value.n)
		flow_row(f, label, value);
}

static struct str
joined(struct arena *a, struct str company, struct str name, struct str title, struct str mail)
{
	const struct str parts[] = {company, title, name, mail};
	struct str s = STR("");

	for (size_t i = 0; i < 4; i++)
		if (parts[i].n)
			s = arena_printf(a, "%.*s%s%.*s", STR_ARG(s), s.n ? (i == 3 ? "\n" : "　") : "",
			    STR_ARG(parts[i]));
	return s;
}

static enum err
draw_party(struct flow *f, const struct certificate_party *p)
{
	struct arena *a = f->a;
	struct str order = p->order.n ? arena_printf(a, "（順番 %.*s）", STR_ARG(p->order)) : STR("");

	flow_heading(f, arena_printf(a, "%.*s%.*s　%.*s　%.*s", STR_ARG(p->role), STR_ARG(order),
	                    STR_ARG(p->company), STR_ARG(p->name)));
	flow_row(f, "送信者が入力した宛先", joined(a, p->sent_company, p->sent_name, STR_NONE, p->sent_mail));
	flow_row(f, "本人が入力・確認した情報", joined(a, p->company, p->name, p->title, p->mail));
	row_if(f, "入口", p->entry);
	row_if(f, "認証の方法", p->authentication);
	row_if(f, "認証コード送信", at(a, p->code_sent_ms));
	row_if(f, "認証コード確認", at(a, p->code_verified_ms));
	row_if(f, "開封", at(a, p->opened_ms));
	row_if(f, "全ページの表示", at(a, p->viewed_all_ms));
	row_if(f, "表示したページ", p->pages_viewed);
	row_if(f, "IPアドレス", p->ip);
	row_if(f, "利用環境", p->user_agent);
	row_if(f, "印影の作成方法", p->seal_method);
	if (p->impression.n) {
		struct inkan *k = ARENA_NEW(a, struct inkan);
		TRY(inkan_decode(a, p->impression, k));
		flow_row_impression(f, "印影", k);
	}
	row_if(f, "表示した同意文", p->consent_text);
	flow_row(f, "締結を確定した日時", at(a, p->consented_ms));
	if (p->event_hash.n)
		flow_row_mono(f, "記録のハッシュ値", p->event_hash);
	return OK;
}

static void
draw_lines(struct flow *f, struct str title, const struct certificate_line *lines, size_t n)
{
	if (n == 0)
		return;
	flow_section(f, title);
	for (size_t i = 0; i < n; i++) {
		struct str when = lines[i].at_ms ? clock_ja(f->a, lines[i].at_ms) : STR("―");
		struct str what = joined(f->a, lines[i].what, lines[i].who, STR_NONE, lines[i].detail);
		flow_row(f, arena_cstr(f->a, when), what);
	}
}

static void
draw_note(struct flow *f, const struct certificate *c, unsigned number)
{
	if (c->audit_head.n) {
		flow_section(f, arena_printf(f->a, "%u　監査記録", number++));
		flow_row_mono(f, "先頭ハッシュ値", c->audit_head);
		flow_row(f, "添付",
		    STR("監査記録の写し（audit."
		        "json）を本PDFに添付しています。記録は一つ前の記録のハッシュ値を含み、途中の変更は検"
		        "出できます。"));
	}
	flow_section(f, arena_printf(f->a, "%u　本書が証明すること・しないこと", number));
	f->y += 6;
	flow_paragraph(f, 9,
	    STR("証明すること：上記のSHA-"
	        "256で特定される契約書が、記載のメールアドレスまたは締結用URLを通じて各当事者に示され、記載の"
	        "方法で"
	        "認証された操作により、記載の日時に合意されたこと。締結後に契約書が変更されていれば、署名とタ"
	        "イムスタンプの検証で分かること。"));
	f->y += 3;
	flow_paragraph(f, 9,
	    STR("証明しないこと：氏名・会社名・役職は入力された情報であり、公的な身分証明や登記との照合、代理"
	        "権や契約締結権限の有無を証明する"
	        "ものではありません。印影の画像は表示のためのもので、それ自体は電子署名ではありません。契約内"
	        "容の適法性や妥当性も対象外です。"));
}

static void
draw_footers(struct sheet *s, const struct certificate *c, struct arena *a)
{
	unsigned pages = sheet_pages(s);

	for (unsigned i = 1; i <= pages; i++) {
		sheet_turn_to(s, i);
		double y = SHEET_HEIGHT - 13 * MM;
		sheet_fill(s, FLOW_LEFT, y - 11, FLOW_WIDTH, 0.5, FLOW_NAVY);
		sheet_line(s, FLOW_LEFT, y, TYPEFACE_GOTHIC, 8, FLOW_GREY,
		    arena_printf(a, "合意証明書　証明書番号 %.*s", STR_ARG(c->number)));
		struct text t = sheet_read(s, TYPEFACE_GOTHIC, arena_printf(a, "%u／%u", i, pages));
		sheet_glyphs(
		    s, FLOW_LEFT + FLOW_WIDTH - text_width(&t, 0, t.n, 8), y, 8, FLOW_GREY, &t, 0, t.n);
	}
}

enum err
certificate_draw(struct arena *a, const struct certificate *c, struct buf *ret)
{
	struct sheet *s CLEANUP(sheet_drop) = sheet_new(a);
	struct flow f = {
	    .a = a, .s = s, .running_head = arena_printf(a, "合意証明書　%.*s", STR_ARG(c->title))};
	unsigned number = 5;

	flow_page(&f);
	draw_head(&f, c);
	draw_issuer(&f, c);
	draw_contract(&f, c);
	draw_dates(&f, c);
	flow_section(&f, STR("4　当事者と合意の経過"));
	for (size_t i = 0; i < c->parties_n; i++)
		TRY(draw_party(&f, c->parties + i));
	if (c->delegations_n)
		draw_lines(&f, arena_printf(a, "%u　転送の経過", number++), c->delegations, c->delegations_n);
	if (c->history_n)
		draw_lines(&f, arena_printf(a, "%u　履歴", number++), c->history, c->history_n);
	draw_note(&f, c, number);
	draw_footers(s, c, a);
	struct sheet_info info = {.title = arena_printf(a, "合意証明書 %.*s", STR_ARG(c->title)),
	    .subject = arena_printf(a, "証明書番号 %.*s", STR_ARG(c->number)),
	    .at_ms = c->issued_ms,
	    .attachment = c->audit_json,
	    .attachment_name = STR("audit.json"),
	    .attachment_note = STR("監査記録の写し")};
	return sheet_finish(s, &info, ret);
}
