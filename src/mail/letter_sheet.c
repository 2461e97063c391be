#include "letter_sheet.h"

void
letter_block(struct sheet_letter *s, enum block_kind kind, struct str label, struct str value)
{
	if (value.n && s->n < BLOCKS_MAX)
		s->blocks[s->n++] = (struct block){kind, label, value};
}

/* ---- plain text ---- */

static void
indented(struct buf *out, struct str text)
{
	struct str line;
	while (str_split(&text, '\n', &line))
		buf_printf(out, "    %.*s\n", STR_ARG(line));
}

static void
text_block(const struct sheet_letter *s, const struct block *b, struct buf *out)
{
	const char *colon = s->english ? ": " : "：";
	switch (b->kind) {
	case BLOCK_LINE: buf_printf(out, "%.*s\n", STR_ARG(b->value)); break;
	case BLOCK_FACT: buf_printf(out, "%.*s%s%.*s\n", STR_ARG(b->label), colon, STR_ARG(b->value)); break;
	case BLOCK_QUOTE:
		buf_printf(out, "%.*s%s\n", STR_ARG(b->label), colon);
		indented(out, b->value);
		break;
	case BLOCK_BUTTON:
		buf_printf(out, s->english ? "%.*s:\n%.*s\n" : "「%.*s」\n%.*s\n", STR_ARG(b->label),
		    STR_ARG(b->value));
		break;
	case BLOCK_STEP: buf_printf(out, "%.*s. %.*s\n", STR_ARG(b->label), STR_ARG(b->value)); break;
	case BLOCK_CODE: buf_printf(out, "%.*s\n", STR_ARG(b->value)); break;
	case BLOCK_WARNING:
		buf_printf(out, s->english ? "Please note: %.*s\n" : "※ %.*s\n", STR_ARG(b->value));
		break;
	case BLOCK_SMALL: buf_printf(out, "%.*s\n", STR_ARG(b->value)); break;
	}
}

/* Facts stand together, and so do steps and the lines of the footer; all else is apart. */
static bool
stands_with(enum block_kind before, enum block_kind kind)
{
	return before == kind && (kind == BLOCK_FACT || kind == BLOCK_STEP || kind == BLOCK_SMALL);
}

void
letter_set_text(const struct sheet_letter *s, struct buf *out)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct block *b = &s->blocks[i];
		if (i && !stands_with(b[-1].kind, b->kind))
			buf_put(out, STR("\n"));
		if (b->kind == BLOCK_SMALL && b[-1].kind != BLOCK_SMALL)
			buf_put(out, STR("-- \n"));
		text_block(s, b, out);
	}
}

/* ---- HTML: one column of 600 px of tables with its styles in the elements, since mail programs drop the
 * rest ---- */

#define INK "color:#1a1a1c;"
#define FAINT "color:#4d4d4d;"
#define CELL "<tr><td class=\"ink\" style=\"padding:0 32px "

static void
escaped(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		switch (s.p[i]) {
		case '&': buf_put(out, STR("&amp;")); break;
		case '<': buf_put(out, STR("&lt;")); break;
		case '>': buf_put(out, STR("&gt;")); break;
		case '"': buf_put(out, STR("&quot;")); break;
		case '\'': buf_put(out, STR("&#39;")); break;
		case '\n': buf_put(out, STR("<br>\n")); break;
		default: buf_put_byte(out, (unsigned char)s.p[i]);
		}
}

static void
wrapped(struct buf *out, const char *before, struct str s, const char *after)
{
	buf_put_c(out, before);
	escaped(out, s);
	buf_put_c(out, after);
}

static bool
is_url(struct str s)
{
	return str_starts(s, STR("https://")) || str_starts(s, STR("http://"));
}

/* 52 px high; the URL below for those who rather copy it. */
static void
html_button(const struct sheet_letter *s, const struct block *b, struct buf *out)
{
	if (!is_url(b->value))
		return;
	wrapped(out,
	    CELL "12px\"><table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>"
	         "<td class=\"button\" bgcolor=\"#0017c1\" "
	         "style=\"background-color:#0017c1;border-radius:8px;\"><a href=\"",
	    b->value,
	    "\" style=\"display:inline-block;min-width:136px;padding:14px "
	    "32px;font-size:16px;line-height:24px;"
	    "font-weight:bold;text-align:center;color:#ffffff;text-decoration:none;\">");
	wrapped(out, "", b->label, "</a></td></tr></table></td></tr>\n");
	buf_put_c(out, CELL "24px;font-size:13px;line-height:1.7;" FAINT "\">");
	buf_put_c(out, s->english ? "If the button does not work, open this address:<br>"
	                          : "ボタンが開けない場合は、次のURLを開いてください。<br>");
	wrapped(
	    out, "<a class=\"link\" style=\"color:#0017c1;word-break:break-all;\" href=\"", b->value, "\">");
	wrapped(out, "", b->value, "</a></td></tr>\n");
}

