/* 一括検証: a few contracts a step. What a step found and the order of the next are one transaction, so that
 * a kill costs one step and never skips or repeats a contract. */
#include "bulk_verify.h"

#include "app_text.h"
#include "change.h"
#include "clock.h"
#include "dossier.h"
#include "envelope_files.h"
#include "log.h"
#include "organisation_event.h"

/* A step ends well before its lease does. */
enum { STEP_CONTRACTS = 20, STEP_MS = 20000, WORDS_MAX = 3 };

enum err
bulk_verify_order(struct app *a, struct tx *tx, struct str run, int64_t done)
{
	return job_order(a, tx, "bulk_verify",
	    arena_printf(a->arena, "bulk_verify %.*s %lld", STR_ARG(run), (long long)done), run);
}

/* ---- one file ---- */
static void
problem(struct row_bulk_verified *r, enum bulk_verdict verdict, struct str ja, struct str en)
{
	r->verdict = verdict;
	r->problem = ja;
	r->problem_en = en;
}

static struct str
copy(struct app *a, struct str s)
{
	return s.n ? arena_str(a->arena, s) : STR_NONE;
}

/* Level of the signatures, and the newest timestamp, which is what must be renewed in time. */
static void
take_signatures(struct app *a, const struct document_verdict *v, struct row_bulk_verified *ret)
{
	for (unsigned i = 0; i < v->signatures_n; i++) {
		const struct document_signature *s = &v->signatures[i];
		if (!s->is_timestamp) {
			ret->level = copy(a, s->level);
			continue;
		}
		ret->timestamp_ms = s->timestamp_ms;
		ret->tsa = copy(a, s->certificate);
		ret->valid_until = copy(a, s->valid_until);
	}
}

/* What is not sound is judged once more, for the words in English. */
static enum err
judge(struct app *a, struct app *one, struct str pdf, struct row_bulk_verified *ret)
{
	struct verify_view v, en;
	TRY(app_verify(one, pdf, STR_NONE, false, &v));
	take_signatures(a, &v.verdict, ret);
	if (v.verdict.kind != DOCUMENT_SOUND) {
		TRY(app_verify(one, pdf, STR_NONE, true, &en));
		problem(ret, BULK_PROBLEM, copy(a, v.verdict.headline), copy(a, en.verdict.headline));
	} else if (!v.known) {
		problem(ret, BULK_PROBLEM, STR("このサーバーが発行した記録のないファイルです。"),
		    STR("This server has no record of having issued this file."));
	} else if (v.issuer != VERIFY_ISSUER_OURS) {
		problem(ret, BULK_UNKNOWN_ISSUER,
		    STR("変更はありませんが、このサーバーのルート証明書につながらない署名またはタイムスタンプ"
		        "があります。"),
		    STR("Unchanged, but a signature or timestamp does not lead to this server's root "
		        "certificate."));
	}
	return OK;
}

/* What is wrong with a file is a finding; what is wrong with the sandbox is a reason to try again. */
static enum err
verify_file(struct app *a, const struct row_envelope *e, enum download what, struct row_bulk_verified *ret)
{
	struct arena memory CLEANUP(arena_free) = {0};
	struct app one = *a;
	struct file_ref f;
	struct str pdf;
	one.arena = &memory;
	if (envelope_file(&one, e, what, &f) != OK) {
		problem(ret, BULK_PROBLEM, STR("ファイルがありません。"), STR("There is no file."));
		return OK;
	}
	ret->sha256 = sha256_hex(a->arena, &f.blob);
	enum err read = blob_get(a->blobs, &f.blob, &memory, &pdf);
	if (read != OK) {
		if (read == ERR_NOT_FOUND)
			problem(ret, BULK_PROBLEM, STR("保存されているはずのファイルがありません。"),
			    STR("The file that should be stored is missing."));
		else
			problem(ret, BULK_PROBLEM,
			    STR("保存されているファイルが壊れています（SHA-256が記録と一致しません）。"),
			    STR("The stored file is damaged (its SHA-256 is not the recorded one)."));
		return OK;
	}
	enum err judged = judge(a, &one, pdf, ret);
	const struct err_info *info = err_info(judged);
	if (judged == OK || info->family != ERR_FAMILY_REFUSED)
		return judged;
	problem(ret, BULK_PROBLEM, str_c(info->ja), str_c(info->en));
	return OK;
}

/* ---- one contract ---- */
static enum err
counterparties(struct app *a, struct str envelope, bool english, struct str *ret)
{
	struct dossier d;
	unsigned shown = 0;
	*ret = STR_NONE;
	TRY(dossier_load(a, envelope, &d));
	for (size_t i = 0; i < d.n && shown < WORDS_MAX; i++) {
		if (d.p[i].state == PARTICIPANT_DELEGATED)
			continue;
		struct str one = participant_words(a->arena, &d.p[i]);
		*ret = shown++ ? arena_printf(a->arena, english ? "%.*s, %.*s" : "%.*s、%.*s", STR_ARG(*ret),
		                     STR_ARG(one))
		               : one;
	}
	return OK;
}

