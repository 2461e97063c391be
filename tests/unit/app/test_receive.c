/* STEP 1 and 2 of the signing guide: receiving, forwarding, checking, returning. S05, S10-S24. */
#include "world.h"

static struct draft_participant
one(const char *mail, unsigned entry)
{
	return signer_of("相手 一郎", mail, 1, entry);
}

static enum err
verify(struct str token, struct str challenge, const char *code, unsigned *left)
{
	struct str session;
	return app_code_verify(&world.app, token, challenge, str_c(code), &session, left);
}

static struct str
challenge_of(struct str token, const char *mail)
{
	struct identify_cmd cmd = {STR("会社"), STR_NONE, STR("氏名"), str_c(mail)};
	struct faults faults = {0};
	struct str challenge;
	assert_ok(app_code_request(&world.app, token, &cmd, &faults, &challenge));
	jobs_run();
	return challenge;
}

static const char *
another_code(const char *right)
{
	return strcmp(right, "123456") ? "123456" : "654321";
}

static void
s05_accounts_need_a_password_and_lock_after_five_wrong_tries(void **state)
{
	struct app *a = &world.app;
	struct str token;
	struct user u;
	struct faults faults = {0};
	struct setup_cmd again = {STR("x"), STR("y"), STR("z@example.jp"), STR("long enough password")};
	assert_err(app_setup(a, &again, &faults), ERR_WRONG_STATE);
	assert_err(app_login(a, STR("nobody@example.jp"), STR("whatever it is"), &token), ERR_BAD_LOGIN);
	for (unsigned i = 0; i < 5; i++)
		assert_err(app_login(a, STR(ADMIN_MAIL), STR("wrong password"), &token), ERR_BAD_LOGIN);
	assert_err(app_login(a, STR(ADMIN_MAIL), STR(ADMIN_PASSWORD), &token), ERR_LOCKED);
	later(14 * 60 * 1000);
	assert_err(app_login(a, STR(ADMIN_MAIL), STR(ADMIN_PASSWORD), &token), ERR_LOCKED);
	later(2 * 60 * 1000);
	assert_ok(app_login(a, STR(ADMIN_MAIL), STR(ADMIN_PASSWORD), &token));
	assert_false(database_holds(token));
	assert_false(database_holds(STR(ADMIN_PASSWORD)));
	assert_ok(app_session(a, token, &u));
	assert_str(u.mail, ADMIN_MAIL);
	later(30 * 60 * 1000);
	assert_err(app_session(a, token, &u), ERR_LOGIN);
	assert_ok(app_login(a, STR(ADMIN_MAIL), STR(ADMIN_PASSWORD), &token));
	assert_ok(app_logout(a, token));
	assert_err(app_session(a, token, &u), ERR_LOGIN);
	assert_err(app_session(a, STR_NONE, &u), ERR_LOGIN);
}

static void
s10_every_mail_to_a_counterparty_names_the_guide_and_the_sender(void **state)
{
	struct draft_participant p = one("s10@example.com", ENTRY_MAIL);
	sent("S10", &p, 1);
	signed_by(session_by_mail("s10@example.com"));
	jobs_run();
	const char *words[] = {"【署名依頼】", "【締結完了】"};
	for (unsigned i = 0; i < 2; i++) {
		const struct mail *m = mail_to("s10@example.com", words[i]);
		assert_has(m->text, "https://keiin.example.jp/guide");
		assert_has(m->text, "株式会社送信商事");
		assert_str(m->reply_to, ADMIN_MAIL);
	}
}

static void
s11_the_button_of_the_request_mail_opens_the_request_without_a_code(void **state)
{
	struct draft_participant p = one("s11@example.com", ENTRY_MAIL);
	struct str e = sent("S11", &p, 1), session;
	const struct mail *m = mail_to("s11@example.com", "【署名依頼】");
	struct link_view v;
	assert_has(m->text, "「確認する」");
	struct str token = token_in(m);
	/* looking changes nothing: mail scanners look, too */
	for (unsigned i = 0; i < 3; i++)
		assert_ok(app_link_view(&world.app, token, &v));
	assert_int_equal(v.blocked, OK);
	assert_int_equal(v.kind, LINK_MAIL);
	assert_str(v.sender_company, "株式会社送信商事");
	assert_int_equal(audit_count(e, "opened"), 0);
	assert_int_equal(viewed(e)->participants[0].state, PARTICIPANT_NOTIFIED);
	assert_ok(app_link_open(&world.app, token, &session));
	assert_int_equal(audit_count(e, "opened"), 1);
	assert_int_equal(viewed(e)->participants[0].state, PARTICIPANT_OPENED);
	assert_str(sign_viewed(session).mail, "s11@example.com");
	assert_null(fake_mail("s11@example.com", "【認証コード】", 0));
	assert_err(app_link_view(&world.app, STR("nonsense"), &v), ERR_NOT_FOUND);
	assert_err(app_link_open(&world.app, STR_NONE, &session), ERR_NOT_FOUND);
}

