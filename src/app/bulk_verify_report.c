/* The results of a 一括検証: a CSV file for programs and tax offices, and a sealed PDF for people. */
#include "bulk_verify.h"

#include "buf.h"
#include "clock.h"
#include "report.h"
#include "timestamping.h"

enum { ROWS_AT_ONCE = 500, REPORT_CONTRACTS_MAX = 2000 };

static const char *const verdicts[2][3] = {
    {[BULK_SOUND] = "問題なし", [BULK_UNKNOWN_ISSUER] = "発行元は未確認", [BULK_PROBLEM] = "問題あり"},
    {[BULK_SOUND] = "sound", [BULK_UNKNOWN_ISSUER] = "issuer unknown", [BULK_PROBLEM] = "not sound"}};

static struct str
problem_of(const struct row_bulk_verified *r, bool english)
{
	return english ? r->problem_en : r->problem;
}

/* ---- CSV (RFC 4180, with the mark of UTF-8 that spreadsheets look for) ---- */
static const char
    csv_head_ja[] =
        "\xEF\xBB\xBF\"番号\",\"取引年月日\",\"題名\",\"相手方\",\"文書ID\",\"ファイル\",\"判定\",\"問題\","
        "\"形式\",\"タイムスタンプ（UTC）\",\"時刻認証局\",\"タイムスタンプの有効期限\",\"SHA-256\"\r\n",
    csv_head_en[] =
        "\xEF\xBB\xBF\"Number\",\"Concluded\",\"Title\",\"Parties\",\"Document ID\",\"File\",\"Verdict\","
        "\"Problem\",\"Level\",\"Timestamp (UTC)\",\"Timestamp authority\",\"Timestamp valid "
        "until\",\"SHA-256\"\r\n";

/* Text that a spreadsheet would take for a formula gets an apostrophe before it. */
static void
put_cell(struct buf *b, struct str s, bool last)
{
	buf_put_byte(b, '"');
	if (s.n && strchr("=+-@\t\r", s.p[0]))
		buf_put_byte(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_put_byte(b, '"');
		buf_put_byte(b, (unsigned char)s.p[i]);
	}
	buf_put_c(b, last ? "\"\r\n" : "\",");
}

static struct str
day(struct arena *a, int64_t utc_ms)
{
	return str_slice(clock_iso(a, utc_ms + 9LL * 3600 * 1000), 0, 10);
}

static void
put_row(struct buf *b, struct arena *a, const struct row_bulk_verified *r, bool english)
{
	static const struct str files[2][2] = {
	    {STR("契約書"), STR("合意証明書")}, {STR("contract"), STR("certificate")}};
	const struct str cells[] = {arena_printf(a, "%lld", (long long)r->number), day(a, r->concluded_ms),
	    r->title, r->counterparties, r->document_id, files[english][r->kind == BULK_CERTIFICATE],
	    str_c(verdicts[english][r->verdict]), problem_of(r, english), r->level,
	    r->timestamp_ms ? clock_iso(a, r->timestamp_ms) : STR_NONE, r->tsa, r->valid_until, r->sha256};
	size_t n = sizeof(cells) / sizeof(cells[0]);
	for (size_t i = 0; i < n; i++)
		put_cell(b, cells[i], i + 1 == n);
}

/* ---- the PDF ---- */
/* The verdict, and the newest timestamp where there is one. */
static struct str
words(struct arena *a, const struct row_bulk_verified *r, bool english)
{
	struct str problem = problem_of(r, english);
	struct str verdict = arena_printf(a, "%s%s%.*s", verdicts[english][r->verdict],
	    problem.n == 0 ? ""
	    : english      ? ": "
	                   : "：",
	    STR_ARG(problem));
	if (r->timestamp_ms == 0)
		return verdict;
	struct str stamp = english ? clock_en(a, r->timestamp_ms) : clock_ja(a, r->timestamp_ms);
	return arena_printf(a,
	    english ? "%.*s\nLevel %.*s, timestamp %.*s, valid until %.*s\nTimestamp authority %.*s"
	            : "%.*s\n形式 %.*s　タイムスタンプ %.*s　有効期限 %.*s\n時刻認証局 %.*s",
	    STR_ARG(verdict), STR_ARG(r->level), STR_ARG(stamp), STR_ARG(str_slice(r->valid_until, 0, 10)),
	    STR_ARG(r->tsa));
}

