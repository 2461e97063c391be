/* Revocation data of authorities that are not ours: what is taken, and that nothing else is. */
#include "archive.h"
#include "clock.h"
#include "fetch.h"
#include "foreign.h"
#include "verify.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct foreign foreign;
static struct outside outside;

static int
open_world(void **state)
{
	return foreign_open(&foreign) ? 0 : -1;
}

static int
close_world(void **state)
{
	foreign_close(&foreign);
	return 0;
}

static int
start_over(void **state)
{
	clock_shift(0);
	foreign.answers = foreign.lists = ANSWER_NOTHING;
	foreign.issuers = true;
	foreign.list_extension = NULL;
	foreign.asked = foreign.listed = 0;
	outside = (struct outside){.private_allowed = true};
	return 0;
}

static void
conclude(struct buf *file)
{
	forge_contract(file);
	assert_int_equal(forge_sign(&foreign.f, PDF_SIGN_CERTIFY, "platform", false, file), OK);
	assert_int_equal(forge_sign(&foreign.f, PDF_SIGN_APPROVE, "party", true, file), OK);
	assert_int_equal(forge_sign(&foreign.f, PDF_SIGN_TIMESTAMP, "concluded", false, file), OK);
}

static struct verification
archived(struct buf *file)
{
	struct verification v;
	int64_t at, until;
	assert_int_equal(archive_timestamp(&foreign.f.pades, file, &at, &until), OK);
	assert_int_equal(verify_pdf(&foreign.f.a, buf_str(file), foreign_anchor(&foreign), &v), OK);
	return v;
}

static void
assert_levels(const struct verification *v, const char *level)
{
	if (v->verdict != VERDICT_SOUND)
		fail_msg("not sound: %.*s", STR_ARG(v->problem));
	for (size_t i = 0; i < v->signatures_n; i++)
		if (!str_eq(v->signatures[i].level, str_c(level)) &&
		    !str_eq(v->signatures[i].level, STR("DTS")))
			fail_msg("%.*s: level %.*s instead of %s", STR_ARG(v->signatures[i].field),
			    STR_ARG(v->signatures[i].level), level);
}

static void
is_b_lta_with(enum answering answers, enum answering lists)
{
	struct buf file CLEANUP(buf_free) = {0};
	foreign.answers = answers;
	foreign.lists = lists;
	conclude(&file);
	assert_int_equal(archive_material(&outside, NULL, 0, &file), OK);
	struct verification v = archived(&file);
	assert_levels(&v, "B-LTA");
}

/* Nothing is taken: the file stays as it was, and the work is for later. Then it is B-LTA after all. */
static void
waits_with(enum answering answers, enum answering lists)
{
	struct buf file CLEANUP(buf_free) = {0};
	foreign.answers = answers;
	foreign.lists = lists;
	conclude(&file);
	size_t before = file.n;
	assert_int_equal(archive_material(&outside, NULL, 0, &file), ERR_TSA);
	assert_int_equal(file.n, before);
	foreign.answers = ANSWER_GOOD;
	assert_int_equal(archive_material(&outside, NULL, 0, &file), OK);
	struct verification v = archived(&file);
	assert_levels(&v, "B-LTA");
}

static void
answers_make_it_b_lta(void **state)
{
	is_b_lta_with(ANSWER_GOOD, ANSWER_NOTHING);
	assert_int_equal(foreign.asked, 2); /* about the seal's and the timestamps' certificate, once each */
	is_b_lta_with(ANSWER_BY_ISSUER, ANSWER_NOTHING);
	is_b_lta_with(ANSWER_WITHOUT_NONCE, ANSWER_NOTHING);
}

/* A responder that refuses does not rest: the list at the same server is asked for. */
static void
a_refusal_keeps_nobody_from_the_list(void **state)
{
	outside.rest_ms = 60000;
	is_b_lta_with(ANSWER_NOTHING, ANSWER_GOOD);
	is_b_lta_with(ANSWER_NOTHING, ANSWER_GOOD);
}

static void
lists_make_it_b_lta_where_there_are_no_answers(void **state)
{
	is_b_lta_with(ANSWER_NOTHING, ANSWER_GOOD);
	assert_int_equal(foreign.listed, 1); /* one list says it about both */
	is_b_lta_with(ANSWER_UNKNOWN, ANSWER_GOOD);
	is_b_lta_with(ANSWER_OLD, ANSWER_GOOD);
}

/* The issuing distribution point of its lists, "%s" standing for the authority's address. */
static void
scope_lists(const char *scope)
{
	static char text[200];
	struct str s = str_c(scope);
	ptrdiff_t at = str_find(s, STR("%s"));
	snprintf(text, sizeof(text), "%.*s%s%s", at < 0 ? (int)s.n : (int)at, scope,
	    at < 0 ? "" : foreign.url, at < 0 ? "" : scope + at + 2);
	foreign.list_extension = text;
	foreign.list_extension_nid = NID_issuing_distribution_point;
}

