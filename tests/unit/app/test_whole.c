/* The whole road in one go; what is refused on it; jobs that run again; and that nothing secret lies in the
 * database. */
#include "world.h"

#include "app_token.h"

static void
the_whole_road_from_draft_to_conclusion(void **state)
{
	struct app *a = &world.app;
	struct draft_participant p[2] = {signer_of("甲野 太郎", "koh@example.com", 1, ENTRY_MAIL),
	    signer_of("乙川 次郎", "otsu@example.com", 2, ENTRY_MAIL | ENTRY_URL)};
	struct faults faults = {0};
	struct link_view lv;
	struct sign_view sv;
	struct file_ref f;
	struct str second, gone;
	with_seal(&p[0]);
	with_seal(&p[1]);
	with_request(&p[1], "登記簿", true);
	struct str first = sent("全行程", p, 2);
	assert_str(app_state_label(viewed(first)->state, false), "先方確認中");

	/* the second signer waits; the first agrees by mail */
	assert_null(fake_mail("otsu@example.com", "", 0));
	assert_ok(app_link_view(a, shared_token(first, 1), &lv));
	assert_int_equal(lv.blocked, ERR_NOT_YOUR_TURN);
	assert_false(signed_by(session_by_mail("koh@example.com")));
	jobs_run();
	assert_int_equal(viewed(first)->state, ENVELOPE_PARTIALLY_SIGNED);

	/* the second comes by the URL and a code, and returns it */
	struct str old_mail = token_in(mail_to("otsu@example.com", "【署名依頼】")),
	           old_url = shared_token(first, 1);
	struct str s = session_by_code(old_url, "乙川商店", "乙川 次郎", "otsu@example.com");
	assert_ok(app_sign_seen_all(a, s));
	assert_ok(app_sign_return(a, s, STR("第2条の期日を直してください。")));
	jobs_run();
	assert_int_equal(viewed(first)->state, ENVELOPE_RETURNED);

	/* 第2版: same people, same places, another PDF */
	assert_ok(
	    app_envelope_revise(a, &world.user, first, STR("第2版.pdf"), STR("%PDF-1.7 revised"), &second));
	struct envelope_view *v = viewed(second);
	assert_int_equal(v->version, 2);
	assert_str(v->title, "全行程");
	assert_int_equal(v->participants_n, 2);
	assert_int_equal(v->participants[1].draft.requests_n, 1);
	assert_int_equal(v->participants[1].draft.places_n, 1);
	assert_err(
	    app_envelope_revise(a, &world.user, first, STR("x"), STR("%PDF-1.7 again"), &gone), ERR_STALE);
	assert_ok(app_link_view(a, old_mail, &lv));
	assert_int_equal(lv.blocked, ERR_RETURNED); /* until the next version is sent */
	assert_ok(app_envelope_send(a, &world.user, second, &faults));
	jobs_run();
	assert_ok(app_link_view(a, old_mail, &lv));
	assert_int_equal(lv.blocked, ERR_SUPERSEDED);
	assert_ok(app_link_view(a, old_url, &lv));
	assert_int_equal(lv.blocked, ERR_SUPERSEDED);
	assert_err(app_link_open(a, old_mail, &gone), ERR_SUPERSEDED);
	assert_err(app_sign_view(a, s, &sv), ERR_SUPERSEDED);
	v = viewed(first);
	assert_int_equal(v->state, ENVELOPE_SUPERSEDED);
	assert_true(str_eq(v->superseded_by, second));

	/* the first signer agrees again, the second forwards, the successor agrees */
	const struct mail *m = mail_to("koh@example.com", "【修正版】「全行程（第2版）」");
	assert_has(m->text, "第2条の期日を直してください。"); /* why there is a new version */
	assert_false(signed_by(session_by_mail("koh@example.com")));
	jobs_run();
	struct forward_cmd cmd = {.company = STR("乙川商店"),
	    .name = STR("代表 三郎"),
	    .mail = STR("daihyo@example.com"),
	    .mail_again = STR("daihyo@example.com"),
	    .message = STR("権限があるため"),
	    .authority = true};
	assert_ok(app_sign_forward(a, session_by_mail("otsu@example.com"), STR_NONE, &cmd, &faults));
	jobs_run();
	assert_true(signed_by(session_by_mail("daihyo@example.com")));
	jobs_run();
	v = viewed(second);
	assert_int_equal(v->state, ENVELOPE_COMPLETED);
	assert_int_equal(v->participants_n, 3);
	assert_ok(app_keep_download(
	    a, token_in(mail_to("daihyo@example.com", "【締結完了】")), STR_NONE, DOWNLOAD_CONTRACT, &f));
	assert_has(blob_text(&f), "%PDF-1.7 revised");
	assert_has(blob_text(&f), "name=乙川商店 代表 三郎");
	const struct certificate *c = fake_certificate(STR("全行程"));
	assert_int_equal(c->version, 2);
	assert_int_equal(c->parties_n, 2);
	assert_str(c->parties[1].name, "代表 三郎");
	assert_int_equal(c->delegations_n, 1);
	assert_str(c->history[0].what.ja, "第1版：送信（原本を確定）");
	assert_str(c->history[2].what.ja, "第1版：差し戻し");
	assert_str(c->history[2].detail, "第2条の期日を直してください。");
	assert_str(c->history[3].what.ja, "第1版：新しい版に差し替え");
	assert_str(c->history[4].what.ja, "第2版：下書きを作成");
	assert_str(c->history[4].what.en, "Version 2: Draft made");
	assert_str(c->delegations[0].reason, "権限があるため");
	assert_has(c->delegations[0].from, "乙川 次郎");
	assert_str(c->delegations[0].to, "乙川商店 代表 三郎 <daihyo@example.com>");
	/* requests of both versions, the code, the receipt of the return, the forwarded request */
	assert_int_equal(c->mails_n, 7);
	unsigned requests = 0; /* they may bear the same time */
	for (size_t i = 0; i < c->mails_n; i++)
		requests += str_eq(c->mails[i].what.ja, STR("署名の依頼"));
	assert_int_equal(requests, 4);
	assert_int_equal(audit_count(first, "superseded"), 1);
	assert_int_equal(audit_count(second, "consented"), 2);

	/* the list shows the contract once, as its newest version */
	struct envelope_list list;
	assert_ok(app_envelope_list(a, &world.user, STR_NONE, &list));
	unsigned seen = 0;
	for (size_t i = 0; i < list.n; i++)
		if (str_eq(list.rows[i].title, STR("全行程"))) {
			seen++;
			assert_int_equal(list.rows[i].version, 2);
			assert_int_equal(list.rows[i].confirmed_n, 2);
			assert_int_equal(list.rows[i].participants_n, 2);
		}
	assert_int_equal(seen, 1);
}

