/* The sample contract: a short but complete 業務委託契約書 between two companies, on three pages. */
#include "certificate.h"

#include "flow.h"

static const double MARGIN = 28 * MM, BODY = 11.5, LINE = 21.5;

struct article {
	const char *title, *text;
};

static const struct article articles[] = {
    {"第1条（目的）", "甲は、次条に定める業務（以下「本業務」という。）を乙に委託し、乙はこれを受託する。"},
    {"第2条（業務の内容）", "1　本業務の内容は、甲が運営するウェブサイトの改善に関する調査、設計、制作および"
                            "これらに付随する作業とする。\n"
                            "2　本業務の詳細は、甲乙が協議のうえ、個別の仕様書で定める。仕様書と本契約の定め"
                            "が異なるときは、仕様書の定めを優先する。"},
    {"第3条（委託料および支払方法）",
        "1　甲は、本業務の対価として、乙に対し、月額300,000円（消費税別）を支払う。\n"
        "2　乙は、毎月末日までの業務について翌月5日までに請求書を発行し、甲は、請求書を受領した月の末日までに"
        "、乙の指定する銀行口座に振り"
        "込む方法で支払う。振込手数料は甲の負担とする。"},
    {"第4条（契約期間）", "本契約の有効期間は、契約締結日から1年間とする。ただし、期間満了の1か月前までに甲乙"
                          "いずれからも書面または電磁的方法による終了の申し"
                          "入れがないときは、同一の条件でさらに1年間更新され、以後も同様とする。"},
    {"第5条（再委託）", "乙は、甲の事前の承諾を得た場合に限り、本業務の一部を第三者に再委託することができる。"
                        "この場合、乙は、再委託先に本契約と同等の義務を負"
                        "わせ、その行為について責任を負う。"},
    {"第6条（報告および検査）", "1　乙は、甲の求めに応じて、本業務の進み具合を報告する。\n"
                                "2　甲は、成果物の納入を受けた日から10営業日以内に検査を行い、その結果を乙に"
                                "通知する。期間内に通知がないときは、検査に合格したものと"
                                "みなす。"},
    {"第7条（知的財産権）", "本業務により生じた成果物の著作権（著作権法第27条および第28条の権利を含む。）は、"
                            "委託料の支払いが完了した時に、乙から甲に移転する。た"
                            "だし、乙が従前から有していた著作物の権利は、乙に留保される。"},
    {"第8条（秘密保持）", "1　甲および乙は、本契約に関して知った相手方の技術上または営業上の情報を秘密として"
                          "扱い、相手方の承諾なく第三者に開示せず、本契約の目的"
                          "以外に用いない。\n2　前項の義務は、本契約の終了後も3年間存続する。"},
    {"第9条（個人情報の取扱い）", "乙は、本業務において個人情報を取り扱うときは、個人情報の保護に関する法令を"
                                  "守り、漏えい等を防ぐために必要な措置を講じる。"},
    {"第10条（契約の解除）", "甲または乙は、相手方が本契約に違反し、相当の期間を定めて催告しても是正されない"
                             "ときは、本契約を解除することができる。"},
    {"第11条（損害賠償）", "甲または乙は、本契約に違反して相手方に損害を与えたときは、その損害を賠償する。た"
                           "だし、賠償額の総額は、故意または重大な過失がある場合を"
                           "除き、過去12か月に支払われた委託料の総額を上限とする。"},
    {"第12条（反社会的勢力の排除）", "甲および乙は、自らおよびその役員が反社会的勢力に該当せず、将来も該当し"
                                     "ないことを表明し、これに反したときは、相手方は催告なく本契約を"
                                     "解除することができる。"},
    {"第13条（協議および管轄）", "本契約に定めのない事項または解釈に疑いが生じた事項は、甲乙が誠実に協議して"
                                 "解決する。訴訟の必要が生じたときは、東京地方裁判所を第一審"
                                 "の専属的合意管轄裁判所とする。"},
};

struct page_flow {
	struct arena *a;
	struct sheet *s;
	double y;
};

static void
paragraph(struct page_flow *p, double indent, enum typeface face, struct str text)
{
	struct text t = sheet_read_value(p->s, face, text);
	size_t n;
	struct text_line *lines = text_wrap(p->a, &t, BODY, SHEET_WIDTH - 2 * MARGIN - indent, &n);

	for (size_t i = 0; i < n; i++, p->y += LINE)
		sheet_glyphs(p->s, MARGIN + indent, p->y, BODY, FLOW_INK, &t, lines[i].from, lines[i].to);
}