static void
html_block(const struct sheet_letter *s, const struct block *b, struct buf *out)
{
	switch (b->kind) {
	case BLOCK_LINE:
		wrapped(out, CELL "16px;font-size:16px;line-height:1.7;" INK "\">", b->value, "</td></tr>\n");
		break;
	case BLOCK_FACT:
		wrapped(out,
		    CELL "8px;font-size:16px;line-height:1.7;" INK
		         "\"><span class=\"faint\" style=\"font-size:13px;" FAINT "\">",
		    b->label, "</span><br>");
		wrapped(out, "", b->value, "</td></tr>\n");
		break;
	case BLOCK_QUOTE:
		wrapped(out,
		    CELL "16px;font-size:16px;line-height:1.7;" INK
		         "\"><span class=\"faint\" style=\"font-size:13px;" FAINT "\">",
		    b->label,
		    "</span><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
		    "border=\"0\"><tr>");
		wrapped(out,
		    "<td class=\"quote ink\" style=\"padding:12px 16px;border-left:4px solid "
		    "#999999;background-color:#f2f2f2;font-size:16px;"
		    "line-height:1.7;" INK "\">",
		    b->value, "</td></tr></table></td></tr>\n");
		break;
	case BLOCK_BUTTON: html_button(s, b, out); break;
	case BLOCK_STEP:
		wrapped(out,
		    CELL "4px;\"><table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" "
		         "border=\"0\"><tr><td class=\"ink\" valign=\"top\" width=\"24\" "
		         "style=\"width:24px;font-size:15px;line-height:1.7;font-weight:bold;" INK "\">",
		    b->label, "</td>");
		wrapped(out,
		    "<td class=\"ink\" valign=\"top\" style=\"font-size:15px;line-height:1.7;" INK "\">",
		    b->value, "</td></tr></table></td></tr>\n");
		break;
	case BLOCK_CODE:
		wrapped(out,
		    CELL "16px;font-size:32px;line-height:1.5;font-weight:bold;letter-spacing:6px;font-"
		         "family:monospace;" INK "\">",
		    b->value, "</td></tr>\n");
		break;
	case BLOCK_WARNING:
		wrapped(out,
		    "<tr><td style=\"padding:8px 32px 16px;\"><table role=\"presentation\" width=\"100%\" "
		    "cellpadding=\"0\" cellspacing=\"0\" "
		    "border=\"0\"><tr><td class=\"warning ink\" style=\"padding:12px 16px;border:2px solid "
		    "#927200;background-color:#fbf5e0;"
		    "font-size:15px;line-height:1.7;" INK "\">",
		    b->value, "</td></tr></table></td></tr>\n");
		break;
	case BLOCK_SMALL:
		buf_put_c(out, "<tr><td class=\"faint\" style=\"padding:0 32px "
		               "4px;font-size:13px;line-height:1.7;word-break:break-word;" FAINT "\">");
		if (is_url(b->value)) {
			wrapped(out, "<a class=\"link\" style=\"color:#0017c1;\" href=\"", b->value, "\">");
			wrapped(out, "", b->value, "</a>");
		} else {
			escaped(out, b->value);
		}
		buf_put(out, STR("</td></tr>\n"));
		break;
	}
}

static const char styles[] = "<style>\n"
                             "@media (prefers-color-scheme: dark) {\n"
                             ".page { background-color: #1a1a1c !important; }\n"
                             ".card { background-color: #26262a !important; }\n"
                             ".ink { color: #f2f2f2 !important; }\n"
                             ".faint { color: #cccccc !important; }\n"
                             ".quote { background-color: #333338 !important; }\n"
                             ".warning { background-color: #3a3210 !important; }\n"
                             ".link { color: #9db7f9 !important; }\n"
                             ".button { background-color: #4979f5 !important; }\n"
                             ".button a { color: #000000 !important; }\n"
                             "}\n"
                             "</style>\n";

/* Rows that stand close together and apart from what follows. */
static bool
is_list(enum block_kind kind)
{
	return kind == BLOCK_FACT || kind == BLOCK_STEP;
}

void
letter_set_html(const struct sheet_letter *s, struct buf *out)
{
	buf_printf(out,
	    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" "
	    "content=\"light dark\">\n",
	    s->english ? "en" : "ja");
	wrapped(out, "<title>", s->title, "</title>\n");
	buf_put_c(out, styles);
	buf_put_c(out,
	    "</head>\n<body class=\"page\" style=\"margin:0;padding:0;background-color:#f2f2f2;\">\n"
	    "<table role=\"presentation\" class=\"page\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
	    "border=\"0\" "
	    "style=\"background-color:#f2f2f2;\"><tr><td align=\"center\" style=\"padding:24px 8px;\">\n"
	    "<table role=\"presentation\" class=\"card\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\" "
	    "border=\"0\" "
	    "style=\"width:100%;max-width:600px;background-color:#ffffff;font-family:'Noto Sans "
	    "JP','Hiragino Sans','Yu Gothic',"
	    "Meiryo,sans-serif;text-align:left;\">\n");
	wrapped(out,
	    "<tr><td class=\"ink\" style=\"padding:24px 32px;font-size:15px;font-weight:bold;" INK "\">",
	    s->brand, "</td></tr>\n");
	for (size_t i = 0; i < s->n; i++) {
		const struct block *b = &s->blocks[i];
		if (i && b->kind == BLOCK_SMALL && b[-1].kind != BLOCK_SMALL)
			buf_put_c(out, "<tr><td style=\"padding:16px 32px;\"><div style=\"border-top:1px "
			               "solid #999999;font-size:1px;"
			               "line-height:1px;\">&nbsp;</div></td></tr>\n");
		if (i && is_list(b[-1].kind) && b->kind != b[-1].kind)
			buf_put_c(out,
			    "<tr><td "
			    "style=\"height:12px;font-size:1px;line-height:12px;\">&nbsp;</td></tr>\n");
		html_block(s, b, out);
	}
	buf_put_c(out, "<tr><td style=\"height:24px;font-size:1px;line-height:24px;\">&nbsp;</td></tr>\n"
	               "</table>\n</td></tr></table>\n</body>\n</html>\n");
}