static void
tokens_codes_and_sessions_are_nowhere_in_the_database(void **state)
{
	struct app *a = &world.app;
	struct draft_participant p = signer_of("秘密", "secret@example.com", 1, ENTRY_MAIL | ENTRY_URL);
	struct str e = sent("秘密", &p, 1), mail = token_in(mail_to("secret@example.com", "【署名依頼】"));
	struct str shared = shared_token(e, 0), session, challenge;
	struct identify_cmd cmd = {STR("会社"), STR_NONE, STR("氏名"), STR("secret@example.com")};
	struct faults faults = {0};
	unsigned left;
	assert_ok(app_code_request(a, shared, &cmd, &faults, &challenge));
	jobs_run();
	struct str code = code_in(mail_to("secret@example.com", "【認証コード】"));
	struct str by_mail = session_by_mail("secret@example.com");
	assert_ok(app_code_verify(a, shared, challenge, code, &session, &left));
	signed_by(session);
	jobs_run();
	struct str keep = token_in(mail_to("secret@example.com", "【締結完了】"));
	struct str keep_sender = token_in(mail_to(ADMIN_MAIL, "【締結完了】「秘密」"));
	struct str secrets[] = {mail, shared, session, by_mail, keep, keep_sender};
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		assert_false(database_holds(secrets[i]));
		assert_true(
		    database_holds(token_hash(&world.arena, secrets[i]))); /* it would have been found */
	}
	assert_false(database_holds(str_make(world.config.link_key, sizeof(world.config.link_key))));
	/* six digits may stand anywhere by chance; not alone in a column of the codes' tables */
	struct str sql = arena_printf(&world.arena,
	    "SELECT COUNT(*) FROM challenge WHERE '%.*s' IN (id, company, title, name, mail, language)",
	    STR_ARG(code));
	assert_int_equal(number(world_c(sql)), 0);
}

