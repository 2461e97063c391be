/* Renders every screen with sample data in both languages: render_pages DIR writes DIR/NAME.html and
 * DIR/NAME-en.html, for looking at, for the accessibility check and for test_pages.py.  The sender's screens
 * are in render_sender.c. */
#include "err.h"
#include "render.h"

#include <stdio.h>
#include <stdlib.h>

struct arena arena;
bool english;
struct tmpl tmpl;
static struct buf out;
static const char *folder;

static const struct str ID = {"participant", 11}, TOKEN = {"token", 5};
static const int64_t CONCLUDED_MS = 1795401900000;

struct str
say(const char *ja, const char *en)
{
	return str_c(english ? en : ja);
}

void
save(const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s%s.html", folder, name, english ? "-en" : "");
	f = fopen(path, "w");
	if (!f || fwrite(out.p, 1, out.n, f) != out.n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
	out.n = 0;
}

static struct page_top
top_plain(void)
{
	return (struct page_top){.product = STR("契印 Keiin"), .path = STR("/guide"), .guide = STR("/guide")};
}

static struct page_top
top(void)
{
	struct page_top t = top_plain();

	t.sender = say("株式会社青空商事", "Aozora Trading Co., Ltd.");
	t.contract = say("業務委託基本契約書", "Master service agreement");
	t.version = 1;
	return t;
}

static struct page_top
top_at(enum page_step now, bool finished)
{
	struct page_top t = top();

	for (enum page_step s = PAGE_STEP_IDENTIFY; s <= PAGE_STEP_CONFIRM; s++) {
		t.steps[t.steps_n] =
		    (struct page_step_row){s, finished || s < now, !finished && s == now, t.steps_n + 1};
		t.steps_n++;
	}
	return t;
}

static struct page_row *
rows(void)
{
	struct page_row *r = ARENA_ARRAY(&arena, struct page_row, 3);

	for (unsigned i = 0; i < 3; i++)
		r[i] = (struct page_row){.id = ID,
		    .number = i + 1,
		    .of = 3,
		    .width_mm = 210,
		    .height_mm = 297,
		    .height_px = 1018,
		    .first = i == 0};
	return r;
}

static void
fault(struct page_faults *f, struct str *of_field, const char *field, struct str message)
{
	*of_field = message;
	f->v[f->n++] = (struct page_fault){str_c(field), message};
}

static void
links(void)
{
	struct link_page *l = NEW(link_page);
	struct link_identify_page *i = NEW(link_identify_page);
	struct link_code_page *c = NEW(link_code_page);
	struct forward_page *f = NEW(forward_page);

	l->top = top();
	l->token = TOKEN;
	l->link = (struct link_view){.title = say("業務委託基本契約書", "Master service agreement"),
	    .sender_company = say("株式会社青空商事", "Aozora Trading Co., Ltd."),
	    .sender_name = say("佐藤 花子", "Hanako Sato"),
	    .message = say("お世話になっております。\n内容をご確認ください。",
	        "Thank you for your continued business.\nPlease review the contract."),
	    .participant_name = say("山田 太郎", "Taro Yamada"),
	    .version = 1};
	tmpl_link_landing(&tmpl, l);
	save("landing");

	i->top = top();
	i->token = TOKEN;
	tmpl_link_identify(&tmpl, i);
	save("identify");
	i->cmd = (struct identify_cmd){
	    .company = say("みらい設計合同会社", "Mirai Design LLC"), .mail = STR("yamada@")};
	fault(&i->faults, &i->name_fault, "name", say("氏名を入力してください。", "Please enter your name."));
	fault(&i->faults, &i->mail_fault, "mail",
	    say("メールアドレスの形式が正しくありません。", "Please check the mail address."));
	tmpl_link_identify(&tmpl, i);
	save("identify-faults");

	c->top = top();
	c->token = TOKEN;
	c->mail = STR("ya****@mirai.example");
	c->wait_s = 42;
	tmpl_link_code(&tmpl, c);
	save("code");
	c->wait_s = 0;
	fault(&c->faults, &c->code_fault, "code",
	    say("コードが違います（残り3回）。", "That code is wrong (3 tries left)."));
	tmpl_link_code(&tmpl, c);
	save("code-wrong");

	f->top = top();
	f->action = STR("/l/token/forward");
	f->back = STR("/l/token/identify");
	tmpl_sign_forward(&tmpl, f);
	save("forward");
}

static struct sign_page *
sign(void)
{
	struct sign_page *p = NEW(sign_page);
	struct sign_view *v = &p->view;

	p->id = ID;
	p->back = STR("/s/participant/seal");
	v->title = say("業務委託基本契約書", "Master service agreement");
	v->message = say("お世話になっております。\n内容をご確認のうえ、お手続きをお願いいたします。",
	    "Thank you for your continued business.\nPlease review and conclude the contract.");
	v->sender_company = say("株式会社青空商事", "Aozora Trading Co., Ltd.");
	v->pages = 3;
	v->company = say("みらい設計合同会社", "Mirai Design LLC");
	v->signer_title = say("代表社員", "Managing member");
	v->name = say("山田 太郎", "Taro Yamada");
	v->mail = STR("yamada@mirai.example");
	v->document_id = STR("K7QF-2M9X-ABCD");
	v->document_sha256 = STR("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
	v->confirmed_n = 1;
	v->participants_n = 2;
	p->pages = rows();
	p->pages_n = 3;
	return p;
}

static void
review(void)
{
	struct sign_page *p = sign();
	struct sign_text_page *t = NEW(sign_text_page);

	p->top = top_at(PAGE_STEP_REVIEW, false);
	p->top.version = 2;
	p->rest = p->pages + 1;
	p->rest_n = 2;
	p->rest_inline = true;
	p->pages_n = 1;
	tmpl_sign_review(&tmpl, p);
	save("review");
	p->rest_n = 0;
	p->pages_n = 3;
	tmpl_sign_review(&tmpl, p);
	save("review-all");

	p->top = top();
	tmpl_sign_return(&tmpl, p);
	save("return");
	fault(&p->faults, &p->reason_fault, "reason",
	    say("差し戻し理由を入力してください。", "Please enter a reason."));
	tmpl_sign_return(&tmpl, p);
	save("return-fault");

	t->top = top();
	t->id = ID;
	t->text =
	    say("業務委託基本契約書\n第1条（目的）\n本契約は、甲が乙に業務を委託することについて定める。",
	        "Master service agreement\nArticle 1 (Purpose)\nThis agreement governs the services "
	        "entrusted to the contractor.");
	t->back = STR("/s/participant#page-2");
	t->number = 2;
	t->of = 3;
	t->previous = 1;
	t->next = 3;
	tmpl_sign_text(&tmpl, t);
	save("text");
}

static void
documents(void)
{
	struct sign_documents_page *p = NEW(sign_documents_page);

	p->top = top_at(PAGE_STEP_DOCUMENTS, false);
	p->id = ID;
	p->rows = ARENA_ARRAY(&arena, struct sign_document_row, 2);
	p->rows_n = 2;
	p->rows[0] = (struct sign_document_row){ID, STR("r1"),
	    say("登記事項証明書", "Certificate of registered matters"),
	    say("発行後3か月以内のもの", "Issued within three months"), STR("document-r1"), true, true,
	    say("登記事項証明書.pdf", "certificate.pdf"), STR_NONE, 834000, CONCLUDED_MS};
	p->rows[1] = (struct sign_document_row){.id = ID,
	    .request = STR("r2"),
	    .name = say("印鑑証明書", "Seal certificate"),
	    .field = STR("document-r2"),
	    .required = true};
	tmpl_sign_documents(&tmpl, p);
	save("documents");
	fault(&p->faults, &p->rows[1].fault, "document-r2",
	    say("この書類を提出してください。", "Please upload this document."));
	tmpl_sign_documents(&tmpl, p);
	save("documents-missing");
}

static void
seals(void)
{
	static const char *const names[] = {"seal", "seal-image", "seal-ink"};

	for (unsigned method = 0; method < 3; method++) {
		struct sign_seal_page *p = NEW(sign_seal_page);
		p->top = top_at(PAGE_STEP_SEAL, false);
		p->id = ID;
		p->back = STR("/s/participant/documents");
		p->handwriting_allowed = true;
		p->by_text = method == 0;
		p->by_image = method == 1;
		p->by_ink = method == 2;
		p->has_seal = method == 1;
		p->family = say("山田", "Yamada");
		p->given = say("太郎", "Taro");
		p->places = say("3ページ（直径12 mm）", "page 3 (12 mm wide)");
		p->chosen = STR("abc");
		for (unsigned i = 0; i <= FACE_LABEL_FULL; i++) {
			bool full = i == FACE_LABEL_FULL;
			p->faces[p->faces_n++] = (struct sign_face){ID,
			    full ? say("山田太郎", "Taro Yamada") : say("山田", "Yamada"),
			    arena_printf(&arena, "%u", i), full ? 0 : i, full, i == 0, i};
		}
		tmpl_sign_seal(&tmpl, p);
		save(names[method]);
	}
}

static void
confirm(void)
{
	struct sign_page *p = sign();

	p->top = top_at(PAGE_STEP_CONFIRM, false);
	p->marks = ARENA_NEW(&arena, struct page_mark);
	p->marks_n = 1;
	p->marks[0] = (struct page_mark){ID, 150, 230, 12, STR("abc"), 1, 3};
	p->pages[2].marks[0] = p->marks[0];
	p->pages[2].marks_n = 1;
	p->authentication = say("締結用URLとメール認証コード", "Link and code by mail");
	p->consent =
	    say("上記の契約書の内容に合意し、締結します。", "I agree to conclude the contract shown above.");
	p->now_ms = CONCLUDED_MS;
	p->has_submissions = true;
	p->view.requests_n = 1;
	p->view.submitted[0] = (struct submission){.id = STR("s1"),
	    .name = say("登記事項証明書", "Certificate of registered matters"),
	    .file_name = say("登記事項証明書.pdf", "certificate.pdf"),
	    .size = 834000};
	tmpl_sign_confirm(&tmpl, p);
	save("confirm");
	p->top = top_at(PAGE_STEP_CONFIRM, true);
	tmpl_sign_done(&tmpl, p);
	save("done-waiting");
	p->view.confirmed_n = p->view.participants_n;
	tmpl_sign_done(&tmpl, p);
	save("done-concluding");
	p->view.awaits_timestamp = true;
	tmpl_sign_done(&tmpl, p);
	save("done-awaits-timestamp");
	p->view.concluded = true;
	tmpl_sign_done(&tmpl, p);
	save("done-concluded");
}

static void
package(void)
{
	struct package_guide *g = NEW(package_guide);
	g->title = say("業務委託基本契約書", "Master service agreement");
	g->product = STR("契印 Keiin");
	g->root_url = STR("https://keiin.example/verify/root.pem");
	g->has_documents = true;
	g->seals = NEW(package_guide_seal);
	g->seals_n = 1;
	*g->seals = (struct package_guide_seal){.file = STR("timestamps/contract-3.tst"),
	    .of = STR("contract.pdf"),
	    .command = STR("openssl ts -verify"),
	    .at_ms = 1795316400000,
	    .is_timestamp = true};
	g->revocation = NEW(str);
	*g->revocation = STR("revocation/1.crl");
	g->revocation_n = 1;
	g->missing = NEW(str);
	*g->missing = STR("CN=Accredited Root CA,O=Timestamps K.K.,C=JP");
	g->missing_n = 1;
	tmpl_package_guide(&tmpl, g); /* with package_body */
	tmpl_package_end(&tmpl, g);
	save("package-guide");
}

static void
keeping(void)
{
	struct keep_page *k = NEW(keep_page);
	struct resend_page *r = NEW(resend_page);
	struct guide_page *g = NEW(guide_page);

	k->top = top();
	k->base = STR("l");
	k->id = TOKEN;
	k->view.title = say("業務委託基本契約書", "Master service agreement");
	k->view.document_id = STR("K7QF-2M9X-ABCD");
	k->view.concluded_sha256 = STR("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
	k->view.concluded_ms = CONCLUDED_MS;
	k->view.contract_ready = k->view.certificate_ready = true;
	k->view.parties[0] = say("株式会社青空商事　佐藤 花子", "Aozora Trading Co., Ltd., Hanako Sato");
	k->view.parties[1] = say("みらい設計合同会社　山田 太郎", "Mirai Design LLC, Taro Yamada");
	k->view.parties_n = k->view.confirmed_n = k->view.participants_n = 2;
	k->pages = rows();
	k->pages_n = 3;
	k->view.package_ready = true;
	tmpl_keep(&tmpl, k);
	save("keep");
	k->view.contract_ready = k->view.certificate_ready = false;
	k->view.concluded_ms = 0;
	tmpl_keep(&tmpl, k);
	save("keep-pending");
	k->view.awaits_timestamp = true;
	tmpl_keep(&tmpl, k);
	save("keep-awaits-timestamp");

	r->top = top_plain();
	tmpl_resend(&tmpl, r);
	save("resend");
	r->sent = true;
	tmpl_resend(&tmpl, r);
	save("resend-sent");

	g->top = top();
	g->top.contract = STR_NONE;
	g->mail_from = STR("no-reply@keiin.example");
	tmpl_guide(&tmpl, g);
	save("guide");
}

static void
verifying(void)
{
	struct verify_page *p = NEW(verify_page);
	struct verify_view *v = NEW(verify_view);
	struct document_signature *s = ARENA_ARRAY(&arena, struct document_signature, 2);

	p->top = top_plain();
	tmpl_verify(&tmpl, p);
	save("verify");
	s[0] = (struct document_signature){.kind = say("合意の署名", "approval"),
	    .signer = say("山田 太郎", "Taro Yamada"),
	    .reason = say("合意 <yamada@mirai.example>", "agreed <yamada@mirai.example>"),
	    .level = STR("B-LTA"),
	    .followed_by = say("この署名のあと変更はありません", "nothing"),
	    .certificate = STR("CN=Keiin Seal"),
	    .issuer = STR("CN=Keiin Root CA"),
	    .certificate_sha256 = STR("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
	    .claimed_ms = CONCLUDED_MS,
	    .timestamp_ms = CONCLUDED_MS,
	    .sound = true,
	    .trusted = true};
	s[1] = (struct document_signature){.kind = say("文書タイムスタンプ", "timestamp"),
	    .problem = say("署名が一致しません", "the signature does not fit"),
	    .is_timestamp = true};
	v->verdict = (struct document_verdict){.kind = DOCUMENT_SOUND,
	    .headline = say("問題ありません", "SOUND"),
	    .sha256 = s[0].certificate_sha256,
	    .revisions = 4,
	    .signatures = s,
	    .signatures_n = 1};
	v->verdict.remarks = ARENA_ARRAY(&arena, struct str, 2);
	v->verdict.remarks[0] = say("添付ファイルがあります", "files are attached");
	v->verdict.remarks[1] = say("値と見た目が一致しないか、一致を確かめられない入力欄があります",
	    "a form field shows something else than its value, or it cannot be compared");
	v->verdict.remarks_n = 2;
	v->known = true;
	p->file =
	    (struct verify_file){.view = v, .name = say("契約書<1>.pdf", "contract<1>.pdf"), .sound = true};
	p->judged = p->sound = p->ours = true;
	tmpl_verify(&tmpl, p);
	save("verify-sound");
	v->verdict.signatures_n = 2;
	v->verdict.remarks_n = 0;
	v->known = p->sound = p->ours = p->file.sound = false;
	tmpl_verify(&tmpl, p);
	save("verify-unsound");
	p->sound = p->unknown = true;
	s[0].trusted = false;
	tmpl_verify(&tmpl, p);
	save("verify-unknown");
	struct verify_pair_view *pair = NEW(verify_pair_view);
	*pair = (struct verify_pair_view){.sentence = say("この合意証明書は、別の契約書のものです。",
	                                      "The certificate is for another contract than this one."),
	    .document_id = STR("K7QA-2M4X-9RTB-C3DE"),
	    .contract = *v,
	    .certificate = *v};
	p->pair = pair;
	p->file.contract = true;
	p->other = (struct verify_file){.view = v, .name = STR("c.pdf"), .certificate = true, .sound = true};
	p->sound = p->unknown = false;
	tmpl_verify(&tmpl, p);
	save("verify-pair-other");
	pair->fits = p->sound = p->ours = p->file.sound = true;
	pair->sentence = say(
	    "この契約書と合意証明書は組です：どちらも正しく、証明書はこの契約書の内容を示しています。",
	    "This contract and this certificate belong together: both are sound, and the certificate states "
	    "exactly this contract.");
	tmpl_verify(&tmpl, p);
	save("verify-pair-fits");
	p->ours = false;
	p->unknown = true;
	tmpl_verify(&tmpl, p);
	save("verify-pair-unknown");
	p->judged = false;
	p->pair = NULL;
	p->asked = s[0].certificate_sha256;
	p->asked_known = true;
	tmpl_verify(&tmpl, p);
	save("verify-asked");
	p->asked_known = false;
	tmpl_verify(&tmpl, p);
	save("verify-asked-unknown");
	p->asked = STR_NONE;
	fault(&p->faults, &p->file_fault, "file",
	    say("PDFファイルを選んでください。", "Please choose a PDF file."));
	fault(&p->faults, &p->anchors_fault, "anchors",
	    say("証明書が見つかりません。", "There is no certificate."));
	tmpl_verify(&tmpl, p);
	save("verify-faults");
}

static void
states(void)
{
	static const struct {
		const char *name;
		enum err code;
		bool done, plain;
	} all[] = {
	    {"state-turn", ERR_NOT_YOUR_TURN, false, false},
	    {"state-returned", ERR_RETURNED, false, false},
	    {"state-superseded", ERR_SUPERSEDED, false, false},
	    {"state-delegated", ERR_DELEGATED, false, false},
	    {"state-withdrawn", ERR_WRONG_STATE, false, false},
	    {"state-not-found", ERR_NOT_FOUND, false, true},
	    {"state-login", ERR_LOGIN, false, true},
	    {"state-fault", ERR_DB, false, true},
	    {"state-busy", ERR_BUSY, false, true},
	    {"done-returned", ERR_RETURNED, true, true},
	    {"done-forwarded", ERR_DELEGATED, true, true},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct error_page *p = NEW(error_page);
		const struct err_info *info = err_info(all[i].code);
		p->top = all[i].plain ? top_plain() : top();
		p->code = all[i].code;
		p->status = info->http_status;
		p->done = all[i].done;
		p->message = str_c(english ? info->en : info->ja);
		tmpl_error(&tmpl, p);
		save(all[i].name);
	}
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: render_pages DIR\n", stderr);
		return 2;
	}
	folder = argv[1];
	for (int language = 0; language < 2; language++) {
		english = language == 1;
		tmpl = (struct tmpl){&out, &arena, english, STR("csrf")};
		links();
		review();
		documents();
		seals();
		confirm();
		keeping();
		package();
		verifying();
		states();
		sender_screens();
	}
	buf_free(&out);
	arena_free(&arena);
	return 0;
}