static void
s12_the_shared_url_asks_who_you_are(void **state)
{
	struct draft_participant p = one("", ENTRY_URL);
	struct str e = sent("S12", &p, 1), token = shared_token(e, 0), session, challenge;
	struct identify_cmd cmd = {STR("　"), STR_NONE, STR(" "), STR("no address")};
	struct faults faults = {0};
	struct link_view v;
	assert_ok(app_link_view(&world.app, token, &v));
	assert_int_equal(v.kind, LINK_SHARED);
	assert_int_equal(v.participant_name.n, 0);
	assert_err(app_link_open(&world.app, token, &session), ERR_FORBIDDEN);
	assert_err(app_code_request(&world.app, token, &cmd, &faults, &challenge), ERR_INVALID);
	assert_int_equal(faults.n, 3);
	assert_int_equal(audit_count(e, "code_sent"), 0);
	/* the sender never sees a mail link, and a mail link asks for no code */
	struct draft_participant q = one("s12@example.com", ENTRY_MAIL);
	sent("S12 mail", &q, 1);
	cmd = (struct identify_cmd){STR("会社"), STR_NONE, STR("氏名"), STR("s12@example.com")};
	assert_err(app_code_request(&world.app, token_in(mail_to("s12@example.com", "【署名依頼】")), &cmd,
	               &faults, &challenge),
	    ERR_WRONG_STATE);
}

static void
s13_the_right_code_opens_and_wrong_ones_are_refused(void **state)
{
	struct draft_participant p = one("", ENTRY_URL);
	struct str e = sent("S13", &p, 1), token = shared_token(e, 0), session;
	struct str challenge = challenge_of(token, "s13@example.com");
	struct challenge_view cv;
	struct str code = code_in(mail_to("s13@example.com", "【認証コード】"));
	unsigned left;
	assert_ok(app_code_view(&world.app, token, challenge, &cv));
	assert_str(cv.mail, "s***@example.com");
	assert_int_equal(cv.expires_ms, world.now_ms + 600000);
	assert_err(verify(token, challenge, another_code(world_c(code)), &left), ERR_CODE_WRONG);
	assert_int_equal(left, 4);
	assert_err(verify(token, challenge, "", &left), ERR_CODE_WRONG);
	assert_int_equal(left, 3);
	assert_int_equal(audit_count(e, "code_wrong"), 2);
	/* full-width digits and spaces are forgiven */
	struct str wide = STR_NONE;
	for (size_t i = 0; i < 6; i++)
		wide = arena_printf(&world.arena, "%.*s\xef\xbc%c%s", STR_ARG(wide), 0x90 + code.p[i] - '0',
		    i == 2 ? "　" : "");
	assert_ok(app_code_verify(&world.app, token, challenge, wide, &session, &left));
	assert_int_equal(audit_count(e, "code_verified"), 1);
	assert_str(sign_viewed(session).name, "氏名");
	assert_err(app_code_verify(&world.app, token, challenge, code, &session, &left),
	    ERR_CODE_EXPIRED); /* once */
}

static void
s13_five_wrong_tries_kill_a_code(void **state)
{
	struct draft_participant p = one("", ENTRY_URL);
	struct str token = shared_token(sent("S13 five", &p, 1), 0),
	           challenge = challenge_of(token, "s13b@example.com");
	const char *code = world_c(code_in(mail_to("s13b@example.com", "【認証コード】")));
	unsigned left;
	for (unsigned i = 0; i < 4; i++)
		assert_err(verify(token, challenge, another_code(code), &left), ERR_CODE_WRONG);
	assert_err(verify(token, challenge, another_code(code), &left), ERR_CODE_DEAD);
	assert_int_equal(left, 0);
	assert_err(verify(token, challenge, code, &left), ERR_CODE_DEAD);
}

