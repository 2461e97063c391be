/* The sender's screens with sample data: first run, list, new, editor, detail in its states, outbox. */
#include "render.h"

static const int64_t SENT_MS = 1795316400000;

static struct sender_top
top(enum sender_nav nav)
{
	struct sender_top t = {.top = {.product = STR("契印 Keiin"), .path = STR("/")}, .nav = nav};

	if (nav != NAV_NONE) {
		t.user_name = say("佐藤 花子", "Hanako Sato");
		t.organisation = say("株式会社青空商事", "Aozora Trading Co., Ltd.");
	}
	return t;
}

static void
fault(struct page_faults *f, struct str *of_field, const char *field, struct str message)
{
	*of_field = message;
	f->v[f->n++] = (struct page_fault){str_c(field), message};
}

static void
entrances(void)
{
	struct setup_page *s = NEW(setup_page);
	struct login_page *l = NEW(login_page);
	struct new_page *n = NEW(new_page);

	s->top = top(NAV_NONE);
	tmpl_setup(&tmpl, s);
	save("setup");
	fault(&s->faults, &s->organisation_fault, "organisation",
	    say("会社名を入力してください。", "Please enter the company."));
	fault(&s->faults, &s->name_fault, "name", say("氏名を入力してください。", "Please enter your name."));
	fault(&s->faults, &s->mail_fault, "mail",
	    say("メールアドレスの形式が正しくありません。", "Please check the mail address."));
	fault(&s->faults, &s->password_fault, "password",
	    say("10文字以上にしてください。", "At least 10 characters."));
	tmpl_setup(&tmpl, s);
	save("setup-faults");

	l->top = top(NAV_NONE);
	tmpl_login(&tmpl, l);
	save("login");
	l->faults.v[l->faults.n++] = (struct page_fault){STR("mail"),
	    say("メールアドレスまたはパスワードが違います。", "Wrong mail address or password.")};
	tmpl_login(&tmpl, l);
	save("login-faults");

	n->top = top(NAV_NEW);
	tmpl_new(&tmpl, n);
	save("new");
	n->faults.v[n->faults.n++] = (struct page_fault){
	    STR("file"), say("PDFファイルを選んでください。", "Please choose a PDF file.")};
	n->revises = STR("e1");
	n->revises_title = say("業務委託基本契約書", "Master service agreement");
	n->return_reason =
	    say("第3条の期間を2年にしてください。", "Please make the term of article 3 two years.");
	n->returned_by = say("山田 太郎", "Taro Yamada");
	tmpl_new(&tmpl, n);
	save("revise");
}

static void
list(void)
{
	struct home_page *p = NEW(home_page);

	p->top = top(NAV_HOME);
	p->first_page = true;
	tmpl_home(&tmpl, p);
	save("home-empty");
	p->rows_n = 3;
	p->rows = ARENA_ARRAY(&arena, struct home_row, p->rows_n);
	for (size_t i = 0; i < p->rows_n; i++)
		p->rows[i] = (struct home_row){.id = STR("e1"),
		    .title = say("業務委託基本契約書", "Master service agreement"),
		    .counterparties = say("みらい設計合同会社 山田 太郎 様", "Mirai Design LLC Taro Yamada"),
		    .state = str_c(envelope_state_label(ENVELOPE_SENT, english)),
		    .tone = STR("progress"),
		    .version = (unsigned)i + 1,
		    .confirmed_n = 1,
		    .participants_n = 2,
		    .updated_ms = SENT_MS};
	p->returned_n = 1;
	p->next = STR("cursor");
	tmpl_home(&tmpl, p);
	save("home");
	p->late_n = 1;
	p->rows[0].state = say("タイムスタンプ待ち", "Waiting for timestamp");
	tmpl_home(&tmpl, p);
	save("home-late");
}

static struct edit_sheet *
sheets(void)
{
	struct edit_sheet *s = ARENA_ARRAY(&arena, struct edit_sheet, 2);
	struct edit_mark *m = NEW(edit_mark);

	*m = (struct edit_mark){.x_mm = 150, .y_mm = 230, .radius_mm = 6, .label_y_mm = 231.8, .number = 1};
	for (unsigned i = 0; i < 2; i++)
		s[i] = (struct edit_sheet){STR("e1"), i + 1, 2, 210, 297, m, i, i == 0};
	return s;
}

