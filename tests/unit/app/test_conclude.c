/* STEP 3 to 6 of the signing guide: documents, seal, consent, keeping; and what a concluded contract is.
 * S01-S09, S25-S43. */
#include "world.h"

static const int64_t YEAR_MS = 365LL * 86400 * 1000;

static size_t
count(struct str s, const char *word)
{
	size_t n = 0;
	for (ptrdiff_t at; (at = str_find(s, str_c(word))) >= 0; n++)
		s = str_slice(s, (size_t)at + 1, s.n);
	return n;
}

static struct str
concluded_file(struct str envelope)
{
	struct file_ref f;
	assert_ok(app_envelope_download(&world.app, &world.user, envelope, DOWNLOAD_CONTRACT, &f));
	return blob_text(&f);
}

static void
s01_s03_every_consent_is_an_approval_and_a_timestamp_closes_the_file(void **state)
{
	struct draft_participant p[3] = {signer_of("一", "s01a@example.com", 1, ENTRY_MAIL),
	    signer_of("二", "s01b@example.com", 1, ENTRY_MAIL),
	    signer_of("三", "s01c@example.com", 1, ENTRY_MAIL)};
	with_seal(&p[0]);
	with_seal(&p[2]);
	p[2].places_n = 2;
	p[2].places[1] = (struct place){1, 10, 10, 12};
	struct str e = sent("S01", p, 3);
	assert_false(signed_by(session_by_mail("s01c@example.com")));
	assert_false(signed_by(session_by_mail("s01b@example.com")));
	assert_true(signed_by(session_by_mail("s01a@example.com")));
	jobs_run();
	struct str f = concluded_file(e);
	assert_has(f, "certify kp-1-1@3 kp-2-0@0 kp-3-1@3 kp-3-2@1\n");
	assert_int_equal(count(f, "\napprove "), 4); /* one an impression, one for who stamps nowhere */
	/* in the order of the consents */
	assert_true(str_find(f, STR("kp-3-1 name=株式会社相手先 三")) <
	            str_find(f, STR("kp-2-0 name=株式会社相手先 二")));
	assert_true(
	    str_find(f, STR("kp-2-0 name=株式会社相手先 二")) < str_find(f, STR("field=kp-1-1 name=")));
	assert_has(f, "reason=合意 s01a@example.com");
	assert_int_equal(count(f, "timestamp\n"), 1);
	assert_true(str_ends(f, STR("timestamp\n")));
	/* bytes shown = bytes signed: the concluded file begins with the one that was agreed to */
	struct row_envelope row = envelope_row_of(e);
	struct sha256 sealed = sha256_of(str_slice(f, 0, (size_t)str_find(f, STR("approve "))));
	assert_str(row.document_sha256, world_c(sha256_hex(&world.arena, &sealed)));
	assert_int_equal(row.concluded_ms, 1900000000123); /* what the timestamp says */
	assert_int_equal(number("SELECT COUNT(*) FROM revision"), 1 + 4);
}