static void
lists_about_its_kind_at_its_point_are_taken(void **state)
{
	static const char *const scopes[] = {"critical,onlyuser:TRUE", "critical,fullname:URI:%s/ca/crl",
	    "critical,fullname:URI:%s/ca/crl,onlyuser:TRUE", "fullname:URI:%s/ca/crl,onlyuser:TRUE"};
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		scope_lists(scopes[i]);
		is_b_lta_with(ANSWER_NOTHING, ANSWER_GOOD);
	}
}

static void
lists_of_parts_are_not_taken(void **state)
{
	static const char *const scopes[] = {"critical,onlyCA:TRUE", "critical,onlyAA:TRUE",
	    "critical,indirectCRL:TRUE", "critical,onlysomereasons:keyCompromise",
	    "critical,fullname:URI:%s/ca/crl,onlyuser:TRUE,onlyCA:TRUE",
	    "critical,fullname:URI:%s/ca/crl,onlysomereasons:keyCompromise"};
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		scope_lists(scopes[i]);
		waits_with(ANSWER_NOTHING, ANSWER_GOOD);
	}
}

static void
lists_of_other_points_are_not_taken(void **state)
{
	scope_lists("critical,fullname:URI:%s/other/crl,onlyuser:TRUE");
	waits_with(ANSWER_NOTHING, ANSWER_GOOD);
	scope_lists("critical,fullname:URI:%s/ca/crl2");
	waits_with(ANSWER_NOTHING, ANSWER_GOOD);
}

static void
lists_that_are_not_understood_are_not_taken(void **state)
{
	foreign.list_extension = "critical,DER:0500";
	foreign.list_extension_nid = NID_invalidity_date;
	waits_with(ANSWER_NOTHING, ANSWER_GOOD);
	foreign.list_extension_nid = NID_issuing_distribution_point;
	waits_with(ANSWER_NOTHING, ANSWER_GOOD);
	foreign.list_extension = "DER:020101";
	foreign.list_extension_nid = NID_delta_crl;
	waits_with(ANSWER_NOTHING, ANSWER_GOOD);
}

static void
what_was_used_before_a_revocation_stays_sound(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	conclude(&file);
	clock_shift(7200000);
	foreign.answers = ANSWER_REVOKED_AFTER;
	assert_int_equal(archive_material(&outside, NULL, 0, &file), OK);
	clock_shift(0);
	struct verification v = archived(&file);
	assert_levels(&v, "B-LTA");
}

static void
what_was_used_after_a_revocation_is_not_sound(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	conclude(&file);
	foreign.answers = ANSWER_REVOKED_BEFORE;
	assert_int_equal(archive_material(&outside, NULL, 0, &file), OK);
	struct verification v = archived(&file);
	assert_int_equal(v.verdict, VERDICT_UNSOUND);
	assert_true(str_eq(v.problem, STR("a certificate had been revoked at the time")));
}

static void
answers_by_others_are_not_taken(void **state)
{
	waits_with(ANSWER_NOT_APPOINTED, ANSWER_BY_STRANGER);
	waits_with(ANSWER_BY_STRANGER, ANSWER_NOTHING);
}

static void
answers_to_others_are_not_taken(void **state)
{
	waits_with(ANSWER_WRONG_NONCE, ANSWER_NOTHING);
	waits_with(ANSWER_ABOUT_ANOTHER, ANSWER_NOTHING);
	waits_with(ANSWER_UNKNOWN, ANSWER_NOTHING);
}

static void
old_answers_are_not_taken(void **state)
{
	waits_with(ANSWER_OLD, ANSWER_OLD);
	waits_with(ANSWER_EXPIRED, ANSWER_EXPIRED);
}

/* Of one that is in a file all the same, as other programs may have put it there. */
static void
an_old_answer_proves_nothing(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	conclude(&file);
	clock_shift(-7200000);
	foreign.answers = ANSWER_GOOD;
	struct buf earlier CLEANUP(buf_free) = {0};
	conclude(&earlier);
	assert_int_equal(archive_material(&outside, NULL, 0, &earlier), OK);
	clock_shift(0);
	struct pdf_dss old;
	struct pdf *p;
	assert_int_equal(pdf_open(&foreign.f.a, buf_str(&earlier), NULL, &p), OK);
	assert_int_equal(pdf_dss_read(&foreign.f.a, p, &old), OK);
	assert_true(old.ocsps_n > 0);
	assert_int_equal(pdf_open(&foreign.f.a, buf_str(&file), NULL, &p), OK);
	assert_int_equal(pdf_dss_append(&foreign.f.a, p, &old, &file), OK);
	struct verification v = archived(&file);
	assert_levels(&v, "B-T");
}

static void
too_large_an_answer_is_not_taken(void **state)
{
	waits_with(ANSWER_HUGE, ANSWER_HUGE);
}