static void
editor(void)
{
	struct edit_page *p = NEW(edit_page);
	struct edit_participant *q = NEW(edit_participant);

	p->top = top(NAV_NONE);
	p->id = STR("e1");
	p->title = say("業務委託基本契約書", "Master service agreement");
	p->version = 2;
	p->participants = q;
	p->participants_n = 1;
	p->may_add = p->saved = true;
	p->sheets = sheets();
	p->sheets_n = 2;
	q->prefix = STR("p1");
	q->number = q->order = 1;
	q->draft = (struct draft_participant){.company = say("みらい設計合同会社", "Mirai Design LLC"),
	    .name = say("山田 太郎", "Taro Yamada"),
	    .mail = STR("yamada@mirai.example"),
	    .seal_required = true};
	q->by_mail = q->removable = true;
	q->places[q->places_n++] = (struct edit_place){STR("p1-place1"), 1, 1, 144, 224, 12, false};
	q->places[q->places_n++] =
	    (struct edit_place){.prefix = STR("p1-place2"), .number = 2, .empty = true};
	q->requests[q->requests_n++] =
	    (struct edit_request){STR("p1-request1"), say("登記事項証明書", "Certificate"), 1, true};
	tmpl_edit(&tmpl, p);
	save("edit");
	p->saved = false;
	fault(&p->faults, &p->title_fault, "title", say("題名を入力してください。", "Please enter a title."));
	fault(&p->faults, &p->message_fault, "message", say("長すぎます。", "Too long."));
	fault(&p->faults, &q->company_fault, "p1-company", say("長すぎます。", "Too long."));
	fault(
	    &p->faults, &q->name_fault, "p1-name", say("氏名を入力してください。", "Please enter the name."));
	fault(&p->faults, &q->mail_fault, "p1-mail",
	    say("形式が正しくありません。", "Please check the address."));
	fault(
	    &p->faults, &q->places_fault, "p1-place1-page", say("そのページはありません。", "No such page."));
	tmpl_edit(&tmpl, p);
	save("edit-faults");
}

static struct detail_page *
contract(void)
{
	struct detail_page *p = NEW(detail_page);
	struct envelope_view *v = NEW(envelope_view);
	struct participant_view *one = &v->participants[0];
	struct submission *file = NEW(submission);

	*file = (struct submission){STR("s1"), say("登記事項証明書", "Certificate"),
	    say("登記.pdf", "certificate.pdf"), STR("00"), 834000, SENT_MS};
	*one = (struct participant_view){.id = STR("p1"),
	    .draft = {.company = say("みらい設計合同会社", "Mirai Design LLC"),
	        .name = say("山田 太郎", "Taro Yamada"),
	        .mail = STR("yamada@mirai.example")},
	    .shared_url = STR("https://keiin.example/l/token"),
	    .forwarded_to = say("鈴木 一郎", "Ichiro Suzuki"),
	    .forwarded_from = say("高橋 次郎", "Jiro Takahashi"),
	    .submissions = file,
	    .submissions_n = 1,
	    .mail_problem = say("宛先がありません。", "No such mailbox.")};
	v->title = say("業務委託基本契約書", "Master service agreement");
	v->document_id = STR("K7QF-2M9X-ABCD");
	v->document_sha256 = v->concluded_sha256 = STR("9f86d081884c7d65");
	v->version = 2;
	p->top = top(NAV_NONE);
	p->view = v;
	p->id = STR("e1");
	p->state = str_c(envelope_state_label(ENVELOPE_SENT, english));
	p->participants = NEW(detail_participant);
	p->participants_n = p->parties_n = 1;
	p->participants[0] = (struct detail_participant){.view = one,
	    .state = say("依頼済み", "Notified"),
	    .entry = say("メール", "Mail"),
	    .needs = say("内容の確認と合意", "Review and consent"),
	    .signer = say("山田 太郎", "Taro Yamada"),
	    .number = 1,
	    .order = 1};
	p->timeline = NEW(detail_line);
	p->timeline_n = 1;
	p->timeline[0] = (struct detail_line){SENT_MS, say("送信", "Sent"), say("佐藤 花子", "Hanako Sato"),
	    STR("K7QF-2M9X-ABCD"), STR("192.0.2.1")};
	p->sheets = sheets();
	p->sheets_n = 2;
	return p;
}

static void
details(void)
{
	struct detail_page *p = contract();
	struct envelope_view v = *p->view;

	p->view = &v;
	p->advice = say("署名者の確認を待っています。", "Waiting for the signers.");
	p->withdrawable = p->refresh = true;
	tmpl_detail(&tmpl, p);
	save("detail");
	fault(&p->faults, &p->withdraw_fault, "reason",
	    say("理由を入力してください。", "Please enter a reason."));
	p->problem = say("署名を待っています。", "A signature is late.");
	tmpl_detail(&tmpl, p);
	save("detail-faults");
	p = contract();
	p->view = &v;
	p->returned = true;
	v.returned_by = say("山田 太郎", "Taro Yamada");
	v.return_reason =
	    say("第3条の期間を2年にしてください。", "Please make the term of article 3 two years.");
	tmpl_detail(&tmpl, p);
	save("detail-returned");
	p->returned = false;
	p->superseded = true;
	v.superseded_by = STR("e2");
	tmpl_detail(&tmpl, p);
	save("detail-superseded");
	p->superseded = false;
	v.awaits_timestamp = true;
	p->state = say("タイムスタンプ待ち", "Waiting for timestamp");
	tmpl_detail(&tmpl, p);
	save("detail-awaits-timestamp");
	v.timestamp_late = true;
	tmpl_detail(&tmpl, p);
	save("detail-timestamp-late");
	v.awaits_timestamp = v.timestamp_late = false;
	v.downloadable = true;
	tmpl_detail(&tmpl, p);
	save("detail-concluding");
	v.certificate_ready = true;
	tmpl_detail(&tmpl, p);
	save("detail-concluded");
}

