/* The rules, exhaustively: every state with every act, every order of signers, and the audit chain. */
#include "audit.h"
#include "envelope.h"
#include "participant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

enum { STATES = ENVELOPE_WITHDRAWN + 1, PARTICIPANT_STATES = PARTICIPANT_DELEGATED + 1 };

/* What each act leads to from each state, written down once more: "." = refused. */
static const char *const table[ENVELOPE_ACT_COUNT] = {
    /*                          draft preparing sent partly sealing completed returned superseded withdrawn */
    [ENVELOPE_ACT_EDIT] = "D........",
    [ENVELOPE_ACT_SEND] = "P........",
    [ENVELOPE_ACT_CERTIFIED] = ".S.......",
    [ENVELOPE_ACT_CONSENT] = "..pp.....",
    [ENVELOPE_ACT_LAST_CONSENT] = "..ss.....",
    [ENVELOPE_ACT_SEALED] = "....s....",
    [ENVELOPE_ACT_COMPLETE] = "....C....",
    [ENVELOPE_ACT_ARCHIVE] = ".....C...",
    [ENVELOPE_ACT_RETURN] = "..RR.....",
    [ENVELOPE_ACT_SUPERSEDE] = "......U..",
    [ENVELOPE_ACT_WITHDRAW] = "..WW..W..",
    [ENVELOPE_ACT_SIGNER] = "..Sp.....",
};
static const char letters[] = "DPSpsCRUW"; /* by enum envelope_state */

static enum err
refusal(enum envelope_state s)
{
	return s == ENVELOPE_RETURNED     ? ERR_RETURNED
	       : s == ENVELOPE_SUPERSEDED ? ERR_SUPERSEDED
	                                  : ERR_WRONG_STATE;
}

static void
every_state_with_every_act(void **state)
{
	for (int act = 0; act < ENVELOPE_ACT_COUNT; act++)
		for (int s = 0; s < STATES; s++) {
			enum envelope_state after = (enum envelope_state)99;
			enum err e = envelope_after((enum envelope_state)s, (enum envelope_act)act, &after);
			if (table[act][s] == '.') {
				assert_int_equal(e, refusal((enum envelope_state)s));
				assert_int_equal(after, 99); /* outputs are written on OK only */
			} else {
				assert_int_equal(e, OK);
				assert_int_equal(letters[after], table[act][s]);
			}
		}
	enum envelope_state untouched;
	assert_int_equal(envelope_after(ENVELOPE_SENT, ENVELOPE_ACT_COUNT, &untouched), ERR_WRONG_STATE);
}

static void
nothing_leads_out_of_the_end_and_nothing_back_to_the_draft(void **state)
{
	for (int act = 0; act < ENVELOPE_ACT_COUNT; act++) {
		assert_int_equal(table[act][ENVELOPE_COMPLETED], act == ENVELOPE_ACT_ARCHIVE ? 'C' : '.');
		assert_int_equal(table[act][ENVELOPE_SUPERSEDED], '.');
		assert_int_equal(table[act][ENVELOPE_WITHDRAWN], '.');
		for (int s = ENVELOPE_PREPARING; s < STATES; s++)
			assert_int_not_equal(table[act][s], 'D');
	}
}

static void
dead_open_and_named(void **state)
{
	static const enum err dead[STATES] = {
	    ERR_WRONG_STATE, ERR_WRONG_STATE, OK, OK, OK, OK, ERR_RETURNED, ERR_SUPERSEDED, ERR_WRONG_STATE};
	static const char *const ja[STATES] = {"下書き", "送信準備中", "先方確認中", "署名中", "締結処理中",
	    "締結済", "差し戻し", "差し替え済み", "取消"};
	for (int s = 0; s < STATES; s++) {
		assert_int_equal(envelope_dead((enum envelope_state)s), dead[s]);
		assert_int_equal(envelope_open((enum envelope_state)s),
		    s == ENVELOPE_SENT || s == ENVELOPE_PARTIALLY_SIGNED);
		assert_string_equal(envelope_state_label((enum envelope_state)s, false), ja[s]);
		assert_true(strlen(envelope_state_label((enum envelope_state)s, true)) > 3);
	}
	assert_string_equal(envelope_state_label((enum envelope_state)STATES, false), "");
	for (int s = 0; s < PARTICIPANT_STATES; s++)
		assert_true(strlen(participant_state_label((enum participant_state)s, s % 2)) > 3);
	assert_string_equal(participant_state_label((enum participant_state)PARTICIPANT_STATES, false), "");
}

