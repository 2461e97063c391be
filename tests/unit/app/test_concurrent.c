/* What happens at the same moment: exactly one wins, and what the envelope says is what the audit trail says.
 */
#include "world.h"

#include "app_token.h"

#include <pthread.h>
#include <stdlib.h>

enum { RACES = 2000, PARTIES_MAX = 2, CROWD = 100 };

/* ---- an envelope whose signers are ready to press 締結を確定 ---- */
struct ready {
	struct arena arena;
	struct str envelope, sha256, shared;
	struct str session[PARTIES_MAX];
};

static struct draft_participant
party(void)
{
	return signer_of("競争", "race@example.com", 1, ENTRY_MAIL | ENTRY_URL);
}

static void
make_ready(struct ready *r, unsigned n)
{
	struct draft_participant p[PARTIES_MAX] = {party(), party()};
	struct row_participant_list list;
	struct faults faults = {0};
	arena_reset(&r->arena);
	struct app a = world_app(&r->arena);
	assert_ok(app_draft_create(&a, &world.user, STR("race.pdf"), STR("%PDF-1.7 race"), &r->envelope));
	struct draft_cmd cmd = {r->envelope, STR("競争"), STR_NONE, p, n};
	assert_ok(app_draft_save(&a, &world.user, &cmd, &faults));
	assert_ok(app_envelope_send(&a, &world.user, r->envelope, &faults));
	assert_ok(app_job_certify(&a, STR("job"), r->envelope));
	{
		struct tx tx CLEANUP(tx_end) = {0};
		struct row_envelope e;
		assert_ok(tx_read(world.store, &tx));
		assert_ok(q_envelope_get(&tx, &r->arena, r->envelope, &e));
		assert_ok(q_participants_of(&tx, &r->arena, r->envelope, &list));
		r->sha256 = e.document_sha256;
	}
	r->shared = token_link(&a, LINK_SHARED, list.v[0].id, 0);
	for (unsigned i = 0; i < n; i++) {
		assert_ok(app_link_open(&a, token_link(&a, LINK_MAIL, list.v[i].id, 0), &r->session[i]));
		assert_ok(app_sign_reviewed(&a, r->session[i]));
	}
}

/* What the database says when all is over. */
struct outcome {
	int64_t state, consents, consented, withdrawn, returned;
};

static struct outcome
outcome_of(const struct ready *r)
{
	struct arena own CLEANUP(arena_free) = {0};
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_consent_list consents;
	struct row_envelope e;
	struct outcome o = {.consented = audit_count(r->envelope, "consented"),
	    .withdrawn = audit_count(r->envelope, "withdrawn"),
	    .returned = audit_count(r->envelope, "returned")};
	assert_ok(tx_read(world.store, &tx));
	assert_ok(q_envelope_get(&tx, &own, r->envelope, &e));
	assert_ok(q_consents_of(&tx, &own, r->envelope, &consents));
	o.state = e.state;
	o.consents = (int64_t)consents.n;
	return o;
}

static int64_t
jobs_ordered(const char *kind, struct str envelope)
{
	struct arena own CLEANUP(arena_free) = {0};
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_job_by_dedup row;
	assert_ok(tx_read(world.store, &tx));
	enum err e = q_job_by_dedup(&tx, &own, arena_printf(&own, "%s %.*s", kind, STR_ARG(envelope)), &row);
	return e == OK;
}

/* ---- two threads that start together, again and again ---- */
struct racer;

struct racer {
	pthread_t thread;
	pthread_barrier_t *start, *end;
	struct arena arena;
	const struct ready *ready;
	void (*run)(struct racer *r);
	unsigned number, spin;
	bool stop, concluded;
	enum err result;
};

static void *
race_on(void *arg)
{
	struct racer *r = arg;
	for (;;) {
		pthread_barrier_wait(r->start);
		if (r->stop)
			return NULL;
		for (volatile unsigned i = 0; i < r->spin; i++)
			;
		arena_reset(&r->arena);
		r->run(r);
		pthread_barrier_wait(r->end);
	}
}

struct pair {
	struct racer racer[2];
	pthread_barrier_t start, end;
};

static struct pair *
pair_start(void (*a)(struct racer *r), void (*b)(struct racer *r))
{
	struct pair *p = calloc(1, sizeof(*p));
	assert_non_null(p);
	pthread_barrier_init(&p->start, NULL, 3);
	pthread_barrier_init(&p->end, NULL, 3);
	for (unsigned i = 0; i < 2; i++) {
		p->racer[i] =
		    (struct racer){.start = &p->start, .end = &p->end, .number = i, .run = i ? b : a};
		assert_int_equal(pthread_create(&p->racer[i].thread, NULL, race_on, &p->racer[i]), 0);
	}
	return p;
}

static void
pair_race(struct pair *p, const struct ready *ready)
{
	for (unsigned i = 0; i < 2; i++) {
		p->racer[i].ready = ready;
		p->racer[i].spin = random_below(20000);
	}
	pthread_barrier_wait(&p->start);
	pthread_barrier_wait(&p->end);
}

