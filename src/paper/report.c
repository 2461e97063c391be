/* 一括検証報告書: the figures first, then every contract, those with problems before the others. */
#include "report.h"

#include "clock.h"
#include "flow.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static struct flow_label
label(struct str words)
{
	return (struct flow_label){words, STR_NONE};
}

static struct str
day(struct arena *a, int64_t ms)
{
	struct str s = clock_ja(a, ms);
	ptrdiff_t end = str_find(s, STR("日"));
	return str_slice(s, 0, end < 0 ? s.n : (size_t)end + STR("日").n);
}

static void
draw_head(struct flow *f, const struct report *r)
{
	struct text title = sheet_read(f->s, TYPEFACE_MINCHO, STR("電子契約 一括検証報告書"));
	double width = text_width(&title, 0, title.n, 20);
	sheet_fill(f->s, FLOW_LEFT, f->y, FLOW_WIDTH, 2, FLOW_NAVY);
	sheet_glyphs(f->s, (SHEET_WIDTH - width) / 2, f->y + 34, 20, FLOW_NAVY, &title, 0, title.n);
	sheet_fill(f->s, FLOW_LEFT, f->y + 48, FLOW_WIDTH, 0.6, FLOW_NAVY);
	f->y += 56;
	flow_paragraph(f, 9.5,
	    label(arena_printf(f->a,
	        "%.*sが締結した契約書とその合意証明書について、保存されているファイルのSHA-"
	        "256、電子署名、タイムスタンプ、署名後の変更の有無を検証した結果です。",
	        STR_ARG(r->organisation))));
}

static void
draw_figures(struct flow *f, const struct report *r)
{
	struct arena *a = f->a;
	flow_section(f, 1, label(STR("結果")));
	flow_row(f, label(STR("対象の期間")),
	    arena_printf(a, "%.*s から %.*s まで（取引年月日＝締結日）", STR_ARG(day(a, r->from_ms)),
	        STR_ARG(day(a, r->until_ms - DAY_MS))));
	flow_row(f, label(STR("契約の件数")), arena_printf(a, "%zu件", r->contracts));
	flow_row(f, label(STR("問題なし")), arena_printf(a, "%zu件", r->sound));
	flow_row(f, label(STR("問題・要確認")), arena_printf(a, "%zu件", r->problems));
	flow_row(f, label(STR("開始・終了")),
	    arena_printf(
	        a, "%.*s ～ %.*s", STR_ARG(clock_ja(a, r->began_ms)), STR_ARG(clock_ja(a, r->ended_ms))));
	flow_row(f, label(STR("実行した人")), r->ordered_by);
	flow_row(f, label(STR("発行者")), r->issuer);
}

static void
draw_rows(struct flow *f, const struct report *r)
{
	size_t i = 0;
	if (r->rows_n && r->rows[0].problem)
		flow_section(f, 2, label(STR("問題・要確認の契約")));
	for (; i < r->rows_n; i++) {
		const struct report_row *row = &r->rows[i];
		if (!row->problem && (i == 0 || r->rows[i - 1].problem))
			flow_section(f, i ? 3 : 2, label(STR("問題のない契約")));
		flow_heading(f, arena_printf(f->a, "%.*s　%.*s", STR_ARG(day(f->a, row->concluded_ms)),
		                    STR_ARG(row->title)));
		flow_row(f, label(STR("相手方")), row->counterparties);
		flow_row(f, label(STR("契約書")), row->contract);
		flow_row(f, label(STR("合意証明書")), row->certificate);
		flow_row_mono(f, label(STR("文書ID")), row->document_id);
	}
	if (r->rows_n < r->contracts)
		flow_paragraph(f, 9,
		    label(arena_printf(f->a, "このほか%zu件の契約は、CSVファイルに記載しています。",
		        r->contracts - r->rows_n)));
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
		    arena_printf(a, "一括検証報告書　番号 %.*s", STR_ARG(r->number)));
		struct text t = sheet_read(s, TYPEFACE_GOTHIC, arena_printf(a, "%u／%u", i, pages));
		sheet_glyphs(
		    s, FLOW_LEFT + FLOW_WIDTH - text_width(&t, 0, t.n, 8), y, 8, FLOW_GREY, &t, 0, t.n);
	}
}

enum err
report_draw(struct arena *a, const struct report *r, struct buf *ret)
{
	struct sheet *s CLEANUP(sheet_drop) = sheet_new(a);
	struct flow f = {.a = a, .s = s, .running_head = STR("電子契約 一括検証報告書")};
	flow_page(&f);
	draw_head(&f, r);
	draw_figures(&f, r);
	draw_rows(&f, r);
	draw_footers(s, r, a);
	struct sheet_info info = {.title = STR("電子契約 一括検証報告書"),
	    .subject = arena_printf(a, "番号 %.*s", STR_ARG(r->number)),
	    .at_ms = r->ended_ms};
	return sheet_finish(s, &info, ret);
}