static void
who_may_act_in_every_state(void **state)
{
	unsigned allowed = 0;
	for (int e = 0; e < STATES; e++)
		for (int p = 0; p < PARTICIPANT_STATES; p++)
			for (int turn = 0; turn < 2; turn++) {
				enum err got = participant_may_act(
				    (enum envelope_state)e, (enum participant_state)p, turn);
				bool open = e == ENVELOPE_SENT || e == ENVELOPE_PARTIALLY_SIGNED;
				bool on_the_way = p == PARTICIPANT_NOTIFIED || p == PARTICIPANT_OPENED ||
				                  p == PARTICIPANT_REVIEWED;
				assert_int_equal(got == OK, open && on_the_way && turn);
				allowed += got == OK;
				if (p == PARTICIPANT_DELEGATED)
					assert_int_equal(
					    got, ERR_DELEGATED); /* whatever became of the envelope */
				else if (e == ENVELOPE_RETURNED)
					assert_int_equal(got, ERR_RETURNED);
				else if (e == ENVELOPE_SUPERSEDED)
					assert_int_equal(got, ERR_SUPERSEDED);
				else if (!open || p == PARTICIPANT_CONFIRMED || p == PARTICIPANT_RETURNED)
					assert_int_equal(got, ERR_WRONG_STATE);
				else if (got != OK)
					assert_int_equal(got, ERR_NOT_YOUR_TURN);
			}
	assert_int_equal(allowed, 2 * 3);
}

/* All states of three signers in all orders: 7^3 * 3^3 cases against the rule said in another way. */
static void
whose_turn_it_is_in_every_case(void **state)
{
	for (int c = 0; c < 343 * 27; c++) {
		struct party all[3];
		bool come[3], any = false;
		unsigned confirmed, counted = 0, agreed = 0;
		for (int i = 0, s = c % 343, o = c / 343; i < 3; i++, s /= 7, o /= 3)
			all[i] = (struct party){(enum participant_state)(s % 7), (unsigned)(o % 3) + 1};
		bool told = party_turns(all, 3, come);
		for (int i = 0; i < 3; i++) {
			unsigned lowest = 4; /* of those who are still expected to agree */
			for (int k = 0; k < 3; k++) {
				bool expected = all[k].state != PARTICIPANT_CONFIRMED &&
				                all[k].state != PARTICIPANT_DELEGATED;
				if (expected && all[k].order < lowest)
					lowest = all[k].order;
			}
			bool turn = all[i].order <= lowest;
			assert_int_equal(party_has_turn(all, 3, (size_t)i), turn);
			assert_int_equal(come[i], turn && all[i].state == PARTICIPANT_WAITING);
			any |= come[i];
			counted += all[i].state != PARTICIPANT_DELEGATED;
			agreed += all[i].state == PARTICIPANT_CONFIRMED;
		}
		assert_int_equal(told, any);
		assert_int_equal(party_count(all, 3, &confirmed), counted);
		assert_int_equal(confirmed, agreed);
	}
}

