/* Evidence that outlives its makers: level B-LTA, renewal over decades, revocation. Time is travelled by
 * clock_shift(). */
#include "archive.h"
#include "clock.h"
#include "forge.h"
#include "reader.h"
#include "verify.h"
#include "x509_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t DAY = 86400000, YEAR = 365 * 86400000LL;
static struct forge forge;

static int
open_forge(void **state)
{
	clock_shift(0);
	return forge_open(&forge, KEY_P256) ? 0 : -1;
}

static int
back_to_now(void **state)
{
	clock_shift(0);
	return 0;
}

static int
close_forge(void **state)
{
	clock_shift(0);
	forge_close(&forge);
	return 0;
}

static void
conclude(struct forge *f, struct buf *file)
{
	forge_contract(file);
	assert_int_equal(forge_sign(f, PDF_SIGN_CERTIFY, "platform", false, file), OK);
	assert_int_equal(forge_sign(f, PDF_SIGN_APPROVE, "party", false, file), OK);
	assert_int_equal(forge_sign(f, PDF_SIGN_TIMESTAMP, "concluded", false, file), OK);
}

static struct str
list_of(struct forge *f)
{
	struct str crl;
	assert_int_equal(f->pades.signer.crl(f->pades.signer.self, STR("test"), &forge.a, &crl), OK);
	return crl;
}

/* A timestamp of one authority over the material of another's (or its own). */
static void
archive(struct forge *by, struct forge *of, struct buf *file)
{
	struct str crl = list_of(of);
	int64_t at, until;
	assert_int_equal(archive_material(NULL, &crl, 1, file), OK);
	assert_int_equal(archive_timestamp(&by->pades, file, &at, &until), OK);
	assert_true(until > at + 9 * YEAR);
	assert_true(llabs(at - clock_utc_ms()) < 60000);
}

static struct verification
verify(const struct buf *file)
{
	struct verification v;
	assert_int_equal(verify_pdf(&forge.a, buf_str(file), STR_NONE, &v), OK);
	return v;
}

static void
assert_levels(const struct buf *file, const char *level)
{
	struct verification v = verify(file);
	if (v.verdict != VERDICT_SOUND)
		fail_msg("not sound: %.*s", STR_ARG(v.problem));
	for (size_t i = 0; i < v.signatures_n; i++)
		if (!str_eq(v.signatures[i].kind, STR("timestamp")) &&
		    !str_eq(v.signatures[i].level, str_c(level)))
			fail_msg("%.*s: level %.*s instead of %s", STR_ARG(v.signatures[i].field),
			    STR_ARG(v.signatures[i].level), level);
}

/* The file is not sound, and this is among the reasons. */
static void
assert_problem(const struct buf *file, const char *problem)
{
	struct verification v = verify(file);
	assert_int_equal(v.verdict, VERDICT_UNSOUND);
	for (size_t i = 0; i < v.signatures_n; i++)
		if (str_find(v.signatures[i].problem, str_c(problem)) >= 0)
			return;
	fail_msg("refused, but for \"%.*s\" instead of \"%s\"", STR_ARG(v.problem), problem);
}

static void
an_archived_contract_is_b_lta(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	conclude(&forge, &file);
	size_t concluded = file.n;
	assert_levels(&file, "B-T");
	archive(&forge, &forge, &file);
	assert_levels(&file, "B-LTA");
	print_message("archived: %zu + %zu bytes\n", concluded, file.n - concluded);
	struct verification v = verify(&file);
	assert_int_equal(v.signatures_n, 4);
	assert_true(str_eq(v.signatures[3].kind, STR("timestamp")));
	assert_true(v.signatures[3].valid_until.n > 0);
}

/* Material that nothing stamps is B-LT only. */
static void
unstamped_material_is_b_lt(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	conclude(&forge, &file);
	archive(&forge, &forge, &file);
	struct pdf *p;
	const struct pdf_revision *r;
	assert_int_equal(pdf_open(&forge.a, buf_str(&file), NULL, &p), OK);
	size_t n = pdf_revisions(p, &r);
	file.n = r[n - 2].end;
	assert_levels(&file, "B-LT");
}

/* A list made before the signature says nothing about it. */
static void
an_old_list_proves_nothing(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	int64_t at, until;
	conclude(&forge, &file);
	clock_shift(-DAY / 2); /* the certificates are not that old, but nothing looks at them for this */
	struct str crl = list_of(&forge);
	clock_shift(0);
	assert_int_equal(archive_material(NULL, &crl, 1, &file), OK);
	assert_int_equal(archive_timestamp(&forge.pades, &file, &at, &until), OK);
	assert_levels(&file, "B-T");
}

/* Nor does somebody else's. */
static void
a_foreign_list_proves_nothing(void **state)
{
	struct forge other = {0};
	struct buf file CLEANUP(buf_free) = {0};
	assert_true(forge_open(&other, KEY_P256));
	conclude(&forge, &file);
	archive(&forge, &other, &file);
	assert_levels(&file, "B-T");
	forge_close(&other);
}