static void
s04_a_certificate_with_the_parties_is_issued_by_itself(void **state)
{
	struct draft_participant p = signer_of("証明 一郎", "s04@example.com", 1, ENTRY_MAIL);
	with_seal(&p);
	with_request(&p, "印鑑証明", true);
	struct str e = sent("S04", &p, 1), session = session_by_mail("s04@example.com");
	assert_ok(app_sign_seen_all(&world.app, session));
	assert_true(signed_by(session));
	assert_int_equal(viewed(e)->state, ENVELOPE_SEALING);
	jobs_run();
	struct envelope_view *v = viewed(e);
	assert_int_equal(v->state, ENVELOPE_COMPLETED);
	assert_true(v->certificate_ready && v->downloadable);
	const struct certificate *c = fake_certificate(STR("S04"));
	assert_non_null(c);
	assert_str(c->document_id, world_c(v->document_id));
	assert_str(c->sent_sha256, world_c(v->document_sha256));
	assert_str(c->concluded_sha256, world_c(v->concluded_sha256));
	assert_int_equal(c->concluded_ms, 1900000000123);
	assert_str(c->seal_subject, "CN=Test");
	assert_int_equal(c->pages, 3);
	const struct certificate_party *q = &c->parties[0];
	assert_str(q->sent_name, "証明 一郎");
	assert_str(q->name, "証明 一郎");
	assert_str(q->mail, "s04@example.com");
	assert_str(q->entry.ja, "メール");
	assert_has(q->authentication.ja, "1要素");
	assert_str(q->pages_viewed.ja, "全3ページ");
	assert_str(q->ip, "192.0.2.7");
	assert_str(q->user_agent, "Browser/1");
	assert_str(q->seal_method.ja, "作成");
	assert_str(q->impression, "impression of 相手");
	assert_has(q->consent_text, "「S04」（第1版、");
	assert_true(q->opened_ms && q->viewed_all_ms && q->consented_ms);
	assert_has(c->audit_json, world_c(q->event_hash));
	assert_has(c->audit_json, "\"event\":\"consented\"");
	assert_has(c->audit_json, world_c(c->audit_head));
	assert_int_equal(c->files_n, 1);
	struct sha256 file = sha256_of(STR("%PDF-1.4 a"));
	assert_str(c->files[0].what.ja, "印鑑証明（a.pdf）");
	assert_str(c->files[0].detail, world_c(sha256_hex(&world.arena, &file)));
	/* the chain went on by exactly the row that says that the certificate exists */
	assert_int_equal(envelope_row_of(e).audit_seq, c->history_n + 1);
	assert_int_equal(audit_count(e, "completed"), 1);
}

static void
s04_the_certificate_tells_of_the_moment_of_consent(void **state)
{
	struct draft_participant p = signer_of("当時 一郎", "s04b@example.com", 1, ENTRY_MAIL);
	struct str e = sent("S04b", &p, 1);
	assert_true(signed_by(session_by_mail("s04b@example.com")));
	assert_int_equal(
	    number(
	        "UPDATE participant SET name = '後日 次郎', company = '後日社', mail = 'later@example.com' "
	        "WHERE mail = 's04b@example.com' RETURNING 1"),
	    1);
	assert_int_equal(number("UPDATE account SET name = '後日 太郎' RETURNING 1"), 1);
	assert_int_equal(number("UPDATE organisation SET name = '後日商事' RETURNING 1"), 1);
	jobs_run();
	const struct certificate *c = fake_certificate(STR("S04b"));
	assert_non_null(c);
	const struct certificate_party *q = &c->parties[0];
	assert_str(q->name, "当時 一郎");
	assert_str(q->mail, "s04b@example.com");
	assert_str(q->company, "株式会社相手先");
	assert_str(q->sent_name, "当時 一郎");
	assert_str(q->sent_mail, "s04b@example.com");
	assert_true(str_find(c->sender, STR("後日")) < 0);
	assert_true(str_find(c->audit_json, STR("後日")) < 0);
	assert_has(c->audit_json, "{\"format\":\"keiin-certificate\",\"version\":1,");
	assert_has(c->qr_url, world_c(viewed(e)->concluded_sha256));
}

static void
s06_every_act_is_in_the_audit_trail(void **state)
{
	static const char *const events[] = {"created", "send_ordered", "sent", "notified", "opened",
	    "seen_all", "reviewed", "submitted", "seal_made", "consented", "sealed", "completed"};
	struct draft_participant p = signer_of("記録", "s06@example.com", 1, ENTRY_MAIL);
	with_seal(&p);
	with_request(&p, "書類", true);
	struct str e = sent("S06", &p, 1), session = session_by_mail("s06@example.com");
	assert_ok(app_sign_seen_all(&world.app, session));
	signed_by(session);
	jobs_run();
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		assert_int_equal(audit_count(e, events[i]), 1);
	assert_int_equal(envelope_row_of(e).audit_seq, sizeof(events) / sizeof(events[0]));
	struct envelope_view *v = viewed(e);
	assert_str(v->timeline[9].what_ja, "締結を確定（合意）");
	assert_str(v->timeline[9].who, "株式会社相手先 記録 <s06@example.com>");
	assert_str(v->timeline[9].ip, "192.0.2.7");
}

static void
s07_a_counterparty_needs_no_account(void **state)
{
	int64_t accounts = number("SELECT COUNT(*) FROM account");
	struct draft_participant p = signer_of("口座なし", "s07@example.com", 1, ENTRY_MAIL);
	sent("S07", &p, 1);
	assert_true(signed_by(session_by_mail("s07@example.com")));
	assert_int_equal(number("SELECT COUNT(*) FROM account"), accounts);
}