static void
a_version_after_forwarding_goes_to_the_successor_alone(void **state)
{
	struct app *a = &world.app;
	struct draft_participant p = signer_of("前任", "before@example.com", 1, ENTRY_MAIL);
	struct str first = sent("後任", &p, 1), second, old = session_by_mail("before@example.com");
	struct forward_cmd cmd = {.company = STR("会社"),
	    .name = STR("後任"),
	    .mail = STR("after@example.com"),
	    .mail_again = STR("after@example.com"),
	    .authority = true};
	struct faults faults = {0};
	struct keep_view k;
	assert_ok(app_sign_forward(a, old, STR_NONE, &cmd, &faults));
	jobs_run();
	assert_err(app_keep_view(a, STR_NONE, old, &k), ERR_DELEGATED);
	assert_err(app_keep_view(a, token_in(mail_to("before@example.com", "【署名依頼】")), STR_NONE, &k),
	    ERR_DELEGATED);
	assert_ok(app_sign_return(a, session_by_mail("after@example.com"), STR("直してください")));
	assert_ok(app_envelope_revise(a, &world.user, first, STR("x.pdf"), STR("%PDF-1.7 after"), &second));
	assert_int_equal(viewed(second)->participants_n, 1);
	assert_str(viewed(second)->participants[0].draft.mail, "after@example.com");
	assert_ok(app_envelope_send(a, &world.user, second, &faults));
	jobs_run();
	/* a request is no keep link as long as its signer has not agreed */
	struct str link = token_in(mail_to("after@example.com", "【修正版】"));
	assert_err(app_keep_view(a, link, STR_NONE, &k), ERR_WRONG_STATE);
	assert_true(signed_by(session_by_mail("after@example.com")));
	assert_ok(app_keep_view(a, link, STR_NONE, &k));
	assert_false(k.contract_ready);
}

static void
a_withdrawn_request_is_dead_for_everybody(void **state)
{
	struct app *a = &world.app;
	struct draft_participant p[2] = {signer_of("一", "w1@example.com", 1, ENTRY_MAIL),
	    signer_of("二", "w2@example.com", 2, ENTRY_MAIL)};
	struct str e = sent("取消", p, 2), s = session_by_mail("w1@example.com"), token;
	struct sign_view v = sign_viewed(s), gone;
	struct link_view lv;
	bool concluded;
	assert_ok(app_sign_reviewed(a, s));
	struct user stranger = world.user;
	stranger.organisation = STR("another");
	assert_err(app_envelope_withdraw(a, &stranger, e, STR("x")), ERR_NOT_FOUND);
	assert_err(app_envelope_withdraw(a, &world.user, e, STR("　")), ERR_REASON);
	assert_ok(app_envelope_withdraw(a, &world.user, e, STR("条件が変わったため")));
	jobs_run();
	assert_err(app_envelope_withdraw(a, &world.user, e, STR("もう一度")), ERR_WRONG_STATE);
	assert_err(app_sign_view(a, s, &gone), ERR_WRONG_STATE);
	assert_err(app_sign_confirm(a, s, v.document_sha256, &concluded), ERR_WRONG_STATE);
	token = token_in(mail_to("w1@example.com", "【署名依頼】"));
	assert_ok(app_link_view(a, token, &lv));
	assert_int_equal(lv.blocked, ERR_WRONG_STATE);
	assert_has(mail_to("w1@example.com", "【取消】")->text, "条件が変わったため");
	assert_null(fake_mail("w2@example.com", "", 0)); /* who was never asked is not told */
	assert_int_equal(audit_count(e, "withdrawn"), 1);
}