static void
s13_a_code_lives_ten_minutes_and_is_replaced_by_the_next(void **state)
{
	struct draft_participant p = one("", ENTRY_URL);
	struct str token = shared_token(sent("S13 old", &p, 1), 0),
	           first = challenge_of(token, "s13c@example.com");
	const char *code = world_c(code_in(mail_to("s13c@example.com", "【認証コード】")));
	struct identify_cmd cmd = {STR("会社"), STR_NONE, STR("氏名"), STR("s13c@example.com")};
	struct faults faults = {0};
	struct str second;
	unsigned left;
	assert_err(app_code_request(&world.app, token, &cmd, &faults, &second), ERR_RATE);
	later(59000);
	assert_err(app_code_request(&world.app, token, &cmd, &faults, &second), ERR_RATE);
	later(1000);
	second = challenge_of(token, "s13c@example.com");
	assert_err(verify(token, first, code, &left), ERR_CODE_EXPIRED);
	code = world_c(code_in(mail_to("s13c@example.com", "【認証コード】")));
	later(600000);
	assert_err(verify(token, second, code, &left), ERR_CODE_EXPIRED);
	/* five an hour */
	for (unsigned i = 0; i < 3; i++, later(60000))
		challenge_of(token, "s13c@example.com");
	assert_err(app_code_request(&world.app, token, &cmd, &faults, &second), ERR_RATE);
}

static void
s13_a_code_is_good_for_its_own_request_only(void **state)
{
	struct draft_participant p[2] = {one("", ENTRY_URL), one("", ENTRY_URL)};
	struct str e = sent("S13 other", p, 2),
	           challenge = challenge_of(shared_token(e, 0), "s13d@example.com");
	const char *code = world_c(code_in(mail_to("s13d@example.com", "【認証コード】")));
	struct challenge_view cv;
	unsigned left;
	assert_err(verify(shared_token(e, 1), challenge, code, &left), ERR_CODE_EXPIRED);
	assert_err(app_code_view(&world.app, shared_token(e, 1), challenge, &cv), ERR_NOT_FOUND);
	assert_err(verify(shared_token(e, 0), STR("made up"), code, &left), ERR_CODE_EXPIRED);
	assert_ok(verify(shared_token(e, 0), challenge, code, &left));
}

static void
s14_whoever_passed_url_and_code_is_the_recorded_party(void **state)
{
	struct draft_participant p = one("", ENTRY_URL);
	struct str e = sent("S14", &p, 1);
	struct str session =
	    session_by_code(shared_token(e, 0), "株式会社実際", "実際 花子", "s14@example.com");
	assert_true(signed_by(session));
	jobs_run();
	struct participant_view *v = &viewed(e)->participants[0];
	assert_str(v->signer_name, "実際 花子");
	assert_str(v->signer_mail, "s14@example.com");
	assert_str(v->draft.name, "相手 一郎");
	const struct certificate *c = fake_certificate(STR("S14"));
	assert_str(c->parties[0].sent_name, "相手 一郎");
	assert_str(c->parties[0].name, "実際 花子");
	assert_str(c->parties[0].company, "株式会社実際");
	assert_str(c->parties[0].title, "課長");
	assert_str(c->parties[0].mail, "s14@example.com");
	assert_true(
	    c->parties[0].code_sent_ms > 0 && c->parties[0].code_verified_ms > c->parties[0].code_sent_ms);
}

static void
s14_another_person_by_the_same_url_begins_anew(void **state)
{
	struct draft_participant p = one("s14m@example.com", ENTRY_URL | ENTRY_MAIL);
	with_seal(&p);
	struct str e = sent("S14 two", &p, 1), token = shared_token(e, 0),
	           by_mail = session_by_mail("s14m@example.com");
	walk(by_mail);
	assert_int_equal(sign_viewed(by_mail).reached, STEP_CONFIRM);
	struct str first = session_by_code(token, "会社", "第一", "s14a@example.com");
	assert_int_equal(
	    sign_viewed(first).reached, STEP_REVIEW); /* nothing of the addressee's steps is theirs */
	walk(first);
	later(60000);
	struct str second = session_by_code(token, "会社", "第二", "s14b@example.com");
	struct sign_view v;
	assert_err(app_sign_view(&world.app, first, &v), ERR_LOGIN);
	assert_int_equal(sign_viewed(second).reached, STEP_REVIEW);
	struct str back = session_by_mail("s14m@example.com");
	assert_int_equal(sign_viewed(back).reached, STEP_REVIEW);
	assert_true(signed_by(back));
	assert_int_equal(viewed(e)->participants[0].signer_name.n, 0); /* the addressee agreed */
}

