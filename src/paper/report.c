/* 一括検証報告書: the figures first, then every contract, those with problems before the others. */
#include "report.h"

#include "clock.h"
#include "flow.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static struct str
pick(const struct report *r, const char *ja, const char *en)
{
	return str_c(r->english ? en : ja);
}

static struct flow_label
label(const struct report *r, const char *ja, const char *en)
{
	return (struct flow_label){pick(r, ja, en), STR_NONE};
}

static struct str
moment(struct arena *a, const struct report *r, int64_t ms)
{
	return r->english ? clock_en(a, ms) : clock_ja(a, ms);
}

/* The day of a moment in Japan, without the weekday and the time that follow it. */
static struct str
day(struct arena *a, const struct report *r, int64_t ms)
{
	struct str s = moment(a, r, ms);
	ptrdiff_t end = r->english ? str_chr(s, ':') - 3 : str_chr(s, '(');
	return str_slice(s, 0, (size_t)end);
}

static struct str
title_of(const struct report *r)
{
	return pick(r, "電子契約 一括検証報告書", "Bulk verification of electronic contracts");
}

static void
draw_head(struct flow *f, const struct report *r)
{
	struct text title = sheet_read(f->s, TYPEFACE_MINCHO, title_of(r));
	double width = text_width(&title, 0, title.n, 20);
	sheet_fill(f->s, FLOW_LEFT, f->y, FLOW_WIDTH, 2, FLOW_NAVY);
	sheet_glyphs(f->s, (SHEET_WIDTH - width) / 2, f->y + 34, 20, FLOW_NAVY, &title, 0, title.n);
	sheet_fill(f->s, FLOW_LEFT, f->y + 48, FLOW_WIDTH, 0.6, FLOW_NAVY);
	f->y += 56;
	const char *about =
	    r->english ? "Contracts concluded by %.*s and their certificates: the stored files' SHA-256, "
	                 "signatures, timestamps and changes after signing were verified again."
	               : "%.*sが締結した契約書とその合意証明書について、保存されているファイルのSHA-"
	                 "256、電子署名、タイムスタンプ、署名後の変更の有無を検証した結果です。";
	flow_paragraph(
	    f, 9.5, (struct flow_label){arena_printf(f->a, about, STR_ARG(r->organisation)), STR_NONE});
}

static void
draw_count(struct flow *f, const struct report *r, struct flow_label what, size_t n)
{
	flow_row(f, what, arena_printf(f->a, r->english ? "%zu" : "%zu件", n));
}

static void
draw_figures(struct flow *f, const struct report *r)
{
	struct arena *a = f->a;
	flow_section(f, 1, label(r, "結果", "Result"));
	flow_row(f, label(r, "対象の期間", "Period"),
	    arena_printf(a,
	        r->english ? "%.*s to %.*s (days of conclusion)"
	                   : "%.*s から %.*s まで（取引年月日＝締結日）",
	        STR_ARG(day(a, r, r->from_ms)), STR_ARG(day(a, r, r->until_ms - DAY_MS))));
	draw_count(f, r, label(r, "契約の件数", "Contracts"), r->contracts);
	draw_count(f, r, label(r, "問題なし", "Sound"), r->sound);
	draw_count(f, r, label(r, "問題・要確認", "To look at"), r->problems);
	flow_row(f, label(r, "開始・終了", "Begun, ended"),
	    arena_printf(a, r->english ? "%.*s – %.*s" : "%.*s ～ %.*s", STR_ARG(moment(a, r, r->began_ms)),
	        STR_ARG(moment(a, r, r->ended_ms))));
	flow_row(f, label(r, "実行した人", "Begun by"), r->ordered_by);
	flow_row(f, label(r, "発行者", "Issuer"), r->issuer);
}

static void
draw_rows(struct flow *f, const struct report *r)
{
	size_t i = 0;
	if (r->rows_n && r->rows[0].problem)
		flow_section(f, 2, label(r, "問題・要確認の契約", "Contracts to look at"));
	for (; i < r->rows_n; i++) {
		const struct report_row *row = &r->rows[i];
		if (!row->problem && (i == 0 || r->rows[i - 1].problem))
			flow_section(f, i ? 3 : 2, label(r, "問題のない契約", "Sound contracts"));
		flow_heading(f, arena_printf(f->a, "%.*s　%.*s", STR_ARG(day(f->a, r, row->concluded_ms)),
		                    STR_ARG(row->title)));
		flow_row(f, label(r, "相手方", "Parties"), row->counterparties);
		flow_row(f, label(r, "契約書", "Contract"), row->contract);
		flow_row(f, label(r, "合意証明書", "Certificate"), row->certificate);
		flow_row_mono(f, label(r, "文書ID", "Document ID"), row->document_id);
	}
	const char *others = r->english ? "%zu more contracts stand in the CSV file."
	                                : "このほか%zu件の契約は、CSVファイルに記載しています。";
	if (r->rows_n < r->contracts)
		flow_paragraph(f, 9,
		    (struct flow_label){arena_printf(f->a, others, r->contracts - r->rows_n), STR_NONE});
}

static void
draw_footers(struct sheet *s, const struct report *r, struct arena *a)
{
	unsigned pages = sheet_pages(s);
	for (unsigned i = 1; i <= pages; i++) {
		double y = SHEET_HEIGHT - 13 * MM;
		sheet_turn_to(s, i);
		sheet_fill(s, FLOW_LEFT, y - 11, FLOW_WIDTH, 0.5, FLOW_NAVY);
		sheet_line(s, FLOW_LEFT, y, TYPEFACE_GOTHIC, 8, FLOW_GREY,
		    arena_printf(a,
		        r->english ? "Bulk verification report, number %.*s" : "一括検証報告書　番号 %.*s",
		        STR_ARG(r->number)));
		struct text t = sheet_read(
		    s, TYPEFACE_GOTHIC, arena_printf(a, r->english ? "%u/%u" : "%u／%u", i, pages));
		sheet_glyphs(
		    s, FLOW_LEFT + FLOW_WIDTH - text_width(&t, 0, t.n, 8), y, 8, FLOW_GREY, &t, 0, t.n);
	}
}

enum err
report_draw(struct arena *a, const struct report *r, struct buf *ret)
{
	struct sheet *s CLEANUP(sheet_drop) = sheet_new(a);
	struct flow f = {.a = a, .s = s, .running_head = title_of(r)};
	flow_page(&f);
	draw_head(&f, r);
	draw_figures(&f, r);
	draw_rows(&f, r);
	draw_footers(s, r, a);
	struct sheet_info info = {.title = title_of(r),
	    .subject = arena_printf(a, r->english ? "Number %.*s" : "番号 %.*s", STR_ARG(r->number)),
	    .at_ms = r->ended_ms,
	    .english = r->english};
	return sheet_finish(s, &info, ret);
}