static void
whose_turn_it_is_not_may_do_nothing(void **state)
{
	struct app *a = &world.app;
	struct draft_participant p[3] = {signer_of("一", "t1@example.com", 2, ENTRY_MAIL),
	    signer_of("二", "t2@example.com", 1, ENTRY_MAIL),
	    signer_of("三", "t3@example.com", 1, ENTRY_MAIL)};
	struct str e = sent("順番", p, 3), session;
	assert_null(fake_mail("t1@example.com", "", 0));
	/* the link exists already; knowing it does not help */
	struct str early = token_link(a, LINK_MAIL, viewed(e)->participants[0].id, 0);
	assert_err(app_link_open(a, early, &session), ERR_NOT_YOUR_TURN);
	signed_by(session_by_mail("t2@example.com"));
	jobs_run();
	assert_err(app_link_open(a, early, &session), ERR_NOT_YOUR_TURN);
	signed_by(session_by_mail("t3@example.com"));
	jobs_run();
	assert_true(str_eq(token_in(mail_to("t1@example.com", "【署名依頼】")), early));
	assert_ok(app_link_open(a, early, &session));
	assert_true(signed_by(session));
}

static void
drafts_are_checked_and_only_whole_ones_are_sent(void **state)
{
	struct app *a = &world.app;
	struct faults faults = {0};
	struct str id;
	assert_err(app_draft_create(a, &world.user, STR("x.pdf"), STR("MZ"), &id), ERR_NOT_PDF);
	assert_ok(app_draft_create(a, &world.user, STR("契約.PDF"), STR("%PDF-1.7 draft"), &id));
	assert_str(viewed(id)->title, "契約");
	assert_err(app_envelope_send(a, &world.user, id, &faults), ERR_INVALID); /* nobody signs */
	struct draft_participant p = signer_of("", "", 1, ENTRY_MAIL);
	p.seal_required = true;
	struct draft_cmd cmd = {id, STR("契約"), STR_NONE, &p, 1};
	assert_ok(app_draft_save(a, &world.user, &cmd, &faults)); /* work may go on later */
	assert_err(app_envelope_send(a, &world.user, id, &faults), ERR_INVALID);
	assert_int_equal(faults.n, 3);
	p = signer_of("人", "draft@example.com", 1, ENTRY_MAIL);
	with_seal(&p);
	const struct place off[] = {{4, 10, 10, 12}, {0, 10, 10, 12}, {1, 205, 10, 12}, {1, 10, 290, 12},
	    {1, -1, 10, 12}, {1, 10, 10, 4}, {1, 10, 10, 61}};
	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		p.places[0] = off[i];
		assert_err(app_draft_save(a, &world.user, &cmd, &faults), ERR_INVALID);
		assert_str(faults.v[0].field, "p1-places");
	}
	p.places[0] = (struct place){1, 10, 10, 12};
	cmd.title = STR("");
	assert_err(app_draft_save(a, &world.user, &cmd, &faults), ERR_INVALID);
	cmd.title = STR("契約");
	assert_ok(app_draft_save(a, &world.user, &cmd, &faults));
	assert_ok(app_envelope_send(a, &world.user, id, &faults));
	assert_err(app_envelope_send(a, &world.user, id, &faults), ERR_WRONG_STATE);
	assert_err(app_draft_save(a, &world.user, &cmd, &faults), ERR_WRONG_STATE);
	assert_err(
	    app_envelope_withdraw(a, &world.user, id, STR("x")), ERR_WRONG_STATE); /* still being prepared */
	jobs_run();
	assert_int_equal(audit_count(id, "sent"), 1);
}

