/* Every attack on every kind of file comes back as not sound, for the right reason; every reason that the
 * verifier can give is given to some attack.
 *
 *     test_attack                every attack
 *     test_attack without        each check switched off in turn: an attack has to notice (needs -DMUTANTS)
 */
#include "attack.h"

#include "clock.h"
#include "mutant.h"
#include "verify.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct attack_table *const TABLES[] = {
    &USF, &INCREMENTAL, &WRAPPING, &SHADOW, &CERTIFICATION, &FORM, &CONTAINER, &TOKEN, &STRUCTURE};
enum { TABLES_N = sizeof(TABLES) / sizeof(TABLES[0]) };

static const char *const WORDS_OF_VERDICTS[] = {
#define WORDS(en, ja) en,
#include "verify_words.def"
#undef WORDS
};
enum { WORDS_N = sizeof(WORDS_OF_VERDICTS) / sizeof(WORDS_OF_VERDICTS[0]) };
static bool said[WORDS_N];

/* What is no problem; what other tests provoke (which one); what the reader rules out before. */
static const char *const ELSEWHERE[] = {
    "nothing", "signatures", "timestamps", "certification", "approval", "timestamp",
    "a certificate had been revoked at the time",                                     /* test_longterm */
    "it is not sealed as a certificate, or does not state its contract",              /* test_pair */
    "the signer's key is weak", "a certificate was issued with a weak key or digest", /* test_signed_data */
    /* of notes, not of PDFs: the ledger's tests */
    "the signature is of another kind", "the signature has no timestamp",
    "there is no certificate among the anchors",
    /* a signed revision has a form, and without one its signatures are gone, too */
    "a form was added with more than signatures", "the form was removed",
    "objects were removed", /* a later revision lists all that an earlier one did */
};

static struct forge forge, stranger;

static int
open_forges(void **state)
{
	clock_shift(0);
	return forge_open(&forge, KEY_P256) && forge_open(&stranger, KEY_P256) ? 0 : -1;
}

static int
close_forges(void **state)
{
	forge_close(&forge);
	forge_close(&stranger);
	return 0;
}

static bool
names(struct str problem, const char *word)
{
	return str_ends(problem, str_c(word));
}

static void
note(struct str problem)
{
	for (size_t i = 0; i < WORDS_N; i++)
		said[i] = said[i] || (problem.n && names(problem, WORDS_OF_VERDICTS[i]));
}

static struct verification
verify(const struct target *t)
{
	struct verification v;

	assert_int_equal(verify_pdf(&forge.a, buf_str(&t->file), t->trust, &v), OK);
	note(v.problem);
	for (size_t i = 0; i < v.signatures_n; i++)
		note(v.signatures[i].problem);
	return v;
}

/* Whether this is among the reasons. */
static bool
says(const struct verification *v, const char *problem)
{
	if (str_find(v->problem, str_c(problem)) >= 0)
		return true;
	for (size_t i = 0; i < v->signatures_n; i++)
		if (str_find(v->signatures[i].problem, str_c(problem)) >= 0)
			return true;
	return false;
}

/* The same kind of file again, attacked. */
static struct verification
attacked(struct target *t, const struct attack *a)
{
	clock_shift(0);
	target_make(t);
	a->make(t, a);
	return verify(t);
}

/* A later signature does not heal what was done before it. */
static bool
heals(struct target *t, struct verification *ret)
{
	if (forge_sign(&stranger, PDF_SIGN_TIMESTAMP, "heal", false, &t->file) != OK)
		return false;
	*ret = verify(t);
	return ret->verdict == VERDICT_SOUND;
}

static const enum level LEVELS[] = {LEVEL_B_B, LEVEL_B_T, LEVEL_LTA};

static bool
applies(const struct attack *a, enum level level)
{
	return !(a->levels & LEVEL_ALL) || (a->levels & level);
}

static void
run_table(const struct attack_table *table)
{
	unsigned tried = 0, failed = 0;

	for (size_t i = 0; i < table->n; i++)
		for (int level = 0; level < 3; level++)
			for (int streams = 0; streams < 2; streams++) {
				const struct attack *a = &table->attacks[i];
				struct target t = {.f = &forge,
				    .stranger = &stranger,
				    .level = LEVELS[level],
				    .streams = streams};
				struct verification v;

				if (!applies(a, t.level))
					continue;
				v = attacked(&t, a);
				tried++;
				if (v.verdict == VERDICT_SOUND || !says(&v, a->problem)) {
					print_error("%s, level %d, %s: %s \"%.*s\"\n", a->name, t.level,
					    streams ? "streams" : "table",
					    v.verdict == VERDICT_SOUND ? "SOUND" : "refused, but for",
					    STR_ARG(v.problem));
					failed++;
				} else if (!(a->levels & HEALS) && heals(&t, &v)) {
					print_error("%s, level %d: SOUND after one more signature\n", a->name,
					    t.level);
					failed++;
				}
				buf_free(&t.file);
			}
	clock_shift(0);
	print_message("%s: %u attacks\n", table->name, tried);
	assert_int_equal(failed, 0);
}

