/* The client of a timestamp authority: takes what is right, and of what is wrong nothing. */
#include "authority.h"
#include "clock.h"
#include "tsa.h"

#include <openssl/ts.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { TIMEOUT_MS = 10000 };

static struct scratch p256, rsa;
static const char *policy; /* asked for; NULL: any */
static struct authority authority, rsa_authority;

static int
open_all(void **state)
{
	(void)state;
	return scratch_open(&p256, KEY_P256) && scratch_open(&rsa, KEY_RSA3072) &&
	               authority_open(&authority, &p256) && authority_open(&rsa_authority, &rsa)
	           ? 0
	           : -1;
}

static int
close_all(void **state)
{
	(void)state;
	authority_close(&authority);
	authority_close(&rsa_authority);
	scratch_close(&p256);
	scratch_close(&rsa);
	return 0;
}

static struct str
read_pem(struct scratch *s, const char *path)
{
	char *text = arena_alloc(&s->a, 16384);
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(text, 1, 16384, f) : 0;

	if (f)
		fclose(f);
	return str_make(text, n);
}

static const char *
anchor(struct scratch *s)
{
	return arena_cstr(&s->a, arena_printf(&s->a, "%s/ca.pem", s->key_dir));
}

/* One question to an authority that behaves so. On failure the outputs must be as they were. */
static enum err
ask(struct authority *t, enum behaviour behaviour, const char *trust, struct str *ret, int64_t *ret_time_ms)
{
	struct sha256 digest = sha256_of(STR("契約書"));
	pthread_t thread;
	struct tsa *tsa;
	enum err e;

	*ret = STR("untouched");
	*ret_time_ms = -1;
	t->behaviour = behaviour;
	struct tsa_settings settings = {.url = str_c(t->url),
	    .trust_pem = trust ? read_pem(t->s, trust) : STR_NONE,
	    .policy = str_c(policy)};
	assert_int_equal(tsa_remote(&t->s->a, &settings, &tsa), OK);
	assert_int_equal(pthread_create(&thread, NULL, authority_serve_one, t), 0);
	e = tsa_token(tsa, STR("test"), &digest, &t->s->a, ret, ret_time_ms);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_true(t->answered);
	if (e != OK)
		assert_true(str_eq(*ret, STR("untouched")) && *ret_time_ms == -1);
	return e;
}

static enum err
outcome(enum behaviour behaviour)
{
	struct str token;
	int64_t time_ms;

	return ask(&authority, behaviour, anchor(&p256), &token, &time_ms);
}

static void
assert_good(struct authority *t, enum behaviour behaviour, const char *trust)
{
	struct str token, said;
	int64_t time_ms;

	assert_int_equal(ask(t, behaviour, trust, &token, &time_ms), OK);
	assert_true(time_ms > clock_utc_ms() - 30000 && time_ms < clock_utc_ms() + 30000);
	const char *in = scratch_write(t->s, "token.der", token),
	           *data = scratch_write(t->s, "data", STR("契約書"));
	const char *const argv[] = {
	    "openssl", "ts", "-verify", "-token_in", "-in", in, "-data", data, "-CAfile", anchor(t->s), NULL};
	if (scratch_run(t->s, argv, &said) != 0)
		fail_msg("%.*s", STR_ARG(said));
}

static void
good_answers_are_taken(void **state)
{
	(void)state;
	assert_good(&authority, GOOD, anchor(&p256));
	assert_good(&authority, GOOD, NULL);
	assert_good(&authority, GOOD_ESS_V1, anchor(&p256));
	assert_good(&rsa_authority, GOOD, anchor(&rsa));
}

static TS_REQ *
question(void)
{
	const unsigned char *p = authority.question;
	TS_REQ *q = d2i_TS_REQ(NULL, &p, (long)authority.question_n);

	assert_non_null(q);
	assert_ptr_equal(p, authority.question + authority.question_n);
	return q;
}

/* RFC 3161 2.4.1, 3.4 */
static void
the_question_is_well_formed(void **state)
{
	struct sha256 digest = sha256_of(STR("契約書"));
	ASN1_INTEGER *before = NULL;

	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(outcome(GOOD), OK);
		TS_REQ *q = question();
		ASN1_OCTET_STRING *imprint = TS_MSG_IMPRINT_get_msg(TS_REQ_get_msg_imprint(q));

		assert_true(str_starts(str_c(authority.head), STR("POST /tsa HTTP/1.1\r\n")));
		assert_non_null(strcasestr(authority.head, "content-type: application/timestamp-query"));
		assert_int_equal(TS_REQ_get_version(q), 1);
		assert_true(TS_REQ_get_cert_req(q));
		assert_int_equal(ASN1_STRING_length(imprint), SHA256_LENGTH);
		assert_memory_equal(ASN1_STRING_get0_data(imprint), digest.b, SHA256_LENGTH);
		assert_non_null(TS_REQ_get_nonce(q));
		assert_true(ASN1_STRING_length(TS_REQ_get_nonce(q)) >= 8);
		if (before)
			assert_int_not_equal(ASN1_INTEGER_cmp(before, TS_REQ_get_nonce(q)), 0);
		ASN1_INTEGER_free(before);
		before = ASN1_INTEGER_dup(TS_REQ_get_nonce(q));
		TS_REQ_free(q);
	}
	ASN1_INTEGER_free(before);
}