static void
the_sample_contract_is_ready_to_send(void **state)
{
	struct faults faults = {0};
	struct str id;
	assert_ok(app_draft_sample(&world.app, &world.user, &id));
	assert_ok(app_envelope_send(&world.app, &world.user, id, &faults));
	jobs_run();
	assert_false(signed_by(session_by_mail(ADMIN_MAIL)));
	jobs_run();
	assert_true(signed_by(session_by_mail(ADMIN_MAIL)));
	jobs_run();
	assert_int_equal(viewed(id)->state, ENVELOPE_COMPLETED);
}

static void
jobs_run_again_change_nothing(void **state)
{
	struct app *a = &world.app;
	struct draft_participant p = signer_of("再実行", "again@example.com", 1, ENTRY_MAIL);
	struct str e = sent("再実行", &p, 1);
	unsigned certified = fake_seals(FAKE_CERTIFY), stamped = fake_seals(FAKE_TIMESTAMP);
	assert_ok(app_job_certify(a, STR("again"), e));
	assert_ok(app_job_approve(a, STR("early"), e));     /* consents are missing */
	assert_ok(app_job_certificate(a, STR("early"), e)); /* nothing to certify yet */
	assert_int_equal(fake_seals(FAKE_CERTIFY), certified);
	assert_int_equal(audit_count(e, "sent"), 1);
	signed_by(session_by_mail("again@example.com"));

	fake_tsa_fail(2); /* the consent is kept and the job tried again */
	jobs_run();
	assert_int_equal(viewed(e)->state, ENVELOPE_SEALING);
	assert_true(viewed(e)->awaits_timestamp && !viewed(e)->timestamp_late);
	assert_int_equal(viewed(e)->problem_ja.n, 0); /* it has words of its own */
	later(a->config->timestamp_alarm_ms);
	assert_true(viewed(e)->awaits_timestamp && viewed(e)->timestamp_late);
	jobs_run();
	assert_int_equal(viewed(e)->state, ENVELOPE_SEALING);
	later(1000);
	jobs_run();
	assert_int_equal(viewed(e)->state, ENVELOPE_COMPLETED);
	assert_false(viewed(e)->awaits_timestamp || viewed(e)->timestamp_late);
	assert_int_equal(viewed(e)->problem_ja.n, 0);
	assert_int_equal(fake_seals(FAKE_TIMESTAMP), stamped + 1);

	struct row_envelope before = envelope_row_of(e);
	assert_ok(app_job_approve(a, STR("again"), e));
	assert_ok(app_job_conclude(a, STR("again"), e));
	assert_ok(app_job_certificate(a, STR("again"), e));
	jobs_run();
	struct row_envelope after = envelope_row_of(e);
	assert_int_equal(before.version, after.version);
	assert_true(str_eq(before.concluded_sha256, after.concluded_sha256));
	assert_true(str_eq(before.certificate_sha256, after.certificate_sha256));
	assert_int_equal(fake_seals(FAKE_TIMESTAMP), stamped + 1);
	assert_int_equal(fake_mails_n("again@example.com", "【締結完了】"), 1);
	assert_int_equal(audit_count(e, "sealed"), 1);
	assert_int_equal(audit_count(e, "completed"), 1);
}