static void
draw_articles(struct page_flow *p, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		paragraph(p, 0, TYPEFACE_MINCHO, str_c(articles[i].title));
		paragraph(p, BODY, TYPEFACE_MINCHO, str_c(articles[i].text));
		p->y += 7;
	}
}

static void
new_page(struct page_flow *p)
{
	sheet_page(p->s);
	p->y = 32 * MM;
}

static struct sample_place
draw_party(
    struct page_flow *p, const char *letter, struct str company, const char *address, const char *person)
{
	double x = MARGIN + 22 * MM, stamp_x = MARGIN + 118 * MM;

	sheet_line(p->s, MARGIN + 8 * MM, p->y, TYPEFACE_MINCHO, 12, FLOW_INK, str_c(letter));
	sheet_line(p->s, x, p->y, TYPEFACE_MINCHO, BODY, FLOW_INK, str_c(address));
	p->y += 24;
	struct text t = sheet_read_value(p->s, TYPEFACE_MINCHO, company);
	size_t n;
	struct text_line *lines = text_wrap(p->a, &t, BODY, 90 * MM, &n);
	for (size_t i = 0; i < n; i++, p->y += i < n ? 16 : 24)
		sheet_glyphs(p->s, x, p->y, BODY, FLOW_INK, &t, lines[i].from, lines[i].to);
	sheet_line(p->s, x, p->y, TYPEFACE_MINCHO, BODY, FLOW_INK, str_c(person));
	sheet_line(p->s, stamp_x - 6, p->y + 1, TYPEFACE_MINCHO, 12, FLOW_GREY, STR("㊞"));
	struct sample_place place = {.page = 3, .x_mm = stamp_x / MM, .y_mm = (p->y - 3.5) / MM};
	p->y += 62;
	return place;
}

enum err
sample_contract_draw(struct arena *a, struct str company_ko, struct str company_otsu, struct buf *ret,
    struct sample_place ret_places[2])
{
	struct sheet *s CLEANUP(sheet_drop) = sheet_new(a);
	struct page_flow p = {.a = a, .s = s};
	struct sample_place places[2];

	if (company_ko.n > 400 || company_otsu.n > 400)
		return ERR_INVALID;
	new_page(&p);
	struct text title = sheet_read(s, TYPEFACE_MINCHO, STR("業務委託契約書"));
	sheet_glyphs(
	    s, (SHEET_WIDTH - text_width(&title, 0, title.n, 20)) / 2, p.y, 20, FLOW_INK, &title, 0, title.n);
	p.y += 44;
	paragraph(&p, 0, TYPEFACE_MINCHO,
	    arena_printf(a,
	        "　%.*s（以下「甲」という。）と%.*"
	        "s（以下「乙」という。）とは、甲が乙に委託する業務に関し、次のとおり業務委託契約（以下「本契"
	        "約」と"
	        "いう。）を締結する。",
	        STR_ARG(company_ko), STR_ARG(company_otsu)));
	p.y += 8;
	draw_articles(&p, 0, 5);
	new_page(&p);
	draw_articles(&p, 5, 11);
	new_page(&p);
	draw_articles(&p, 11, sizeof articles / sizeof *articles);
	p.y += 8;
	paragraph(&p, 0, TYPEFACE_MINCHO,
	    STR("　本契約の成立を証するため、本書の電磁的記録を作成し、甲乙が合意の後に電子署名を施し、各自そ"
	        "の電磁的記録を保管する。"));
	p.y += 26;
	sheet_line(s, MARGIN, p.y, TYPEFACE_MINCHO, BODY, FLOW_INK,
	    STR("契約締結日　　タイムスタンプに記録された締結完了の日"));
	p.y += 52;
	places[0] = draw_party(
	    &p, "甲", company_ko, "東京都千代田区丸の内一丁目1番1号", "代表取締役　　山　田　太　郎");
	places[1] = draw_party(
	    &p, "乙", company_otsu, "東京都新宿区西新宿二丁目8番1号", "代表取締役　　佐　藤　花　子");
	for (unsigned i = 1; i <= sheet_pages(s); i++) {
		struct text t = sheet_read(s, TYPEFACE_MINCHO, arena_printf(a, "%u／%u", i, sheet_pages(s)));
		sheet_turn_to(s, i);
		sheet_glyphs(s, (SHEET_WIDTH - text_width(&t, 0, t.n, 9)) / 2, SHEET_HEIGHT - 16 * MM, 9,
		    FLOW_INK, &t, 0, t.n);
	}
	struct sheet_info info = {.title = STR("業務委託契約書（サンプル）"),
	    .subject = STR("サンプル契約書"),
	    .at_ms = 1767225600000};
	TRY(sheet_finish(s, &info, ret));
	memcpy(ret_places, places, sizeof places);
	return OK;
}