static void
wrong_nonce_is_refused(void **state)
{
	(void)state;
	assert_int_equal(outcome(WRONG_NONCE), ERR_TSA);
	assert_int_equal(outcome(NO_NONCE), ERR_TSA);
}

static void
wrong_answers_are_refused(void **state)
{
	static const enum behaviour bad[] = {WRONG_IMPRINT, WRONG_PURPOSE, WITHOUT_CERTIFICATES, LATE, EARLY,
	    REJECTED, REJECTED_WITH_TOKEN, TRAILING_BYTES, TRUNCATED, GARBAGE, EMPTY, OVERSIZED, ENDLESS,
	    NOT_FOUND, REDIRECT};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (outcome(bad[i]) != ERR_TSA)
			fail_msg("behaviour %d was not refused", (int)bad[i]);
}

static void
foreign_chains_are_refused(void **state)
{
	struct str token;
	int64_t time_ms;

	(void)state;
	assert_int_equal(ask(&authority, GOOD, anchor(&rsa), &token, &time_ms), ERR_TSA);
	assert_int_equal(ask(&authority, GOOD, NULL, &token, &time_ms), OK);
}

/* Of one changed bit anywhere in an answer nothing may be believed. The one exception changes no meaning: the
 * status granted (0) becomes granted with changes (1), at the first byte after the headers of three values.
 */
static void
no_flipped_bit_is_overlooked(void **state)
{
	enum { STATUS_BIT = 8 * (4 + 2 + 2), BYTES_MAX = 1600, CASE_BIT = 5 };

	(void)state;
	/* Of every byte one bit by chance and the one that tells small letters from capitals. */
	for (unsigned i = 0; i < 2 * BYTES_MAX; i++) {
		struct str token;
		int64_t time_ms;

		authority.flip = i / 2 * 8 + (i % 2 ? CASE_BIT : random_below(8));
		if (ask(&authority, GOOD_BUT_FLIPPED, anchor(&p256), &token, &time_ms) == OK &&
		    authority.flip != STATUS_BIT)
			fail_msg("bit %zu was overlooked", authority.flip);
	}
	authority.flip = STATUS_BIT;
	assert_good(&authority, GOOD_BUT_FLIPPED, anchor(&p256));
}

static void
silence_ends(void **state)
{
	int64_t began_ms = clock_monotonic_ms(), took_ms;

	(void)state;
	assert_int_equal(outcome(SILENT), ERR_TSA);
	took_ms = clock_monotonic_ms() - began_ms;
	assert_true(took_ms >= TIMEOUT_MS - 500 && took_ms < TIMEOUT_MS + 3000);
}

static void
absence_is_told(void **state)
{
	static const char *const urls[] = {
	    "http://127.0.0.1:1/", "file:///etc/passwd", "ftp://127.0.0.1/", "", "::"};
	struct sha256 digest = sha256_of(STR("契約書"));

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct tsa *tsa;
		struct str token;
		int64_t time_ms;

		assert_int_equal(
		    tsa_remote(&p256.a, &(struct tsa_settings){.url = str_c(urls[i])}, &tsa), OK);
		assert_int_equal(tsa_token(tsa, STR("test"), &digest, &p256.a, &token, &time_ms), ERR_TSA);
	}
}

static void
missing_anchors_are_told(void **state)
{
	struct tsa_settings settings = {.url = str_c(authority.url), .trust_pem = STR("no certificate")};
	struct tsa *tsa;

	(void)state;
	assert_int_equal(tsa_remote(&p256.a, &settings, &tsa), ERR_CONFIG);
	settings = (struct tsa_settings){.url = str_c(authority.url), .policy = STR("no policy")};
	assert_int_equal(tsa_remote(&p256.a, &settings, &tsa), ERR_CONFIG);
}

/* The authority's own, and one that it answers to all the same. */
static void
policies_are_insisted_on(void **state)
{
	(void)state;
	policy = "1.2.3.4.1";
	assert_int_equal(outcome(GOOD), OK);
	TS_REQ *q = question();
	assert_non_null(TS_REQ_get_policy_id(q));
	TS_REQ_free(q);
	assert_int_equal(outcome(WRONG_POLICY), ERR_TSA);
	policy = NULL;
	assert_int_equal(outcome(WRONG_POLICY), OK);
}