static void
pair_end(struct pair *p)
{
	p->racer[0].stop = p->racer[1].stop = true;
	pthread_barrier_wait(&p->start);
	for (unsigned i = 0; i < 2; i++) {
		pthread_join(p->racer[i].thread, NULL);
		arena_free(&p->racer[i].arena);
	}
	pthread_barrier_destroy(&p->start);
	pthread_barrier_destroy(&p->end);
	free(p);
}

static void
sign(struct racer *r)
{
	struct app a = world_app(&r->arena);
	r->result = app_sign_confirm(&a, r->ready->session[0], r->ready->sha256, &r->concluded);
}

static void
sign_own(struct racer *r)
{
	struct app a = world_app(&r->arena);
	r->result = app_sign_confirm(&a, r->ready->session[r->number], r->ready->sha256, &r->concluded);
}

static void
withdraw(struct racer *r)
{
	struct app a = world_app(&r->arena);
	r->result = app_envelope_withdraw(&a, &world.user, r->ready->envelope, STR("競争"));
}

static void
give_back(struct racer *r)
{
	struct app a = world_app(&r->arena);
	r->result = app_sign_return(&a, r->ready->session[0], STR("競争"));
}

static void
approve(struct racer *r)
{
	struct app a = world_app(&r->arena);
	r->result = app_job_approve(&a, STR("job"), r->ready->envelope);
}

static void
certify(struct racer *r)
{
	struct app a = world_app(&r->arena);
	r->result = app_job_certificate(&a, STR("job"), r->ready->envelope);
}

static void
one_of_two(void (*other)(struct racer *r), enum envelope_state lost_state, enum err lost_error)
{
	struct pair *p = pair_start(sign, other);
	struct ready ready = {0};
	unsigned signed_n = 0;
	for (unsigned i = 0; i < RACES; i++) {
		make_ready(&ready, 1);
		pair_race(p, &ready);
		struct racer *s = &p->racer[0], *o = &p->racer[1];
		bool won = s->result == OK;
		signed_n += won;
		assert_int_not_equal(won, o->result == OK);
		assert_err(won ? o->result : s->result, won ? ERR_WRONG_STATE : lost_error);
		struct outcome out = outcome_of(&ready);
		assert_int_equal(out.state, won ? ENVELOPE_SEALING : lost_state);
		assert_int_equal(out.consents, won);
		assert_int_equal(out.consented, won);
		assert_int_equal(out.withdrawn + out.returned, !won);
		assert_int_equal(jobs_ordered("approve", ready.envelope), won);
	}
	/* both must have been first at times, else there was no race */
	assert_in_range(signed_n, RACES / 100, RACES - RACES / 100);
	pair_end(p);
	arena_free(&ready.arena);
}

static void
of_consent_and_withdrawal_exactly_one_wins(void **state)
{
	one_of_two(withdraw, ENVELOPE_WITHDRAWN, ERR_WRONG_STATE);
}

static void
of_consent_and_return_exactly_one_wins(void **state)
{
	one_of_two(give_back, ENVELOPE_RETURNED, ERR_RETURNED);
}

static void
two_last_signers_at_once_conclude_once(void **state)
{
	struct pair *p = pair_start(sign_own, sign_own);
	struct ready ready = {0};
	for (unsigned i = 0; i < RACES; i++) {
		make_ready(&ready, 2);
		pair_race(p, &ready);
		assert_ok(p->racer[0].result);
		assert_ok(p->racer[1].result);
		assert_int_not_equal(p->racer[0].concluded, p->racer[1].concluded);
		struct outcome out = outcome_of(&ready);
		assert_int_equal(out.state, ENVELOPE_SEALING);
		assert_int_equal(out.consents, 2);
		assert_int_equal(out.consented, 2);
		assert_int_equal(jobs_ordered("approve", ready.envelope), 1);
	}
	pair_end(p);
	arena_free(&ready.arena);
}

static void
seal_jobs_run_twice_at_once_conclude_once(void **state)
{
	struct pair *seal = pair_start(approve, approve), *issue = pair_start(certify, certify);
	struct ready ready = {0};
	bool concluded;
	for (unsigned i = 0; i < 100; i++) {
		make_ready(&ready, 1);
		struct app a = world_app(&ready.arena);
		assert_ok(app_sign_confirm(&a, ready.session[0], ready.sha256, &concluded));
		pair_race(seal, &ready);
		assert_ok(seal->racer[0].result);
		assert_ok(seal->racer[1].result);
		assert_int_equal(jobs_ordered("certificate", ready.envelope), 1);
		pair_race(issue, &ready);
		assert_ok(issue->racer[0].result);
		assert_ok(issue->racer[1].result);
		assert_int_equal(audit_count(ready.envelope, "sealed"), 1);
		assert_int_equal(audit_count(ready.envelope, "completed"), 1);
		assert_int_equal(outcome_of(&ready).state, ENVELOPE_COMPLETED);
		struct str sql = arena_printf(&ready.arena,
		    "SELECT COUNT(*) FROM revision WHERE envelope_id = '%.*s'", STR_ARG(ready.envelope));
		assert_int_equal(
		    number(arena_cstr(&ready.arena, sql)), 3); /* certification, approval, timestamp */
	}
	pair_end(seal);
	pair_end(issue);
	arena_free(&ready.arena);
}