static void
s25_s26_documents_are_asked_for_and_required_ones_must_be_there(void **state)
{
	struct draft_participant p = signer_of("書類", "s25@example.com", 1, ENTRY_MAIL);
	with_request(&p, "登記簿謄本", true);
	with_request(&p, "参考資料", false);
	struct str e = sent("S25", &p, 1), session = session_by_mail("s25@example.com");
	struct sign_view v = sign_viewed(session);
	struct app *a = &world.app;
	struct file_ref f;
	bool concluded;
	assert_true(v.has_documents_step);
	assert_int_equal(v.requests_n, 2);
	struct str r = v.requests[0].id,
	           big = str_make(arena_alloc(&world.arena, (10 << 20) + 1), (10 << 20) + 1);
	assert_err(app_sign_submit(a, session, r, STR("x.pdf"), STR("%PDF-1.4")),
	    ERR_WRONG_STATE); /* not reviewed */
	assert_ok(app_sign_reviewed(a, session));
	assert_int_equal(sign_viewed(session).reached, STEP_DOCUMENTS);
	assert_err(app_sign_documents_done(a, session), ERR_DOCUMENT_MISSING);
	assert_err(confirm(session, &concluded), ERR_DOCUMENT_MISSING);
	assert_err(app_sign_submit(a, session, r, STR("x.exe"), STR("MZ")), ERR_FILE_TYPE);
	assert_err(app_sign_submit(a, session, r, STR("x.pdf"), STR("")), ERR_FILE_TYPE);
	assert_err(app_sign_submit(a, session, r, STR("x.pdf"), big), ERR_TOO_LARGE);
	assert_err(app_sign_submit(a, session, STR("other"), STR("x.pdf"), STR("%PDF-1.4")), ERR_NOT_FOUND);
	assert_ok(app_sign_submit(a, session, r, STR("x.png"), STR("\x89PNG\r\n\x1a\nfirst")));
	assert_ok(app_sign_submit(a, session, r, STR("C:\\書類\\謄本.pdf"), STR("%PDF-1.4 second")));
	assert_ok(app_sign_documents_done(a, session));
	assert_ok(app_sign_unsubmit(a, session, r));
	assert_ok(app_sign_unsubmit(a, session, r));
	assert_int_equal(audit_count(e, "unsubmitted"), 1);
	assert_err(confirm(session, &concluded), ERR_DOCUMENT_MISSING);
	assert_ok(app_sign_submit(a, session, r, STR("謄本.pdf"), STR("%PDF-1.4 second")));
	assert_ok(app_sign_documents_done(a, session));
	assert_int_equal(sign_viewed(session).reached, STEP_CONFIRM);
	struct participant_view *pv = &viewed(e)->participants[0];
	assert_int_equal(pv->submissions_n, 1);
	assert_str(pv->submissions[0].name, "登記簿謄本");
	assert_ok(app_submission_download(a, &world.user, pv->submissions[0].id, &f));
	assert_str(f.file_name, "謄本.pdf");
	assert_str(f.mime, "application/pdf");
	assert_str(blob_text(&f), "%PDF-1.4 second");
	struct user stranger = world.user;
	stranger.organisation = STR("another");
	assert_err(app_submission_download(a, &stranger, pv->submissions[0].id, &f), ERR_NOT_FOUND);
}

static void
s27_s33_steps_that_do_not_apply_are_absent(void **state)
{
	struct draft_participant p = signer_of("簡単", "s27@example.com", 1, ENTRY_MAIL);
	sent("S27", &p, 1);
	struct str session = session_by_mail("s27@example.com");
	struct sign_view v = sign_viewed(session);
	assert_false(v.has_documents_step || v.has_seal_step);
	assert_int_equal(v.places_n, 0);
	assert_ok(app_sign_reviewed(&world.app, session));
	assert_int_equal(sign_viewed(session).reached, STEP_CONFIRM);
	assert_err(app_sign_seal(&world.app, session, STR("s"), STR("text"), STR("x"), 0), ERR_WRONG_STATE);
}