static void
s15_forwarding_makes_the_successor_the_party_and_ends_the_delegators_road(void **state)
{
	struct draft_participant p = one("s15@example.com", ENTRY_MAIL);
	with_seal(&p);
	with_request(&p, "登記簿", true);
	struct str e = sent("S15", &p, 1), link = token_in(mail_to("s15@example.com", "【署名依頼】")),
	           session;
	assert_ok(app_link_open(&world.app, link, &session));
	struct forward_cmd cmd = {.company = STR("株式会社相手先"),
	    .name = STR("権限 者"),
	    .mail = STR("s15b@example.com"),
	    .mail_again = STR("s15x@example.com"),
	    .message = STR("お願いします"),
	    .authority = false};
	struct faults faults = {0};
	struct link_view v;
	struct sign_view sv;
	assert_err(app_sign_forward(&world.app, session, STR_NONE, &cmd, &faults), ERR_INVALID);
	assert_int_equal(faults.n, 2);
	cmd.mail_again = cmd.mail;
	cmd.authority = true;
	assert_ok(app_sign_forward(&world.app, session, STR_NONE, &cmd, &faults));
	jobs_run();
	assert_err(app_sign_view(&world.app, session, &sv), ERR_DELEGATED);
	assert_err(app_sign_reviewed(&world.app, session), ERR_DELEGATED);
	assert_err(app_sign_forward(&world.app, session, STR_NONE, &cmd, &faults), ERR_DELEGATED);
	assert_ok(app_link_view(&world.app, link, &v));
	assert_int_equal(v.blocked, ERR_DELEGATED);
	assert_err(app_link_open(&world.app, link, &session), ERR_DELEGATED);
	const struct mail *m = mail_to("s15b@example.com", "【署名依頼・転送】");
	assert_has(m->text, "お願いします");
	assert_has(m->text, "「確認する」");
	assert_has(mail_to(ADMIN_MAIL, "【転送通知】")->text, "権限 者");
	struct str successor = session_by_mail("s15b@example.com");
	sv = sign_viewed(successor);
	assert_true(sv.has_seal_step && sv.has_documents_step);
	assert_int_equal(sv.participants_n, 1);
	assert_true(signed_by(successor));
	jobs_run();
	const struct certificate *c = fake_certificate(STR("S15"));
	assert_int_equal(c->parties_n, 1);
	assert_str(c->parties[0].name, "権限 者");
	assert_int_equal(c->delegations_n, 1);
	assert_has(c->delegations[0].from, "相手 一郎");
	assert_has(c->delegations[0].to, "権限 者");
	assert_null(fake_mail("s15@example.com", "【締結完了】", 0));
	assert_non_null(fake_mail("s15b@example.com", "【締結完了】", 0));
	assert_int_equal(audit_count(e, "forwarded"), 1);
}

static void
s15_whoever_holds_an_unused_url_may_forward_it(void **state)
{
	struct draft_participant p = one("", ENTRY_URL);
	struct str e = sent("S15 url", &p, 1), token = shared_token(e, 0);
	struct forward_cmd cmd = {.company = STR("会社"),
	    .name = STR("後任"),
	    .mail = STR("s15c@example.com"),
	    .mail_again = STR("s15c@example.com"),
	    .authority = true};
	struct faults faults = {0};
	assert_ok(app_sign_forward(&world.app, STR_NONE, token, &cmd, &faults));
	jobs_run();
	assert_err(app_sign_forward(&world.app, STR_NONE, token, &cmd, &faults), ERR_DELEGATED);
	assert_true(signed_by(session_by_mail("s15c@example.com")));
	/* once somebody has come in, only they may */
	struct draft_participant q = one("", ENTRY_URL);
	token = shared_token(sent("S15 used", &q, 1), 0);
	session_by_code(token, "会社", "使用", "s15d@example.com");
	assert_err(app_sign_forward(&world.app, STR_NONE, token, &cmd, &faults), ERR_WRONG_STATE);
	/* a mail link is no shared link */
	struct draft_participant r = one("s15e@example.com", ENTRY_MAIL);
	sent("S15 mail", &r, 1);
	assert_err(app_sign_forward(&world.app, STR_NONE,
	               token_in(mail_to("s15e@example.com", "【署名依頼】")), &cmd, &faults),
	    ERR_FORBIDDEN);
}