static void
three_renewals_keep_it_sound_for_thirty_years(void **state)
{
	static const int64_t at[] = {0, 9 * 365, 18 * 365, 27 * 365};
	struct forge era[4];
	struct buf file CLEANUP(buf_free) = {0}, left CLEANUP(buf_free) = {0};
	for (int i = 0; i < 4; i++) {
		clock_shift(at[i] * DAY);
		assert_true(forge_open(&era[i], KEY_P256));
		if (i == 0) {
			conclude(&era[0], &file);
			archive(&era[0], &era[0], &file);
			buf_put(&left, buf_str(&file));
		} else {
			archive(&era[i], &era[i - 1], &file);
		}
		assert_levels(&file, "B-LTA");
	}
	clock_shift(30 * YEAR);
	assert_levels(&file, "B-LTA");
	assert_int_equal(verify(&file).signatures_n, 7);
	print_message("after three renewals: %zu bytes\n", file.n);
	for (int i = 0; i < 4; i++)
		forge_close(&era[i]);
}

static void
without_renewal_nothing_proves_the_time(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	conclude(&forge, &file);
	archive(&forge, &forge, &file);
	clock_shift(9 * YEAR);
	assert_levels(&file, "B-LTA");
	clock_shift(12 * YEAR);
	assert_problem(&file, "the newest timestamp's certificate is no longer valid");
	/* and a renewal that comes too late does not bring it back */
	struct forge late = {0};
	assert_true(forge_open(&late, KEY_P256));
	archive(&late, &forge, &file);
	assert_problem(&file, "was no longer valid at the next timestamp");
	forge_close(&late);
	clock_shift(0);
}

/* The seal's certificate was revoked at that moment. */
static void
revoke_seal(struct forge *f, int64_t at_ms)
{
	char path[128];
	struct str serial;
	assert_int_equal(x509_serial(&f->a, f->certs.seal.leaf, &serial), OK);
	struct str when = clock_pdf(&f->a, at_ms); /* D:YYYYMMDDHHMMSSZ */
	snprintf(path, sizeof(path), "%s/revoked", f->dir);
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	fprintf(file, "%.*s %.*s\n", STR_ARG(serial), (int)when.n - 2, when.p + 2);
	fclose(file);
	keys_free(f->keys);
	assert_int_equal(keys_load(f->dir, &f->keys), OK);
	f->pades.signer = keys_signer(f->keys);
	assert_int_equal(tsa_embedded(&f->a, f->pades.signer, &f->certs, &f->pades.tsa), OK);
}

static void
what_was_signed_before_a_revocation_stays_sound(void **state)
{
	struct forge f = {0};
	struct buf file CLEANUP(buf_free) = {0};
	assert_true(forge_open(&f, KEY_P256));
	conclude(&f, &file);
	clock_shift(DAY);
	revoke_seal(&f, clock_utc_ms() - 3600000);
	archive(&f, &f, &file);
	assert_levels(&file, "B-LTA");
	clock_shift(0);
	forge_close(&f);
}

static void
what_was_signed_after_a_revocation_is_not_sound(void **state)
{
	struct forge f = {0};
	struct buf file CLEANUP(buf_free) = {0};
	assert_true(forge_open(&f, KEY_P256));
	revoke_seal(&f, clock_utc_ms() - 60000);
	conclude(&f, &file);
	archive(&f, &f, &file);
	assert_problem(&file, "a certificate had been revoked at the time");
	forge_close(&f);
}

static void
without_the_roots_key_there_is_no_list(void **state)
{
	struct forge f = {0};
	char path[128];
	struct str crl;
	assert_true(forge_open(&f, KEY_P256));
	snprintf(path, sizeof(path), "%s/ca.key", f.dir);
	assert_int_equal(remove(path), 0);
	keys_free(f.keys);
	assert_int_equal(keys_load(f.dir, &f.keys), OK);
	assert_int_equal(keys_crl(f.keys, clock_utc_ms(), &f.a, &crl), ERR_NOT_FOUND);
	forge_close(&f);
}

/* 500 bytes changed, each by itself, anywhere in an archived file: never sound. */
static void
no_byte_of_it_may_change(void **state)
{
	struct buf file CLEANUP(buf_free) = {0};
	conclude(&forge, &file);
	archive(&forge, &forge, &file);
	srand(20261125);
	for (int i = 0; i < 500; i++) {
		struct arena a CLEANUP(arena_free) = {0};
		struct verification v;
		size_t at = (size_t)rand() % file.n;
		unsigned char bit = (unsigned char)(1u << (rand() & 7));
		file.p[at] = (char)(file.p[at] ^ bit);
		assert_int_equal(verify_pdf(&a, buf_str(&file), STR_NONE, &v), OK);
		if (v.verdict == VERDICT_SOUND)
			fail_msg("byte %zu of %zu, bit %u", at, file.n, bit);
		file.p[at] = (char)(file.p[at] ^ bit);
	}
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(an_archived_contract_is_b_lta, back_to_now),
	    cmocka_unit_test_setup(unstamped_material_is_b_lt, back_to_now),
	    cmocka_unit_test_setup(an_old_list_proves_nothing, back_to_now),
	    cmocka_unit_test_setup(a_foreign_list_proves_nothing, back_to_now),
	    cmocka_unit_test_setup(three_renewals_keep_it_sound_for_thirty_years, back_to_now),
	    cmocka_unit_test_setup(without_renewal_nothing_proves_the_time, back_to_now),
	    cmocka_unit_test_setup(what_was_signed_before_a_revocation_stays_sound, back_to_now),
	    cmocka_unit_test_setup(what_was_signed_after_a_revocation_is_not_sound, back_to_now),
	    cmocka_unit_test_setup(without_the_roots_key_there_is_no_list, back_to_now),
	    cmocka_unit_test_setup(no_byte_of_it_may_change, back_to_now),
	};
	return cmocka_run_group_tests(tests, open_forge, close_forge);
}