static void
s28_to_s32_a_seal_is_made_uploaded_or_if_allowed_written(void **state)
{
	struct draft_participant p[2] = {signer_of("印影", "s28@example.com", 1, ENTRY_MAIL),
	    signer_of("手書", "s31@example.com", 1, ENTRY_MAIL)};
	with_seal(&p[0]);
	with_seal(&p[1]);
	p[1].handwriting_allowed = true;
	struct str e = sent("S28", p, 2), s = session_by_mail("s28@example.com"),
	           t = session_by_mail("s31@example.com");
	struct app *a = &world.app;
	bool concluded;
	assert_err(
	    app_sign_seal(a, s, STR("x"), STR("text"), STR("山田"), 0), ERR_WRONG_STATE); /* not reviewed */
	assert_ok(app_sign_reviewed(a, s));
	assert_err(confirm(s, &concluded), ERR_SEAL_MISSING);
	assert_err(app_sign_seal(a, s, STR_NONE, STR("text"), STR("山田"), 0), ERR_SEAL_MISSING);
	assert_err(app_sign_seal(a, s, STR("x"), STR("wax"), STR("山田"), 0), ERR_INVALID);
	assert_err(app_sign_seal(a, s, STR("\xff"), STR("text"), STR("山田"), 0), ERR_INVALID);
	assert_false(sign_viewed(s).handwriting_allowed);
	assert_err(app_sign_seal(a, s, STR("x"), STR("ink"), STR_NONE, 0), ERR_FORBIDDEN);
	assert_ok(app_sign_seal(a, s, STR("made"), STR("text"), STR("山田"), 3));
	assert_ok(app_sign_seal(
	    a, s, STR("uploaded"), STR("image"), STR_NONE, 0)); /* the toggle: the last choice counts */
	struct sign_view v = sign_viewed(s);
	assert_int_equal(v.reached, STEP_CONFIRM);
	assert_str(v.seal, "uploaded");
	assert_str(v.seal_method, "image");
	assert_int_equal(v.places_n, 1);
	assert_true(v.places[0].page == 3 && v.places[0].x_mm == 140);
	assert_ok(confirm(s, &concluded));
	assert_err(app_sign_seal(a, s, STR("later"), STR("text"), STR("山田"), 3), ERR_WRONG_STATE);
	assert_ok(app_sign_reviewed(a, t));
	assert_true(sign_viewed(t).handwriting_allowed);
	assert_ok(app_sign_seal(a, t, STR("strokes"), STR("ink"), STR_NONE, 0));
	assert_ok(confirm(t, &concluded));
	jobs_run();
	assert_has(concluded_file(e), "impression=uploaded");
	assert_has(concluded_file(e), "impression=strokes");
	assert_str(fake_certificate(STR("S28"))->parties[0].seal_method.ja, "アップロード");
	assert_str(fake_certificate(STR("S28"))->parties[1].seal_method.ja, "手書き");
}

static void
s34_s35_one_act_of_consent_that_pressing_again_does_not_repeat(void **state)
{
	struct draft_participant p[2] = {signer_of("一", "s35a@example.com", 1, ENTRY_MAIL),
	    signer_of("二", "s35b@example.com", 1, ENTRY_MAIL)};
	with_seal(&p[0]);
	struct str e = sent("S35", p, 2), s = session_by_mail("s35a@example.com");
	struct app *a = &world.app;
	bool concluded;
	walk(s);
	struct sign_view v = sign_viewed(s);
	assert_true(v.seal.n && v.places_n == 1 && v.document_sha256.n == 64);
	assert_has(v.consent_ja, "合意し");
	assert_has(v.consent_en, "I agree");
	assert_err(app_sign_confirm(a, s, STR("0000"), &concluded), ERR_STALE); /* other bytes */
	for (unsigned i = 0; i < 3; i++) {
		assert_ok(app_sign_confirm(a, s, v.document_sha256, &concluded));
		assert_false(concluded);
	}
	assert_int_equal(audit_count(e, "consented"), 1);
	assert_int_equal(viewed(e)->state, ENVELOPE_PARTIALLY_SIGNED);
	v = sign_viewed(s);
	assert_true(v.confirmed && !v.concluded && v.confirmed_n == 1 && v.participants_n == 2);
	assert_err(app_sign_return(a, s, STR("やはり")), ERR_WRONG_STATE);
	s = session_by_mail("s35a@example.com"); /* coming back shows where things stand */
	assert_int_equal(sign_viewed(s).reached, STEP_DONE);
	jobs_run();
	const struct mail *m = mail_to(ADMIN_MAIL, "【署名済】株式会社相手先 一");
	assert_has(m->subject, "1／2名");
	assert_has(m->text, "お待ちしている署名者：株式会社相手先 二");
}