static enum err
verify_contract(struct app *a, const struct row_envelope *e, const struct row_bulk_verification *run,
    int64_t number, struct row_bulk_verified *ret)
{
	struct str who;
	TRY(counterparties(a, e->id, bulk_verify_in_english(run), &who));
	for (int kind = BULK_CONTRACT; kind <= BULK_CERTIFICATE; kind++) {
		ret[kind] = (struct row_bulk_verified){.run_id = run->id,
		    .number = number,
		    .kind = kind,
		    .envelope_id = e->id,
		    .concluded_ms = e->concluded_ms,
		    .title = e->title,
		    .counterparties = who,
		    .document_id = e->document_id};
		TRY(verify_file(
		    a, e, kind == BULK_CONTRACT ? DOWNLOAD_CONTRACT : DOWNLOAD_CERTIFICATE, &ret[kind]));
	}
	return OK;
}

/* ---- one step ---- */
struct step {
	struct row_envelope_list contracts;
	struct row_bulk_verified found[2 * STEP_CONTRACTS];
	size_t n; /* contracts verified */
};

static enum err
take_step(struct app *a, const struct row_bulk_verification *run, struct step *s)
{
	int64_t began = clock_monotonic_ms();
	struct tx tx CLEANUP(tx_end) = {0};
	TRY(tx_read(a->store, &tx));
	TRY(q_concluded_after(&tx, a->arena, run->organisation_id, run->last_ms, run->last_id, run->until_ms,
	    STEP_CONTRACTS, &s->contracts));
	TRY(tx_commit(&tx));
	for (; s->n < s->contracts.n && (s->n == 0 || clock_monotonic_ms() - began < STEP_MS); s->n++)
		TRY(verify_contract(
		    a, &s->contracts.v[s->n], run, run->done + (int64_t)s->n + 1, &s->found[2 * s->n]));
	return OK;
}

static enum err
add_found(struct tx *tx, const struct row_bulk_verified *r)
{
	int64_t n;
	return q_bulk_verified_add(tx, r->run_id, r->number, r->kind, r->envelope_id, r->concluded_ms,
	    r->title, r->counterparties, r->document_id, r->sha256, r->verdict, r->problem, r->level,
	    r->timestamp_ms, r->tsa, r->valid_until, r->problem_en, &n);
}

/* Nothing is written when another was quicker, or the run was cancelled meanwhile. */
static enum err
keep_step(struct app *a, const struct row_bulk_verification *run, const struct step *s)
{
	struct tx tx CLEANUP(tx_end) = {0};
	const struct row_envelope *last = &s->contracts.v[s->n - 1];
	int64_t n, problems = 0, done = run->done + (int64_t)s->n;
	for (size_t i = 0; i < s->n; i++)
		problems += s->found[2 * i].verdict || s->found[2 * i + 1].verdict;
	TRY(tx_write(a->store, &tx));
	TRY(q_bulk_verification_step(
	    &tx, run->id, run->done, done, problems, last->concluded_ms, last->id, &n));
	if (n == 0)
		return OK;
	for (size_t i = 0; i < 2 * s->n; i++)
		TRY(add_found(&tx, &s->found[i]));
	TRY(bulk_verify_order(a, &tx, run->id, done));
	TRY(tx_commit(&tx));
	job_kick(a);
	return OK;
}

static enum err
end_run(struct app *a, struct str job, const struct row_bulk_verification *run)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct str csv, report;
	int64_t n;
	TRY(bulk_verify_report(a, job, run, &csv, &report));
	TRY(tx_write(a->store, &tx));
	TRY(q_bulk_verification_end(&tx, run->id, run->done, a->now_ms, csv, report, &n));
	if (n == 0)
		return OK;
	TRY(organisation_event(a, &tx, run->organisation_id, AUDIT_VERIFICATION_ENDED, STR("システム"),
	    arena_printf(a->arena, "%.*s contracts=%lld problems=%lld csv=%.*s report=%.*s", STR_ARG(run->id),
	        (long long)run->done, (long long)run->problems, STR_ARG(csv), STR_ARG(report))));
	TRY(tx_commit(&tx));
	log_event(LOG_INFO, "bulk-verify", "ended id=%.*s contracts=%lld problems=%lld", STR_ARG(run->id),
	    (long long)run->done, (long long)run->problems);
	return OK;
}

enum err
app_job_bulk_verify(struct app *a, struct str job, struct str payload)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_bulk_verification run;
	struct step *s = ARENA_NEW(a->arena, struct step);
	TRY(tx_read(a->store, &tx));
	TRY(q_bulk_verification_get(&tx, a->arena, payload, &run));
	TRY(tx_commit(&tx));
	if (run.state != BULK_VERIFY_RUNNING)
		return OK;
	TRY(take_step(a, &run, s));
	return s->n ? keep_step(a, &run, s) : end_run(a, job, &run);
}