/* ---- several in order ---- */

struct counting {
	unsigned taken, given_back;
	long most;
};

static enum err
take(void *self, struct str name, long quota)
{
	struct counting *c = self;

	if (quota && c->taken - c->given_back >= (unsigned)quota)
		return ERR_TSA;
	c->taken++;
	return OK;
}

static void
give_back(void *self, struct str name)
{
	((struct counting *)self)->given_back++;
}

/* Nobody listens at the first; the second is real. */
static struct tsa *
two(struct counting *c, long quota, int64_t rest_ms)
{
	const struct tsa_meter meter = {take, give_back, c};
	struct tsa_named all[2] = {{.name = STR("dead")}, {.name = STR("alive")}};
	struct tsa *tsa;

	*c = (struct counting){0};
	assert_int_equal(
	    tsa_remote(&p256.a, &(struct tsa_settings){.url = STR("http://127.0.0.1:1/")}, &all[0].tsa), OK);
	assert_int_equal(
	    tsa_remote(&p256.a, &(struct tsa_settings){.url = str_c(authority.url), .quota_month = quota},
	        &all[1].tsa),
	    OK);
	assert_int_equal(tsa_several(&p256.a, all, 2, &meter, rest_ms, &tsa), OK);
	return tsa;
}

static enum err
ask_several(struct tsa *tsa, bool served)
{
	struct sha256 digest = sha256_of(STR("契約書"));
	pthread_t thread;
	struct str token;
	int64_t time_ms;

	authority.behaviour = GOOD;
	if (served)
		assert_int_equal(pthread_create(&thread, NULL, authority_serve_one, &authority), 0);
	enum err e = tsa_token(tsa, STR("test"), &digest, &p256.a, &token, &time_ms);
	if (served)
		assert_int_equal(pthread_join(thread, NULL), 0);
	return e;
}

static void
the_next_is_asked_when_one_fails(void **state)
{
	struct counting c;
	struct tsa *tsa = two(&c, 0, 0);

	(void)state;
	assert_int_equal(ask_several(tsa, true), OK);
	assert_int_equal(c.taken, 2);
	assert_int_equal(c.given_back, 1);
}

static void
one_that_failed_rests(void **state)
{
	struct counting c;
	struct tsa *tsa = two(&c, 0, 60000);

	(void)state;
	assert_int_equal(ask_several(tsa, true), OK);
	assert_int_equal(ask_several(tsa, true), OK);
	assert_int_equal(c.taken, 3);
	assert_int_equal(c.given_back, 1);
}

static void
a_quota_is_kept(void **state)
{
	struct counting c;
	struct tsa *tsa = two(&c, 1, 60000);

	(void)state;
	assert_int_equal(ask_several(tsa, true), OK);
	assert_int_equal(ask_several(tsa, false), ERR_TSA);
	assert_int_equal(c.taken - c.given_back, 1);
}

static void
one_may_be_chosen(void **state)
{
	struct counting c;
	struct tsa *tsa = two(&c, 0, 0), *one;

	(void)state;
	assert_int_equal(tsa_choose(tsa, STR("alive"), &p256.a, &one), OK);
	assert_int_equal(ask_several(one, true), OK);
	assert_int_equal(c.taken, 1);
	assert_int_equal(tsa_choose(tsa, STR("dead"), &p256.a, &one), OK);
	assert_int_equal(ask_several(one, false), ERR_TSA);
	assert_int_equal(tsa_choose(tsa, STR("nobody"), &p256.a, &one), ERR_TSA);
	assert_int_equal(tsa_choose(tsa, STR_NONE, &p256.a, &one), OK);
	assert_ptr_equal(one, tsa);
}

/* With the name of a test: that one alone. */
int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good_answers_are_taken),
	    cmocka_unit_test(the_question_is_well_formed), cmocka_unit_test(wrong_nonce_is_refused),
	    cmocka_unit_test(wrong_answers_are_refused), cmocka_unit_test(foreign_chains_are_refused),
	    cmocka_unit_test(no_flipped_bit_is_overlooked), cmocka_unit_test(silence_ends),
	    cmocka_unit_test(absence_is_told), cmocka_unit_test(missing_anchors_are_told),
	    cmocka_unit_test(policies_are_insisted_on), cmocka_unit_test(the_next_is_asked_when_one_fails),
	    cmocka_unit_test(one_that_failed_rests), cmocka_unit_test(a_quota_is_kept),
	    cmocka_unit_test(one_may_be_chosen)};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, open_all, close_all);
}