static void
s36_s37_s38_everybody_is_told_when_all_have_agreed_and_not_before(void **state)
{
	struct draft_participant p[2] = {signer_of("一", "s36a@example.com", 1, ENTRY_MAIL),
	    signer_of("二", "s36b@example.com", 2, ENTRY_MAIL)};
	struct str e = sent("S36", p, 2);
	assert_null(fake_mail("s36b@example.com", "", 0)); /* not their turn yet */
	assert_false(signed_by(session_by_mail("s36a@example.com")));
	jobs_run();
	assert_null(fake_mail("s36a@example.com", "締結完了", 0));
	assert_true(signed_by(session_by_mail("s36b@example.com")));
	assert_null(fake_mail("s36a@example.com", "締結完了", 0));
	jobs_run();
	const char *all[] = {"s36a@example.com", "s36b@example.com", ADMIN_MAIL};
	for (unsigned i = 0; i < 3; i++) {
		const struct mail *m = mail_to(all[i], "【締結完了】「S36」");
		struct keep_view k;
		struct link_view v;
		assert_int_equal(fake_mails_n(all[i], "【締結完了】「S36」"), 1);
		assert_has(m->text, "大切に保管してください"); /* S40: the mail warns */
		assert_has(m->text, "「契約書ダウンロード」");
		assert_has(m->text, "「合意証明書ダウンロード」");
		assert_ok(app_link_view(&world.app, token_in(m), &v));
		assert_int_equal(v.kind, LINK_KEEP);
		assert_true(v.concluded);
		assert_ok(app_keep_view(&world.app, token_in(m), STR_NONE, &k));
		assert_str(k.title, "S36");
		assert_int_equal(k.parties_n, 2);
		assert_str(k.parties[1], "株式会社相手先 二");
		assert_true(k.contract_ready && k.certificate_ready);
	}
	assert_int_equal(audit_count(e, "completed"), 1);
}

static void
s09_s39_s41_s42_the_url_shows_and_downloads_for_ever(void **state)
{
	struct draft_participant p = signer_of("保管", "s39@example.com", 1, ENTRY_MAIL);
	struct str e = sent("S39", &p, 1), session = session_by_mail("s39@example.com"), png;
	struct app *a = &world.app;
	struct file_ref f;
	signed_by(session);
	assert_err(app_keep_download(a, STR_NONE, session, DOWNLOAD_CONTRACT, &f), ERR_WRONG_STATE);
	assert_ok(app_keep_page(a, STR_NONE, session, 1, 720, &png));
	jobs_run();
	struct str token = token_in(mail_to("s39@example.com", "【締結完了】"));
	later(20 * YEAR_MS);
	assert_ok(app_keep_download(a, token, STR_NONE, DOWNLOAD_CONTRACT, &f));
	assert_str(f.file_name, "S39.pdf");
	assert_str(f.mime, "application/pdf");
	assert_true(str_ends(blob_text(&f), STR("timestamp\n")));
	assert_ok(app_keep_download(a, token, STR_NONE, DOWNLOAD_CERTIFICATE, &f));
	assert_str(f.file_name, "S39_合意証明書.pdf");
	assert_str(blob_text(&f), "%PDF-1.7 certificate of S39\nsealed\n");
	assert_ok(app_keep_page(a, token, STR_NONE, 3, 720, &png));
	assert_has(png, world_c(envelope_row_of(e).concluded_sha256));
	/* the sender has the same */
	struct file_ref own;
	assert_ok(app_envelope_download(a, &world.user, e, DOWNLOAD_CERTIFICATE, &own));
	assert_true(sha256_eq(&own.blob, &f.blob));
	struct user stranger = world.user;
	stranger.organisation = STR("another");
	assert_err(app_envelope_download(a, &stranger, e, DOWNLOAD_CONTRACT, &own), ERR_NOT_FOUND);
	assert_err(app_keep_download(a, STR("x"), STR_NONE, DOWNLOAD_CONTRACT, &own), ERR_NOT_FOUND);
	assert_err(app_keep_download(a, STR_NONE, STR_NONE, DOWNLOAD_CONTRACT, &own), ERR_LOGIN);
}