static void
s16_entry_by_mail_by_url_or_both(void **state)
{
	struct draft_participant p[3] = {one("s16a@example.com", ENTRY_MAIL),
	    one("s16b@example.com", ENTRY_URL), one("s16c@example.com", ENTRY_MAIL | ENTRY_URL)};
	struct envelope_view *v = viewed(sent("S16", p, 3));
	assert_non_null(fake_mail("s16a@example.com", "【署名依頼】", 0));
	assert_null(fake_mail("s16b@example.com", "【署名依頼】", 0));
	assert_non_null(fake_mail("s16c@example.com", "【署名依頼】", 0));
	assert_int_equal(v->participants[0].shared_url.n, 0);
	assert_true(v->participants[1].shared_url.n > 0 && v->participants[2].shared_url.n > 0);
	struct draft_participant none = one("s16d@example.com", 0);
	struct faults faults = {0};
	struct str id;
	assert_ok(app_draft_create(&world.app, &world.user, STR("x"), STR("%PDF-1.7 s16"), &id));
	struct draft_cmd cmd = {id, STR("S16 none"), STR_NONE, &none, 1};
	assert_err(app_draft_save(&world.app, &world.user, &cmd, &faults), ERR_INVALID);
}

static void
s17_s18_s19_the_contract_appears_first_page_first_and_as_a_whole_on_demand(void **state)
{
	struct draft_participant p = one("s17@example.com", ENTRY_MAIL);
	struct str e = sent("S17", &p, 1), session = session_by_mail("s17@example.com"), png, text;
	struct sign_view v = sign_viewed(session);
	struct file_ref f;
	assert_int_equal(v.reached, STEP_REVIEW);
	assert_int_equal(v.pages, 3);
	assert_true(v.page_width_mm[0] == 210 && v.page_height_mm[2] == 297);
	assert_false(v.seen_all);
	assert_ok(app_sign_page(&world.app, session, 1, 720, &png));
	assert_ok(app_sign_text(&world.app, session, 1, &text));
	assert_str(text, "第1条");
	assert_ok(app_sign_text(&world.app, session, 4, &text));
	assert_int_equal(text.n, 0);
	assert_err(app_sign_page(&world.app, session, 4, 720, &png), ERR_NOT_FOUND);
	assert_ok(app_sign_seen_all(&world.app, session));
	assert_ok(app_sign_seen_all(&world.app, session));
	assert_int_equal(audit_count(e, "seen_all"), 1);
	assert_true(sign_viewed(session).seen_all);
	assert_ok(app_sign_pdf(&world.app, session, &f));
	assert_str(f.file_name, "S17.pdf");
	assert_str(sha256_hex(&world.arena, &f.blob), world_c(v.document_sha256)); /* shown = agreed to */
	assert_has(blob_text(&f), "certify");
	assert_has(png, world_c(v.document_sha256));
}

static void
s20_s21_next_moves_on_and_returning_stays_possible(void **state)
{
	struct draft_participant p = one("s20@example.com", ENTRY_MAIL);
	struct str e = sent("S20", &p, 1), session = session_by_mail("s20@example.com");
	bool concluded;
	assert_err(confirm(session, &concluded), ERR_WRONG_STATE);
	assert_ok(app_sign_reviewed(&world.app, session));
	assert_ok(app_sign_reviewed(&world.app, session));
	assert_int_equal(audit_count(e, "reviewed"), 1);
	assert_int_equal(sign_viewed(session).reached, STEP_CONFIRM);
	assert_ok(app_sign_return(&world.app, session, STR("第3条を直してください")));
}

