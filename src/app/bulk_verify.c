/* 一括検証, as the sender sees it: runs are begun, looked at, cancelled, and their results taken away. */
#include "bulk_verify.h"

#include "app_text.h"
#include "change.h"
#include "draft.h"
#include "log.h"
#include "organisation_event.h"

enum { RUNS_SHOWN = 50, PROBLEMS_SHOWN = 200, DAY_MS = 24 * 3600 * 1000 };
static const int64_t JST_MS = 9LL * 3600 * 1000;

/* Days since 1970-01-01 in the Gregorian calendar. */
static int64_t
days_of(int64_t y, int64_t m, int64_t d)
{
	y -= m <= 2;
	m += m <= 2 ? 9 : -3;
	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d - 719469;
}

/* "2026-11-25" as the moment at which that day begins in Japan. */
static bool
day_read(struct str s, int64_t *ret_ms)
{
	static const unsigned days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned long long y, m, d;
	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !str_to_u64(str_slice(s, 0, 4), 9998, &y) ||
	    !str_to_u64(str_slice(s, 5, 7), 12, &m) || !str_to_u64(str_slice(s, 8, 10), 31, &d) || y < 2000 ||
	    m < 1 || d < 1 || d > days[m - 1] || (m == 2 && d == 29 && (y % 4 || (y % 100 == 0 && y % 400))))
		return false;
	*ret_ms = days_of((int64_t)y, (int64_t)m, (int64_t)d) * DAY_MS - JST_MS;
	return true;
}

static enum err
check_period(struct app *a, const struct bulk_verify_cmd *cmd, struct faults *faults, int64_t *ret_from,
    int64_t *ret_until)
{
	if (!day_read(cmd->from, ret_from))
		fault_add(faults, STR("from"), "開始日を入力してください。", "Please enter the first day.");
	if (!day_read(cmd->to, ret_until))
		fault_add(faults, STR("to"), "終了日を入力してください。", "Please enter the last day.");
	TRY(faults_result(faults));
	*ret_until += DAY_MS;
	if (*ret_until <= *ret_from)
		return fault_add(faults, STR("to"), "終了日は開始日以降にしてください。",
		    "The last day must not be before the first.");
	return OK;
}

static enum err
start(struct app *a, const struct user *u, const struct bulk_verify_cmd *cmd, int64_t from, int64_t until,
    struct str *ret_id)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_concluded_count count;
	int64_t n;
	struct str id = id_new(a->arena);
	TRY(tx_write(a->store, &tx));
	TRY(q_concluded_count(&tx, a->arena, u->organisation, from, until, &count));
	TRY(q_bulk_verification_add(
	    &tx, id, u->organisation, u->id, from, until, a->now_ms, count.n, from, a->origin.language, &n));
	TRY(organisation_event(a, &tx, u->organisation, AUDIT_VERIFICATION_BEGUN, user_words(a, u),
	    arena_printf(a->arena, "%.*s %.*s/%.*s contracts=%lld", STR_ARG(id), STR_ARG(cmd->from),
	        STR_ARG(cmd->to), (long long)count.n)));
	TRY(bulk_verify_order(a, &tx, id, 0));
	TRY(tx_commit(&tx));
	job_kick(a);
	log_event(LOG_INFO, "bulk-verify", "begun id=%.*s by=%.*s contracts=%lld", STR_ARG(id),
	    STR_ARG(u->id), (long long)count.n);
	*ret_id = id;
	return OK;
}

enum err
app_bulk_verify_start(struct app *a, const struct user *u, const struct bulk_verify_cmd *cmd,
    struct faults *faults, struct str *ret_id)
{
	int64_t from, until;
	TRY(check_period(a, cmd, faults, &from, &until));
	AGAIN(start(a, u, cmd, from, until, ret_id));
}

bool
bulk_verify_in_english(const struct row_bulk_verification *run)
{
	return str_eq(run->language, STR("en"));
}

