/* 原本について: what the attached original is, what signatures it says it has, and how to take it out. */
#include "cover_page.h"

#include "flow.h"

static const double MARK_SIZE = 8, MARK_BASELINE = 3;

static struct flow_label
label(struct str ja, struct str en)
{
	return (struct flow_label){ja, en};
}

static struct str
or_dash(struct str s)
{
	return s.n ? s : STR("―");
}

static void
draw_head(struct flow *f)
{
	struct text title = sheet_read(f->s, TYPEFACE_MINCHO, STR("原 本 に つ い て")),
	            under = sheet_read(f->s, TYPEFACE_MINCHO, STR("About the signed original"));
	sheet_fill(f->s, FLOW_LEFT, f->y, FLOW_WIDTH, 2, FLOW_NAVY);
	sheet_glyphs(f->s, (SHEET_WIDTH - text_width(&title, 0, title.n, 22)) / 2, f->y + 33, 22, FLOW_NAVY,
	    &title, 0, title.n);
	sheet_glyphs(f->s, (SHEET_WIDTH - text_width(&under, 0, under.n, 10)) / 2, f->y + 48, 10, FLOW_NAVY,
	    &under, 0, under.n);
	sheet_fill(f->s, FLOW_LEFT, f->y + 58, FLOW_WIDTH, 0.6, FLOW_NAVY);
	f->y += 68;
	flow_paragraph(f, 9.5,
	    label(STR("この書類のもとになったPDF（以下「原本」）には、すでに電子署名があります。その電子署名"
	              "を損なわ"
	              "ないように、原本は1バイトも変えずにこのPDFに添付してあります。この書類への合意と電子署"
	              "名は、"
	              "添付した原本にも及びます。"),
	        STR("The PDF that this document was made from (the original) already carries signatures. To "
	            "keep "
	            "them whole, the original is attached to this PDF byte for byte. Agreement to this "
	            "document and "
	            "the signatures on it cover the attached original.")));
	f->y += 4;
}

static void
draw_original(struct flow *f, const struct cover_page *c)
{
	flow_section(f, 1, label(STR("原本"), STR("The original")));
	flow_row(f, label(STR("タイトル"), STR("Title, as the file says")), c->original->title);
	flow_row(f, label(STR("ファイル名"), STR("File name")), c->file_name);
	flow_row(f, label(STR("大きさ"), STR("Size")),
	    arena_printf(f->a, "%zuバイト（%zu bytes）", c->bytes, c->bytes));
	flow_row_mono(f, label(STR("SHA-256"), STR_NONE), c->sha256);
}

static void
draw_signatures(struct flow *f, const struct document_original *o)
{
	flow_section(f, 2, label(STR("原本にある電子署名"), STR("Signatures in the original")));
	for (unsigned i = 0; i < o->listed_n; i++) {
		const struct document_original_signature *s = &o->signatures[i];
		flow_row(f,
		    s->is_timestamp ? label(arena_printf(f->a, "%u　タイムスタンプ", i + 1), STR("Timestamp"))
		                    : label(arena_printf(f->a, "%u　電子署名", i + 1), STR("Signature")),
		    arena_printf(f->a, "名前（Name）　%.*s\n時刻（Time）　%.*s\n署名欄（Field）　%.*s",
		        STR_ARG(or_dash(s->name)), STR_ARG(or_dash(s->time)), STR_ARG(or_dash(s->field))));
	}
	if (o->signatures_n > o->listed_n)
		flow_row(f, label(STR("ほか"), STR("More")),
		    arena_printf(f->a, "%u件", o->signatures_n - o->listed_n));
	if (o->signatures_n == 0)
		flow_row(f, label(STR("電子署名"), STR("Signatures")),
		    STR("署名欄に電子署名はありません。文書の権限または検証のための情報だけがあります。\n"
		        "None in a field; there are only rights of use or material for validation."));
	f->y += 4;
	flow_paragraph(f, 8.5,
	    label(STR("名前と時刻は原本に書かれているとおりで、確かめたものではありません。添付の原本を取り出"
	              "して検証"
	              "してください。"),
	        STR("Names and times are what the original says and have not been checked. Take the original "
	            "out "
	            "to verify it.")));
}

static void
draw_how(struct flow *f)
{
	flow_section(
	    f, 3, label(STR("原本の取り出し方と、写し"), STR("How to take the original out; the copy")));
	f->y += 6;
	flow_paragraph(f, 9.5,
	    label(
	        STR("原本は、PDFを見るソフトの「添付ファイル」の一覧から保存できます（コマンドでは pdfdetach "
	            "-saveall）。保存したファイルのSHA-256が上の値と同じなら、原本そのものです。"),
	        STR("Save the original from the list of attachments of a PDF viewer (on the command line: "
	            "pdfdetach -saveall). A saved file with the SHA-256 above is the original itself.")));
	f->y += 4;
	flow_paragraph(f, 9.5,
	    label(STR("次のページからは、原本を開いたときに見える内容の写しです。写しの各ページの下には「写し"
	              "」と記して"
	              "あります。"),
	        STR("The following pages are a copy of what the original shows when it is opened. Each of "
	            "them is "
	            "marked 写し (copy) at its foot.")));
}

enum err
cover_page_draw(struct arena *a, const struct cover_page *c, struct buf *ret)
{
	struct sheet *s CLEANUP(sheet_drop) = sheet_new(a);
	struct flow f = {.a = a, .s = s, .running_head = STR("原本について")};
	flow_page(&f);
	draw_head(&f);
	draw_original(&f, c);
	draw_signatures(&f, c->original);
	draw_how(&f);
	sheet_page(s);
	sheet_line(s, 0, SHEET_HEIGHT - MARK_BASELINE, TYPEFACE_BOLD, MARK_SIZE, FLOW_NAVY, STR("写し"));
	struct sheet_info info = {.title = STR("原本について"), .subject = STR("原本について")};
	return sheet_finish(s, &info, ret);
}