static void
how_far_a_signer_is_in_every_case(void **state)
{
	for (unsigned c = 0; c < 64; c++) {
		struct progress p = {.has_documents = c & 1,
		    .has_seal = c & 2,
		    .reviewed = c & 4,
		    .documents_done = c & 8,
		    .has_made = c & 16,
		    .confirmed = c & 32};
		enum sign_step step = progress_reached(&p);
		enum err e = progress_may_confirm(&p);
		bool documents_missing = p.has_documents && !p.documents_done,
		     seal_missing = p.has_seal && !p.has_made;
		if (p.confirmed) {
			assert_int_equal(step, STEP_DONE);
			assert_int_equal(e, ERR_WRONG_STATE);
		} else if (!p.reviewed) {
			assert_int_equal(step, STEP_REVIEW);
			assert_int_equal(e, ERR_WRONG_STATE);
		} else if (documents_missing) {
			assert_int_equal(step, STEP_DOCUMENTS);
			assert_int_equal(e, ERR_DOCUMENT_MISSING);
		} else if (seal_missing) {
			assert_int_equal(step, STEP_SEAL);
			assert_int_equal(e, ERR_SEAL_MISSING);
		} else {
			assert_int_equal(step, STEP_CONFIRM);
			assert_int_equal(e, OK);
		}
	}
}

/* ---- the audit chain ---- */
enum { CHAIN = 6 };

static void
chain_make(struct arena *a, struct audit_event *events, struct str *hashes)
{
	for (int i = 0; i < CHAIN; i++) {
		events[i] = (struct audit_event){.envelope = STR("e"),
		    .seq = i + 1,
		    .at_ms = 1000 + i,
		    .event = audit_name((enum audit_kind)i),
		    .participant = STR("p"),
		    .actor = STR("乙 <otsu@example.com>"),
		    .detail = arena_printf(a, "detail %d", i),
		    .entry = STR("メール"),
		    .authentication = STR("link"),
		    .ip = STR("192.0.2.1"),
		    .user_agent = STR("UA"),
		    .prev = i ? hashes[i - 1] : STR_NONE};
		hashes[i] = audit_hash(a, &events[i]);
	}
}

static void
the_canonical_text_is_one_text(void **state)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct audit_event e = {.envelope = STR("env"),
	    .seq = 7,
	    .at_ms = 1900000000123,
	    .event = STR("returned"),
	    .actor = STR("乙 \"次郎\" <a\\b>"),
	    .detail = STR("一行目\n二行目\t\x01\x1f\r\b\f/é"),
	    .prev = STR("ab")};
	audit_canonical(&e, &b);
	buf_put_byte(&b, 0);
	assert_string_equal(b.p,
	    "{\"actor\":\"乙 \\\"次郎\\\" <a\\\\b>\",\"at_ms\":1900000000123,\"authentication\":\"\","
	    "\"detail\":\"一行目\\n二行目\\t\\u0001\\u001f\\r\\b\\f/é\",\"entry\":\"\",\"envelope\":\"env\","
	    "\"event\":\"returned\",\"ip\":\"\",\"participant\":\"\",\"prev\":\"ab\",\"seq\":7,\"user_"
	    "agent\":\"\"}");
}

static void
canonical_texts_are_appended(void **state)
{
	struct buf b CLEANUP(buf_free) = {0};
	struct audit_event e = {.envelope = STR("x")};
	buf_put_c(&b, "before");
	audit_canonical(&e, &b);
	assert_true(str_starts(buf_str(&b), STR("before{\"actor\":\"\",")));
}

static void
the_hash_is_that_of_the_text(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct audit_event e = {.envelope = STR("e"), .seq = 1, .at_ms = 2, .event = STR("created")};
	struct sha256 d = sha256_of(STR("{\"actor\":\"\",\"at_ms\":2,\"authentication\":\"\",\"detail\":\"\","
	                                "\"entry\":\"\",\"envelope\":\"e\","
	                                "\"event\":\"created\",\"ip\":\"\",\"participant\":\"\",\"prev\":"
	                                "\"\",\"seq\":1,\"user_agent\":\"\"}"));
	assert_true(str_eq(audit_hash(&a, &e), sha256_hex(&a, &d)));
}