static void
good_files_are_sound(void **state)
{
	for (int level = 0; level < 3; level++)
		for (int streams = 0; streams < 2; streams++) {
			struct target t = {.f = &forge, .level = LEVELS[level], .streams = streams};
			struct verification v;

			target_make(&t);
			v = verify(&t);
			if (v.verdict != VERDICT_SOUND)
				fail_msg("level %d: %.*s", t.level, STR_ARG(v.problem));
			buf_free(&t.file);
		}
}

static void
every_attack_is_refused_for_the_right_reason(void **state)
{
	run_table(*state);
}

static bool
elsewhere(const char *word)
{
	for (size_t i = 0; i < sizeof(ELSEWHERE) / sizeof(ELSEWHERE[0]); i++)
		if (strcmp(ELSEWHERE[i], word) == 0)
			return true;
	return false;
}

static void
every_reason_is_given_to_some_attack(void **state)
{
	unsigned missing = 0;

	for (size_t i = 0; i < WORDS_N; i++)
		if (!said[i] && !elsewhere(WORDS_OF_VERDICTS[i])) {
			print_error("no attack provokes: %s\n", WORDS_OF_VERDICTS[i]);
			missing++;
		}
	assert_int_equal(missing, 0);
}

#ifdef MUTANTS
/* 0: no attack notices that the check is off; 1: one does; 2: one is even called sound. */
static int
noticed(const char *word)
{
	int answer = 0;

	for (size_t k = 0; k < TABLES_N; k++)
		for (size_t i = 0; i < TABLES[k]->n; i++)
			for (int level = 0; level < 3; level++) {
				const struct attack *a = &TABLES[k]->attacks[i];
				struct target t = {
				    .f = &forge, .stranger = &stranger, .level = LEVELS[level]};
				struct verification v;

				if (!a->problem[0] || !strstr(word, a->problem) || !applies(a, t.level))
					continue;
				mutant_off = NULL;
				target_make(&t);
				a->make(&t, a);
				mutant_off = word;
				v = verify(&t);
				if (v.verdict == VERDICT_SOUND)
					return 2;
				if (!says(&v, word))
					answer = 1;
				clock_shift(0);
				buf_free(&t.file);
			}
	return answer;
}

/* The test library takes these for the test's own. */
static const int FAULTS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

/* In a process of its own: a check that is off may be what keeps the next one from falling. */
static void
without_a_check_an_attack_is_noticed(void **state)
{
	unsigned checks = 0, alone = 0, unnoticed = 0;

	for (size_t i = 0; i < WORDS_N; i++) {
		int status;
		pid_t pid;

		if (elsewhere(WORDS_OF_VERDICTS[i]))
			continue;
		checks++;
		pid = fork();
		if (pid == 0) {
			for (size_t k = 0; k < sizeof(FAULTS) / sizeof(FAULTS[0]); k++)
				signal(FAULTS[k], SIG_DFL);
			_exit(noticed(WORDS_OF_VERDICTS[i]));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
			print_error("nothing notices that this is not checked: %s\n", WORDS_OF_VERDICTS[i]);
			unnoticed++;
		}
		alone += WIFEXITED(status) && WEXITSTATUS(status) == 2;
	}
	print_message("%u checks switched off, one at a time; %u of them alone keep a forgery from being "
	              "called sound\n",
	    checks, alone);
	assert_int_equal(unnoticed, 0);
	assert_true(alone >= 20);
}
#endif

int
main(int argc, char **argv)
{
	struct CMUnitTest tests[TABLES_N + 2] = {cmocka_unit_test(good_files_are_sound)};

#ifdef MUTANTS
	if (argc > 1) {
		const struct CMUnitTest without[] = {cmocka_unit_test(without_a_check_an_attack_is_noticed)};
		return cmocka_run_group_tests(without, open_forges, close_forges);
	}
#endif
	for (size_t i = 0; i < TABLES_N; i++)
		tests[i + 1] = (struct CMUnitTest){TABLES[i]->name,
		    every_attack_is_refused_for_the_right_reason, NULL, NULL, (void *)(uintptr_t)TABLES[i]};
	tests[TABLES_N + 1] = (struct CMUnitTest)cmocka_unit_test(every_reason_is_given_to_some_attack);
	return cmocka_run_group_tests(tests, open_forges, close_forges);
}