static void
add_row(struct arena *a, const struct row_bulk_verified *r, bool english, struct report *ret)
{
	struct str said = words(a, r, english);
	struct report_row *to = &ret->rows[ret->rows_n];
	if (r->kind == BULK_CONTRACT) {
		*to = (struct report_row){.concluded_ms = r->concluded_ms,
		    .title = arena_str(a, r->title),
		    .counterparties = arena_str(a, r->counterparties),
		    .document_id = arena_str(a, r->document_id),
		    .contract = said};
	} else {
		to->certificate = said;
		ret->rows_n++;
	}
	to->problem = to->problem || r->verdict != BULK_SOUND;
}

struct making {
	struct app *a;
	const struct row_bulk_verification *run;
	struct buf csv;
	struct report problems, others; /* rows alone */
};

static void
making_free(struct making *m)
{
	buf_free(&m->csv);
}

/* Rows come in pairs, contract and certificate. */
static void
take_pair(struct making *m, const struct row_bulk_verified *pair)
{
	bool problem = pair[0].verdict != BULK_SOUND || pair[1].verdict != BULK_SOUND;
	struct report *to = problem ? &m->problems : &m->others;
	bool english = bulk_verify_in_english(m->run);
	for (int i = 0; i < 2; i++) {
		struct arena some CLEANUP(arena_free) = {0};
		put_row(&m->csv, &some, &pair[i], english);
		if (to->rows_n < REPORT_CONTRACTS_MAX)
			add_row(m->a->arena, &pair[i], english, to);
	}
}

static enum err
read_rows(struct making *m)
{
	struct tx tx CLEANUP(tx_end) = {0};
	int64_t after = 0;
	TRY(tx_read(m->a->store, &tx));
	for (size_t n = ROWS_AT_ONCE; n == ROWS_AT_ONCE;) {
		struct arena some CLEANUP(arena_free) = {0};
		struct row_bulk_verified_list list;
		TRY(q_bulk_verified_rows(&tx, &some, m->run->id, after, ROWS_AT_ONCE, &list));
		n = list.n;
		for (size_t i = 0; i + 1 < n; i += 2) {
			take_pair(m, &list.v[i]);
			after = list.v[i].number;
		}
	}
	return OK;
}

static enum err
draw(struct making *m, struct buf *ret)
{
	struct app *a = m->a;
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_account by;
	struct report r = m->problems;
	size_t left = REPORT_CONTRACTS_MAX - r.rows_n;
	TRY(tx_read(a->store, &tx));
	TRY(q_account_get(&tx, a->arena, m->run->account_id, &by));
	for (size_t i = 0; i < m->others.rows_n && i < left; i++)
		r.rows[r.rows_n++] = m->others.rows[i];
	r.number = m->run->id;
	r.organisation = by.organisation;
	r.ordered_by = by.name;
	r.issuer = a->config->product_name;
	r.english = bulk_verify_in_english(m->run);
	r.from_ms = m->run->from_ms;
	r.until_ms = m->run->until_ms;
	r.began_ms = m->run->created_ms;
	r.ended_ms = a->now_ms;
	r.contracts = (size_t)m->run->done;
	r.problems = (size_t)m->run->problems;
	r.sound = r.contracts - r.problems;
	return report_draw(a->arena, &r, ret);
}

static enum err
keep(struct app *a, const struct buf *file, struct str *ret_sha256)
{
	struct sha256 digest;
	TRY(blob_put(a->blobs, buf_str(file), &digest));
	*ret_sha256 = sha256_hex(a->arena, &digest);
	return OK;
}

enum err
bulk_verify_report(struct app *a, struct str job, const struct row_bulk_verification *run,
    struct str *ret_csv_sha256, struct str *ret_report_sha256)
{
	struct making m CLEANUP(making_free) = {.a = a, .run = run};
	struct buf pdf CLEANUP(buf_free) = {0};
	struct str authority;
	m.problems.rows = ARENA_ARRAY(a->arena, struct report_row, REPORT_CONTRACTS_MAX + 1);
	m.others.rows = ARENA_ARRAY(a->arena, struct report_row, REPORT_CONTRACTS_MAX + 1);
	bool english = bulk_verify_in_english(run);
	buf_put_c(&m.csv, english ? csv_head_en : csv_head_ja);
	TRY(read_rows(&m));
	TRY(draw(&m, &pdf));
	TRY(timestamping_authority(a, run->organisation_id, &authority));
	TRY(sealer_seal(a->sealer, job, authority,
	    english ? STR("Bulk verification report issued") : STR("一括検証報告書の発行"), a->now_ms, &pdf));
	TRY(keep(a, &m.csv, ret_csv_sha256));
	return keep(a, &pdf, ret_report_sha256);
}