static void
nobody_waits_long_for_silence(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	conclude(&file);
	outside.rest_ms = 60000;
	foreign.answers = foreign.lists = ANSWER_SILENCE;
	int64_t began = clock_monotonic_ms();
	assert_int_equal(archive_material(&outside, NULL, 0, &file), ERR_TSA);
	assert_int_equal(archive_material(&outside, NULL, 0, &file), ERR_TSA);
	/* one of them was asked once, and nothing else after it */
	assert_int_equal(foreign.asked + foreign.listed, 1);
	assert_true(clock_monotonic_ms() - began >= FETCH_SECONDS * 1000 - 500);
}

static void
a_missing_root_is_known_to_the_operator_or_waited_for(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	unsigned char *der = NULL;
	foreign.answers = ANSWER_GOOD;
	foreign.issuers = false;
	conclude(&file);
	assert_int_equal(archive_material(&outside, NULL, 0, &file), ERR_TSA);
	int n = i2d_X509(foreign.root, &der);
	struct str known = str_make(der, (size_t)n);
	outside.certificates = &known;
	outside.certificates_n = 1;
	assert_int_equal(archive_material(&outside, NULL, 0, &file), OK);
	OPENSSL_free(der);
	struct verification v = archived(&file);
	assert_levels(&v, "B-LTA");
}

static void
private_addresses_are_not_gone_to(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	foreign.answers = foreign.lists = ANSWER_GOOD;
	outside.private_allowed = false;
	conclude(&file);
	assert_int_equal(archive_material(&outside, NULL, 0, &file), ERR_TSA);
	assert_int_equal(foreign.asked + foreign.listed, 0);
}

static bool
is_public(const char *text)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return fetch_is_public((const struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return fetch_is_public((const struct sockaddr *)&v6);
}

static void
addresses_are_told_apart(void **state)
{
	static const char *const public[] = {"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1",
	    "100.63.255.255", "169.253.1.1", "192.167.1.1", "223.255.255.255", "2001:4860:4860::8888",
	    "2a00:1450::1", "2400:cb00::1"};
	static const char *const special[] = {"0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1",
	    "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
	    "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
	    "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
	    "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2001::1", "2001:db8::1",
	    "2002:7f00:1::1"};
	for (size_t i = 0; i < sizeof(public) / sizeof(public[0]); i++)
		if (!is_public(public[i]))
			fail_msg("%s", public[i]);
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (is_public(special[i]))
			fail_msg("%s", special[i]);
}

/* 300 bytes changed, each by itself, in what was fetched and stamped: never sound. */
static void
no_byte_of_it_may_change(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	foreign.answers = ANSWER_GOOD;
	conclude(&file);
	size_t from = file.n;
	assert_int_equal(archive_material(&outside, NULL, 0, &file), OK);
	struct verification v = archived(&file);
	struct str anchor = foreign_anchor(&foreign);
	assert_levels(&v, "B-LTA");
	srand(20261125);
	for (int i = 0; i < 300; i++) {
		struct arena a CLEANUP(arena_free) = {0};
		size_t at = from + (size_t)rand() % (file.n - from);
		char bit = (char)(1 << (rand() & 7));
		file.p[at] ^= bit;
		assert_int_equal(verify_pdf(&a, buf_str(&file), anchor, &v), OK);
		if (v.verdict == VERDICT_SOUND)
			fail_msg("byte %zu of %zu", at, file.n);
		file.p[at] ^= bit;
	}
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(answers_make_it_b_lta, start_over),
	    cmocka_unit_test_setup(a_refusal_keeps_nobody_from_the_list, start_over),
	    cmocka_unit_test_setup(lists_make_it_b_lta_where_there_are_no_answers, start_over),
	    cmocka_unit_test_setup(lists_about_its_kind_at_its_point_are_taken, start_over),
	    cmocka_unit_test_setup(lists_of_parts_are_not_taken, start_over),
	    cmocka_unit_test_setup(lists_of_other_points_are_not_taken, start_over),
	    cmocka_unit_test_setup(lists_that_are_not_understood_are_not_taken, start_over),
	    cmocka_unit_test_setup(what_was_used_before_a_revocation_stays_sound, start_over),
	    cmocka_unit_test_setup(what_was_used_after_a_revocation_is_not_sound, start_over),
	    cmocka_unit_test_setup(answers_by_others_are_not_taken, start_over),
	    cmocka_unit_test_setup(answers_to_others_are_not_taken, start_over),
	    cmocka_unit_test_setup(old_answers_are_not_taken, start_over),
	    cmocka_unit_test_setup(an_old_answer_proves_nothing, start_over),
	    cmocka_unit_test_setup(too_large_an_answer_is_not_taken, start_over),
	    cmocka_unit_test_setup(nobody_waits_long_for_silence, start_over),
	    cmocka_unit_test_setup(a_missing_root_is_known_to_the_operator_or_waited_for, start_over),
	    cmocka_unit_test_setup(private_addresses_are_not_gone_to, start_over),
	    cmocka_unit_test_setup(addresses_are_told_apart, start_over),
	    cmocka_unit_test_setup(no_byte_of_it_may_change, start_over),
	};
	return cmocka_run_group_tests(tests, open_world, close_world);
}