static void
s40_links_are_mailed_again_to_parties_and_to_nobody_else(void **state)
{
	struct draft_participant p[2] = {signer_of("再送", "s40@example.com", 1, ENTRY_MAIL),
	    signer_of("予定", "s40x@example.com", 1, ENTRY_URL)};
	struct str e = sent("S40", p, 2);
	struct keep_view k;
	signed_by(session_by_mail("s40@example.com"));
	signed_by(session_by_code(shared_token(e, 1), "会社", "実際", "s40y@example.com"));
	jobs_run();
	assert_ok(app_keep_resend(&world.app, STR("s40@example.com")));
	assert_ok(app_keep_resend(&world.app, STR("s40@example.com"))); /* once in ten minutes */
	assert_ok(
	    app_keep_resend(&world.app, STR("s40x@example.com"))); /* somebody else agreed in that place */
	assert_ok(app_keep_resend(&world.app, STR("s40y@example.com")));
	assert_ok(app_keep_resend(&world.app, STR("stranger@example.com")));
	assert_ok(app_keep_resend(&world.app, STR("not an address")));
	jobs_run();
	assert_int_equal(fake_mails_n("s40@example.com", "【リンク再送】"), 1);
	assert_int_equal(fake_mails_n("s40x@example.com", "【リンク再送】"), 0);
	assert_int_equal(fake_mails_n("s40y@example.com", "【リンク再送】"), 1);
	assert_int_equal(fake_mails_n("stranger@example.com", ""), 0);
	assert_ok(
	    app_keep_view(&world.app, token_in(mail_to("s40y@example.com", "【リンク再送】")), STR_NONE, &k));
	assert_str(k.title, "S40");
	/* who only has the shared URL has proved nothing */
	assert_err(app_keep_view(&world.app, shared_token(e, 1), STR_NONE, &k), ERR_FORBIDDEN);
}

static void
s43_the_wording_of_the_guide(void **state)
{
	assert_str(app_state_label(ENVELOPE_RETURNED, false), "差し戻し");
	assert_str(app_state_label(ENVELOPE_COMPLETED, false), "締結済");
	struct draft_participant p = signer_of("文言", "s43@example.com", 1, ENTRY_MAIL);
	sent("S43", &p, 1);
	const struct mail *m = mail_to("s43@example.com", "【署名依頼】");
	const char *words[] = {
	    "「確認する」", "「次へ」", "「差し戻しする」", "「最終プレビュー」", "「締結を確定」"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_has(m->text, words[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(s01_s03_every_consent_is_an_approval_and_a_timestamp_closes_the_file),
	    cmocka_unit_test(s04_a_certificate_with_the_parties_is_issued_by_itself),
	    cmocka_unit_test(s04_the_certificate_tells_of_the_moment_of_consent),
	    cmocka_unit_test(s06_every_act_is_in_the_audit_trail),
	    cmocka_unit_test(s07_a_counterparty_needs_no_account),
	    cmocka_unit_test(s25_s26_documents_are_asked_for_and_required_ones_must_be_there),
	    cmocka_unit_test(s27_s33_steps_that_do_not_apply_are_absent),
	    cmocka_unit_test(s28_to_s32_a_seal_is_made_uploaded_or_if_allowed_written),
	    cmocka_unit_test(s34_s35_one_act_of_consent_that_pressing_again_does_not_repeat),
	    cmocka_unit_test(s36_s37_s38_everybody_is_told_when_all_have_agreed_and_not_before),
	    cmocka_unit_test(s09_s39_s41_s42_the_url_shows_and_downloads_for_ever),
	    cmocka_unit_test(s40_links_are_mailed_again_to_parties_and_to_nobody_else),
	    cmocka_unit_test(s43_the_wording_of_the_guide),
	};
	return cmocka_run_group_tests(tests, world_open, world_close);
}