static void
fill_run(const struct row_bulk_verification *r, struct bulk_verify_run *ret)
{
	*ret = (struct bulk_verify_run){.id = r->id,
	    .from_ms = r->from_ms,
	    .to_ms = r->until_ms - DAY_MS,
	    .created_ms = r->created_ms,
	    .ended_ms = r->ended_ms,
	    .state = (enum bulk_verify_state)r->state,
	    .total = (unsigned)r->total,
	    .done = (unsigned)r->done,
	    .problems = (unsigned)r->problems};
}

enum err
app_bulk_verify_list(struct app *a, const struct user *u, struct bulk_verify_run **ret, size_t *ret_n)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_bulk_verification_list list;
	TRY(tx_read(a->store, &tx));
	TRY(q_bulk_verifications(&tx, a->arena, u->organisation, RUNS_SHOWN, &list));
	*ret = ARENA_ARRAY(a->arena, struct bulk_verify_run, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		fill_run(&list.v[i], &(*ret)[i]);
	*ret_n = list.n;
	return OK;
}

enum err
app_bulk_verify_view(struct app *a, const struct user *u, struct str id, struct bulk_verify_view *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_bulk_verification run;
	struct row_bulk_verified_list list;
	TRY(tx_read(a->store, &tx));
	TRY(q_bulk_verification_of(&tx, a->arena, u->organisation, id, &run));
	TRY(q_bulk_verified_problems(&tx, a->arena, id, PROBLEMS_SHOWN, &list));
	*ret = (struct bulk_verify_view){.problems_n = list.n};
	bool english = str_eq(a->origin.language, STR("en"));
	fill_run(&run, &ret->run);
	ret->problems = ARENA_ARRAY(a->arena, struct bulk_verify_problem, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		ret->problems[i] = (struct bulk_verify_problem){.envelope = list.v[i].envelope_id,
		    .title = list.v[i].title,
		    .counterparties = list.v[i].counterparties,
		    .problem = english && list.v[i].problem_en.n ? list.v[i].problem_en : list.v[i].problem,
		    .concluded_ms = list.v[i].concluded_ms,
		    .is_certificate = list.v[i].kind == BULK_CERTIFICATE};
	return OK;
}

static enum err
cancel(struct app *a, const struct user *u, struct str id)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_bulk_verification run;
	int64_t n;
	TRY(tx_write(a->store, &tx));
	TRY(q_bulk_verification_of(&tx, a->arena, u->organisation, id, &run));
	TRY(q_bulk_verification_cancel(&tx, id, a->now_ms, &n));
	if (n == 0)
		return OK;
	TRY(organisation_event(a, &tx, u->organisation, AUDIT_VERIFICATION_CANCELLED, user_words(a, u),
	    arena_printf(a->arena, "%.*s contracts=%lld", STR_ARG(id), (long long)run.done)));
	TRY(tx_commit(&tx));
	log_event(LOG_INFO, "bulk-verify", "cancelled id=%.*s by=%.*s", STR_ARG(id), STR_ARG(u->id));
	return OK;
}

enum err
app_bulk_verify_cancel(struct app *a, const struct user *u, struct str id)
{
	AGAIN(cancel(a, u, id));
}

enum err
app_bulk_verify_file(struct app *a, const struct user *u, struct str id, bool csv, struct file_ref *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_bulk_verification run;
	TRY(tx_read(a->store, &tx));
	TRY(q_bulk_verification_of(&tx, a->arena, u->organisation, id, &run));
	if (run.state != BULK_VERIFY_DONE)
		return ERR_WRONG_STATE;
	static const char *const names[2][2] = {{"一括検証報告書_%.*s.pdf", "一括検証_%.*s.csv"},
	    {"bulk-verification-report_%.*s.pdf", "bulk-verification_%.*s.csv"}};
	*ret = (struct file_ref){.mime = csv ? STR("text/csv; charset=utf-8") : STR("application/pdf"),
	    .file_name = arena_printf(
	        a->arena, names[bulk_verify_in_english(&run)][csv], STR_ARG(str_slice(id, 0, 8)))};
	return digest_read(csv ? run.csv_sha256 : run.report_sha256, &ret->blob);
}