static void
outbox(void)
{
	struct outbox_page *p = NEW(outbox_page);
	struct outbox_mail_page *m = NEW(outbox_mail_page);
	struct outbox_row *row = NEW(outbox_row);

	p->top = m->top = top(NAV_OUTBOX);
	tmpl_outbox(&tmpl, p);
	save("outbox-empty");
	*row = (struct outbox_row){STR("m1"), STR("yamada@mirai.example"),
	    say("【署名依頼】「契約書」のご確認をお願いします", "Signature requested: Agreement"), SENT_MS};
	p->rows = row;
	p->rows_n = 1;
	tmpl_outbox(&tmpl, p);
	save("outbox");
	m->mail.to = row->to;
	m->mail.subject = row->subject;
	m->mail.at_ms = row->at_ms;
	m->button = say("確認する", "Review");
	m->paragraphs = ARENA_ARRAY(&arena, struct outbox_paragraph, 2);
	m->paragraphs_n = 2;
	m->paragraphs[0].text = say("ご確認をお願いします。", "Please review.");
	m->paragraphs[1] = (struct outbox_paragraph){
	    STR("https://keiin.example/l/t"), STR("https://keiin.example/l/t"), true};
	tmpl_outbox_mail(&tmpl, m);
	save("outbox-mail");
}

static void
bulk_verification(void)
{
	struct bulk_verify_list_page *l = NEW(bulk_verify_list_page);
	struct bulk_verify_page *p = NEW(bulk_verify_page);
	struct bulk_verify_view *v = NEW(bulk_verify_view);
	struct bulk_verify_problem *problem = NEW(bulk_verify_problem);

	l->top = p->top = top(NAV_VERIFICATION);
	tmpl_bulk_verify_list(&tmpl, l);
	save("bulk-verify-empty");
	fault(
	    &l->faults, &l->to_fault, "to", say("終了日を入力してください。", "Please enter the last day."));
	v->run = (struct bulk_verify_run){
	    .id = STR("run"), .created_ms = SENT_MS, .total = 128, .done = 57, .state = BULK_VERIFY_RUNNING};
	p->row = (struct bulk_verify_row){.run = &v->run,
	    .id = v->run.id,
	    .period = say("2026年4月1日 ～ 2027年3月31日", "1 Apr 2026 – 31 Mar 2027"),
	    .state = say("検証中", "Running"),
	    .tone = STR("progress"),
	    .running = true,
	    .percent = 44};
	p->view = v;
	l->rows = &p->row;
	l->rows_n = 1;
	tmpl_bulk_verify_list(&tmpl, l);
	save("bulk-verify-list");
	tmpl_bulk_verify(&tmpl, p);
	save("bulk-verify-running");
	p->row.running = false;
	p->row.done = true;
	p->row.state = say("完了", "Done");
	p->row.tone = STR("success");
	v->run.done = 128;
	v->run.ended_ms = SENT_MS + 60000;
	tmpl_bulk_verify(&tmpl, p);
	save("bulk-verify-sound");
	*problem = (struct bulk_verify_problem){.envelope = STR("e1"),
	    .title = say("業務委託基本契約書", "Master service agreement"),
	    .counterparties = say("みらい設計合同会社 山田 太郎", "Mirai Design LLC, Taro Yamada"),
	    .problem = say("保存されているファイルが壊れています（SHA-256が記録と一致しません）。",
	        "The stored file is damaged."),
	    .concluded_ms = SENT_MS};
	v->problems = problem;
	v->problems_n = 1;
	v->run.problems = 1;
	p->row.tone = STR("error");
	tmpl_bulk_verify(&tmpl, p);
	save("bulk-verify-problems");
	p->row.done = false;
	p->row.state = say("中止", "Cancelled");
	v->problems_n = 0;
	tmpl_bulk_verify(&tmpl, p);
	save("bulk-verify-cancelled");
}

void
sender_screens(void)
{
	bulk_verification();
	entrances();
	list();
	editor();
	details();
	outbox();
}