/* ---- a crowd that does the same thing once ---- */
struct member {
	pthread_t thread;
	pthread_barrier_t *start;
	const struct ready *ready;
	struct str challenge;
	void (*run)(struct app *a, struct member *m);
	enum err result;
	bool concluded;
	unsigned left;
};

static void *
join_in(void *arg)
{
	struct member *m = arg;
	struct arena own CLEANUP(arena_free) = {0};
	struct app a = world_app(&own);
	pthread_barrier_wait(m->start);
	m->run(&a, m);
	return NULL;
}

static void
crowd_run(struct member *crowd, const struct ready *ready, struct str challenge,
    void (*run)(struct app *a, struct member *m))
{
	pthread_barrier_t start;
	pthread_barrier_init(&start, NULL, CROWD);
	for (unsigned i = 0; i < CROWD; i++) {
		crowd[i] =
		    (struct member){.start = &start, .ready = ready, .challenge = challenge, .run = run};
		assert_int_equal(pthread_create(&crowd[i].thread, NULL, join_in, &crowd[i]), 0);
	}
	for (unsigned i = 0; i < CROWD; i++)
		pthread_join(crowd[i].thread, NULL);
	pthread_barrier_destroy(&start);
}

static void
press(struct app *a, struct member *m)
{
	m->result = app_sign_confirm(a, m->ready->session[0], m->ready->sha256, &m->concluded);
}

static void
guess(struct app *a, struct member *m)
{
	struct str session;
	m->result = app_code_verify(a, m->ready->shared, m->challenge, STR("none"), &session, &m->left);
}

static void
ask(struct app *a, struct member *m)
{
	struct identify_cmd cmd = {STR("会社"), STR_NONE, STR("氏名"), STR("crowd@example.com")};
	struct faults faults = {0};
	struct str challenge;
	m->result = app_code_request(a, m->ready->shared, &cmd, &faults, &challenge);
}

static void
a_hundred_equal_presses_are_one_consent_and_a_hundred_equal_answers(void **state)
{
	static struct member crowd[CROWD];
	struct ready ready = {0};
	for (unsigned round = 0; round < 5; round++) {
		make_ready(&ready, 1);
		crowd_run(crowd, &ready, STR_NONE, press);
		for (unsigned i = 0; i < CROWD; i++) {
			assert_ok(crowd[i].result);
			assert_true(crowd[i].concluded);
		}
		struct outcome out = outcome_of(&ready);
		assert_int_equal(out.consents, 1);
		assert_int_equal(out.consented, 1);
	}
	arena_free(&ready.arena);
}

static void
a_crowd_of_guesses_gets_five_looks(void **state)
{
	static struct member crowd[CROWD];
	struct identify_cmd cmd = {STR("会社"), STR_NONE, STR("氏名"), STR("guess@example.com")};
	struct faults faults = {0};
	struct ready ready = {0};
	struct str challenge;
	unsigned wrong = 0, dead = 0;
	make_ready(&ready, 1);
	struct app a = world_app(&ready.arena);
	assert_ok(app_code_request(&a, ready.shared, &cmd, &faults, &challenge));
	crowd_run(crowd, &ready, challenge, guess);
	for (unsigned i = 0; i < CROWD; i++) {
		wrong += crowd[i].result == ERR_CODE_WRONG;
		dead += crowd[i].result == ERR_CODE_DEAD;
	}
	assert_int_equal(wrong, 4);
	assert_int_equal(dead, CROWD - 4);
	assert_int_equal(audit_count(ready.envelope, "code_wrong"), 5);
	arena_free(&ready.arena);
}

static void
a_crowd_that_asks_for_a_code_gets_one(void **state)
{
	static struct member crowd[CROWD];
	struct ready ready = {0};
	unsigned ok = 0, rate = 0;
	make_ready(&ready, 1);
	crowd_run(crowd, &ready, STR_NONE, ask);
	for (unsigned i = 0; i < CROWD; i++) {
		ok += crowd[i].result == OK;
		rate += crowd[i].result == ERR_RATE;
	}
	assert_int_equal(ok, 1);
	assert_int_equal(rate, CROWD - 1);
	assert_int_equal(audit_count(ready.envelope, "code_sent"), 1);
	arena_free(&ready.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(of_consent_and_withdrawal_exactly_one_wins),
	    cmocka_unit_test(of_consent_and_return_exactly_one_wins),
	    cmocka_unit_test(two_last_signers_at_once_conclude_once),
	    cmocka_unit_test(seal_jobs_run_twice_at_once_conclude_once),
	    cmocka_unit_test(a_hundred_equal_presses_are_one_consent_and_a_hundred_equal_answers),
	    cmocka_unit_test(a_crowd_of_guesses_gets_five_looks),
	    cmocka_unit_test(a_crowd_that_asks_for_a_code_gets_one),
	};
	return cmocka_run_group_tests(tests, world_open, world_close);
}