static void
a_concluded_contract_is_archived_and_renewed(void **state)
{
	struct app *a = &world.app;
	const int64_t years = 9LL * 365 * 86400000;
	later(a->config->archive_after_ms);
	jobs_run(); /* those of the tests before */
	struct draft_participant p = signer_of("保管", "archive@example.com", 1, ENTRY_MAIL);
	struct str e = sent("長期保管", &p, 1);
	signed_by(session_by_mail("archive@example.com"));
	jobs_run();
	struct row_envelope done = envelope_row_of(e);
	assert_int_equal(done.state, ENVELOPE_COMPLETED);
	assert_int_equal(done.archived_sha256.n, 0); /* not before its time */
	unsigned archived = fake_seals(FAKE_ARCHIVE);

	fake_renew_at(world.now_ms + years);
	fake_tsa_fail(1); /* tried again, and the contract is concluded all the while */
	later(300000);
	jobs_run();
	assert_int_equal(envelope_row_of(e).archived_sha256.n, 0);
	later(60000);
	jobs_run();
	struct row_envelope first = envelope_row_of(e);
	assert_int_equal(fake_seals(FAKE_ARCHIVE), archived + 2); /* the contract, its certificate */
	assert_true(first.archived_sha256.n && first.archived_certificate_sha256.n);
	assert_true(
	    str_eq(first.concluded_sha256, done.concluded_sha256)); /* what was concluded stays known */
	assert_int_equal(first.updated_ms, done.updated_ms);
	assert_int_equal(audit_count(e, "archived"), 1);
	struct file_ref file;
	assert_ok(app_envelope_download(a, &world.user, e, DOWNLOAD_CONTRACT, &file));
	assert_true(str_eq(sha256_hex(a->arena, &file.blob), first.archived_sha256));

	assert_ok(app_job_archive(a, STR("again"), e)); /* not due: nothing happens */
	assert_int_equal(fake_seals(FAKE_ARCHIVE), archived + 2);
	int64_t due = first.renew_after_ms;
	fake_renew_at(due + years);
	later(due - world.now_ms);
	jobs_run();
	assert_int_equal(fake_seals(FAKE_ARCHIVE), archived + 4);
	struct row_envelope second = envelope_row_of(e);
	assert_int_equal(second.renew_after_ms, due + years);
	assert_false(str_eq(second.archived_sha256, first.archived_sha256));
	assert_int_equal(audit_count(e, "archived"), 2);

	int64_t ordered; /* before its time, by hand: once, and the plan goes on from there */
	assert_ok(app_archive_order(a, second.renew_after_ms - 1, &ordered));
	assert_int_equal(ordered, 0);
	assert_ok(app_archive_order(a, second.renew_after_ms, &ordered));
	assert_int_equal(ordered, 1);
	later(1000);
	fake_renew_at(world.now_ms + years);
	jobs_run();
	assert_int_equal(fake_seals(FAKE_ARCHIVE), archived + 6);
	assert_int_equal(envelope_row_of(e).renew_after_ms, world.now_ms + years);
	later(due + years - world.now_ms); /* what had been planned comes to nothing */
	jobs_run();
	assert_int_equal(fake_seals(FAKE_ARCHIVE), archived + 6);
	assert_int_equal(audit_count(e, "archived"), 3);
}

static void
a_mail_refused_for_good_is_shown_and_one_that_may_pass_is_tried_again(void **state)
{
	struct draft_participant p = signer_of("不達", "refused@example.com", 1, ENTRY_MAIL);
	fake_mail_refuse("refused@example.com", ERR_SMTP);
	struct str e = sent("不達", &p, 1);
	assert_int_equal(viewed(e)->participants[0].mail_problem.n, 0);
	later(1000);
	fake_mail_refuse("refused@example.com", ERR_INVALID);
	jobs_run();
	assert_str(viewed(e)->participants[0].mail_problem, "550 no such user");
	assert_int_equal(audit_count(e, "mail_refused"), 1);
	fake_mail_refuse("", OK);
	later(10000);
	assert_int_equal(jobs_run(), 0);
}