static void
s22_s23_the_reason_is_mandatory(void **state)
{
	struct draft_participant p = one("s22@example.com", ENTRY_MAIL);
	struct str e = sent("S22", &p, 1), session = session_by_mail("s22@example.com");
	struct str blank[] = {STR_NONE, STR(""), STR("  \n\t "), STR("　　\n")};
	for (size_t i = 0; i < sizeof(blank) / sizeof(blank[0]); i++)
		assert_err(app_sign_return(&world.app, session, blank[i]), ERR_REASON);
	char *longer = arena_alloc(&world.arena, 2001);
	memset(longer, 'x', 2001);
	assert_err(app_sign_return(&world.app, session, str_make(longer, 2001)), ERR_INVALID);
	assert_err(app_sign_return(&world.app, session, STR("\xff")), ERR_INVALID);
	assert_int_equal(viewed(e)->state, ENVELOPE_SENT);
	assert_ok(app_sign_return(&world.app, session, str_make(longer, 2000)));
}

static void
s24_a_return_tells_the_sender_and_ends_this_version(void **state)
{
	struct draft_participant p[2] = {
	    one("s24@example.com", ENTRY_MAIL), one("s24b@example.com", ENTRY_MAIL)};
	struct str e = sent("S24", p, 2), a = session_by_mail("s24@example.com"),
	           b = session_by_mail("s24b@example.com");
	struct sign_view v = sign_viewed(b), gone;
	struct link_view lv;
	bool concluded;
	walk(b);
	assert_ok(app_sign_return(&world.app, a, STR("金額を直してください")));
	jobs_run();
	struct envelope_view *ev = viewed(e);
	assert_int_equal(ev->state, ENVELOPE_RETURNED);
	assert_str(ev->return_reason, "金額を直してください");
	assert_has(ev->returned_by, "相手 一郎");
	assert_has(mail_to(ADMIN_MAIL, "【差し戻し】「S24」")->text, "金額を直してください");
	assert_has(mail_to("s24@example.com", "【差し戻し受付】")->text, "金額を直してください");
	assert_err(app_sign_view(&world.app, b, &gone), ERR_RETURNED);
	assert_err(app_sign_confirm(&world.app, b, v.document_sha256, &concluded), ERR_RETURNED);
	assert_err(app_sign_return(&world.app, a, STR("もう一度")), ERR_RETURNED);
	assert_ok(app_link_view(&world.app, token_in(mail_to("s24b@example.com", "【署名依頼】")), &lv));
	assert_int_equal(lv.blocked, ERR_RETURNED);
	assert_int_equal(audit_count(e, "returned"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(s05_accounts_need_a_password_and_lock_after_five_wrong_tries),
	    cmocka_unit_test(s10_every_mail_to_a_counterparty_names_the_guide_and_the_sender),
	    cmocka_unit_test(s11_the_button_of_the_request_mail_opens_the_request_without_a_code),
	    cmocka_unit_test(s12_the_shared_url_asks_who_you_are),
	    cmocka_unit_test(s13_the_right_code_opens_and_wrong_ones_are_refused),
	    cmocka_unit_test(s13_five_wrong_tries_kill_a_code),
	    cmocka_unit_test(s13_a_code_lives_ten_minutes_and_is_replaced_by_the_next),
	    cmocka_unit_test(s13_a_code_is_good_for_its_own_request_only),
	    cmocka_unit_test(s14_whoever_passed_url_and_code_is_the_recorded_party),
	    cmocka_unit_test(s14_another_person_by_the_same_url_begins_anew),
	    cmocka_unit_test(s15_forwarding_makes_the_successor_the_party_and_ends_the_delegators_road),
	    cmocka_unit_test(s15_whoever_holds_an_unused_url_may_forward_it),
	    cmocka_unit_test(s16_entry_by_mail_by_url_or_both),
	    cmocka_unit_test(s17_s18_s19_the_contract_appears_first_page_first_and_as_a_whole_on_demand),
	    cmocka_unit_test(s20_s21_next_moves_on_and_returning_stays_possible),
	    cmocka_unit_test(s22_s23_the_reason_is_mandatory),
	    cmocka_unit_test(s24_a_return_tells_the_sender_and_ends_this_version),
	};
	return cmocka_run_group_tests(tests, world_open, world_close);
}