static void
a_whole_chain_verifies(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct audit_event events[CHAIN];
	struct str hashes[CHAIN];
	chain_make(&a, events, hashes);
	for (size_t n = 0; n <= CHAIN; n++)
		assert_int_equal(audit_verify(&a, events, hashes, n), 0);
}

static void
a_change_of_any_field_of_any_event_is_found(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct audit_event events[CHAIN];
	struct str hashes[CHAIN];
	for (int i = 0; i < CHAIN; i++)
		for (int field = 0; field < 12; field++) {
			chain_make(&a, events, hashes);
			struct audit_event *e = &events[i];
			struct str *const texts[] = {&e->envelope, &e->event, &e->participant, &e->actor,
			    &e->detail, &e->entry, &e->authentication, &e->ip, &e->user_agent, &e->prev};
			if (field < 10)
				*texts[field] = STR("changed");
			else if (field == 10)
				e->at_ms++;
			else
				e->seq++;
			assert_int_equal(audit_verify(&a, events, hashes, CHAIN), i + 1);
		}
}

/* Whoever rewrites an event with its hash must rewrite all that follow: the next one holds the old hash. */
static void
a_rewritten_event_is_found_at_the_next(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct audit_event events[CHAIN];
	struct str hashes[CHAIN];
	for (int i = 0; i < CHAIN - 1; i++) {
		chain_make(&a, events, hashes);
		events[i].detail = STR("rewritten");
		hashes[i] = audit_hash(&a, &events[i]);
		assert_int_equal(audit_verify(&a, events, hashes, CHAIN), i + 2);
	}
}

/* Removing an event and numbering the rest anew, hashes and all, leaves a prev that points to nothing. */
static void
a_removed_event_is_found(void **state)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct audit_event events[CHAIN];
	struct str hashes[CHAIN];
	for (int gone = 0; gone < CHAIN - 1; gone++) {
		chain_make(&a, events, hashes);
		for (int i = gone; i < CHAIN - 1; i++) {
			events[i] = events[i + 1];
			hashes[i] = hashes[i + 1];
		}
		assert_int_equal(audit_verify(&a, events, hashes, CHAIN - 1), gone + 1);
		for (int i = gone; i < CHAIN - 1; i++) {
			events[i].seq = i + 1;
			hashes[i] = audit_hash(&a, &events[i]);
		}
		assert_int_equal(audit_verify(&a, events, hashes, CHAIN - 1), gone + 1);
	}
}

static void
events_have_names_and_words(void **state)
{
	for (int k = 0; k < AUDIT_COUNT; k++) {
		struct str name = audit_name((enum audit_kind)k);
		assert_true(name.n > 0);
		assert_false(str_eq(audit_words(name, false), name));
		assert_false(str_eq(audit_words(name, true), name));
		for (int other = 0; other < k; other++)
			assert_false(str_eq(name, audit_name((enum audit_kind)other)));
	}
	assert_true(str_eq(audit_words(STR("of_tomorrow"), false), STR("of_tomorrow")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_state_with_every_act),
	    cmocka_unit_test(nothing_leads_out_of_the_end_and_nothing_back_to_the_draft),
	    cmocka_unit_test(dead_open_and_named),
	    cmocka_unit_test(who_may_act_in_every_state),
	    cmocka_unit_test(whose_turn_it_is_in_every_case),
	    cmocka_unit_test(how_far_a_signer_is_in_every_case),
	    cmocka_unit_test(the_canonical_text_is_one_text),
	    cmocka_unit_test(canonical_texts_are_appended),
	    cmocka_unit_test(the_hash_is_that_of_the_text),
	    cmocka_unit_test(a_whole_chain_verifies),
	    cmocka_unit_test(a_change_of_any_field_of_any_event_is_found),
	    cmocka_unit_test(a_rewritten_event_is_found_at_the_next),
	    cmocka_unit_test(a_removed_event_is_found),
	    cmocka_unit_test(events_have_names_and_words),
	};
	return id_init() != OK || cmocka_run_group_tests(tests, NULL, NULL);
}