static void
another_organisation_sees_nothing(void **state)
{
	struct app *a = &world.app;
	struct draft_participant p = signer_of("他社", "other@example.com", 1, ENTRY_MAIL);
	struct str e = sent("他社", &p, 1), png, next;
	struct user stranger = world.user;
	struct envelope_view *v = ARENA_NEW(&world.arena, struct envelope_view);
	struct envelope_list list;
	struct faults faults = {0};
	struct draft_cmd cmd = {e, STR("x"), STR_NONE, &p, 1};
	stranger.organisation = STR("another");
	assert_err(app_envelope_view(a, &stranger, e, v), ERR_NOT_FOUND);
	assert_err(app_envelope_page(a, &stranger, e, 1, 720, &png), ERR_NOT_FOUND);
	assert_err(app_envelope_send(a, &stranger, e, &faults), ERR_NOT_FOUND);
	assert_err(app_draft_save(a, &stranger, &cmd, &faults), ERR_NOT_FOUND);
	assert_err(app_envelope_revise(a, &stranger, e, STR("x"), STR("%PDF-1.7"), &next), ERR_NOT_FOUND);
	assert_ok(app_envelope_list(a, &stranger, STR_NONE, &list));
	assert_int_equal(list.n, 0);
	assert_ok(app_envelope_page(a, &world.user, e, 1, 720, &png));
}

static void
the_list_goes_on_page_by_page(void **state)
{
	struct app *a = &world.app;
	struct str after = STR_NONE;
	int64_t all, last = INT64_MAX;
	size_t seen = 0, pages = 0;
	for (unsigned i = 0; i < 105; i++) {
		struct str id;
		assert_ok(app_draft_create(
		    a, &world.user, STR("l"), arena_printf(&world.arena, "%%PDF-1.7 list %u", i), &id));
		if (i % 3 == 0) /* many of the same time */
			later(1);
	}
	all = number("SELECT COUNT(*) FROM envelope WHERE state <> 7");
	do {
		struct envelope_list list;
		assert_ok(app_envelope_list(a, &world.user, after, &list));
		assert_true(list.n <= 50);
		for (size_t i = 0; i < list.n; i++) {
			assert_true(list.rows[i].updated_ms <= last);
			last = list.rows[i].updated_ms;
		}
		seen += list.n;
		pages++;
		after = list.next;
	} while (after.n);
	assert_int_equal(seen, all);
	assert_int_equal(pages, (size_t)(all + 49) / 50);
	struct envelope_list list;
	assert_ok(app_envelope_list(a, &world.user, STR("rubbish"), &list)); /* begins again */
	assert_int_equal(list.n, 50);
}

static void
signer_sessions_end_after_twelve_hours(void **state)
{
	struct draft_participant p = signer_of("期限", "old@example.com", 1, ENTRY_MAIL);
	sent("期限", &p, 1);
	struct str s = session_by_mail("old@example.com");
	struct sign_view v;
	later(12LL * 3600 * 1000 - 1);
	assert_ok(app_sign_view(&world.app, s, &v));
	later(1);
	assert_err(app_sign_view(&world.app, s, &v), ERR_LOGIN);
	assert_err(app_sign_view(&world.app, STR_NONE, &v), ERR_LOGIN);
	assert_err(app_sign_view(&world.app, STR("made up"), &v), ERR_LOGIN);
	assert_ok(
	    app_sign_view(&world.app, session_by_mail("old@example.com"), &v)); /* the link goes on working */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_whole_road_from_draft_to_conclusion),
	    cmocka_unit_test(tokens_codes_and_sessions_are_nowhere_in_the_database),
	    cmocka_unit_test(a_version_after_forwarding_goes_to_the_successor_alone),
	    cmocka_unit_test(a_withdrawn_request_is_dead_for_everybody),
	    cmocka_unit_test(whose_turn_it_is_not_may_do_nothing),
	    cmocka_unit_test(drafts_are_checked_and_only_whole_ones_are_sent),
	    cmocka_unit_test(the_sample_contract_is_ready_to_send),
	    cmocka_unit_test(jobs_run_again_change_nothing),
	    cmocka_unit_test(a_concluded_contract_is_archived_and_renewed),
	    cmocka_unit_test(a_mail_refused_for_good_is_shown_and_one_that_may_pass_is_tried_again),
	    cmocka_unit_test(another_organisation_sees_nothing),
	    cmocka_unit_test(the_list_goes_on_page_by_page),
	    cmocka_unit_test(signer_sessions_end_after_twelve_hours),
	};
	return cmocka_run_group_tests(tests, world_open, world_close);
}
