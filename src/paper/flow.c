#include "flow.h"

#include "inkan.h"

#include <errno.h>
#include <qrencode.h>

enum { SHADE = 0xF2F4F8, RULE = 0xC6CBD4, WHITE = 0xFFFFFF, WHOLE_LINES = 6 };

static const double SIZE = 9, LEADING = 13, SMALL = 6.8, SMALL_LEADING = 8.5, PAD = 4, LABEL = 40 * MM,
                    TOP = 20 * MM, BOTTOM = SHEET_HEIGHT - 22 * MM, QR = 24 * MM;

/* As much as fits on one line. */
static void
draw_clipped(struct flow *f, double y, double width, struct str text)
{
	struct text t = sheet_read_value(f->s, TYPEFACE_GOTHIC, text);
	size_t n;
	struct text_line *line = text_wrap(f->a, &t, 8, width, &n);

	sheet_glyphs(f->s, FLOW_LEFT, y, 8, FLOW_GREY, &t, line->from, line->to);
	if (n > 1)
		sheet_line(f->s, FLOW_LEFT + text_width(&t, line->from, line->to, 8), y, TYPEFACE_GOTHIC, 8,
		    FLOW_GREY, STR("…"));
}

void
flow_page(struct flow *f)
{
	sheet_page(f->s);
	f->y = TOP;
	if (sheet_pages(f->s) > 1) {
		draw_clipped(f, f->y - 4, FLOW_WIDTH - 12, f->running_head);
		sheet_fill(f->s, FLOW_LEFT, f->y, FLOW_WIDTH, 0.5, RULE);
		f->y += 10;
	}
}

static void
keep(struct flow *f, double height)
{
	if (f->y + height > BOTTOM)
		flow_page(f);
}

void
flow_section(struct flow *f, unsigned number, struct flow_label title)
{
	double x = FLOW_LEFT + 8;

	keep(f, 110); /* with what a heading below it keeps */
	f->y += 10;
	sheet_fill(f->s, FLOW_LEFT, f->y, FLOW_WIDTH, 18, FLOW_NAVY);
	x += sheet_line(f->s, x, f->y + 12.8, TYPEFACE_BOLD, 10.5, WHITE,
	    arena_printf(f->a, "%u　%.*s", number, STR_ARG(title.main)));
	if (title.under.n)
		sheet_line(f->s, x + 10, f->y + 12.5, TYPEFACE_GOTHIC, 8, WHITE, title.under);
	f->y += 18;
}

void
flow_heading(struct flow *f, struct str title)
{
	struct text t = sheet_read_value(f->s, TYPEFACE_BOLD, title);
	size_t n;
	struct text_line *lines = text_wrap(f->a, &t, 9.5, FLOW_WIDTH - 16, &n);

	keep(f, 66 + 13 * (double)n);
	sheet_fill(f->s, FLOW_LEFT, f->y, FLOW_WIDTH, 6 + 13 * (double)n, 0xDDE3EE);
	for (size_t i = 0; i < n; i++)
		sheet_glyphs(f->s, FLOW_LEFT + 8, f->y + 12.5 + 13 * (double)i, 9.5, FLOW_NAVY, &t,
		    lines[i].from, lines[i].to);
	f->y += 6 + 13 * (double)n;
}

/* The frame of one row, from f->y. */
static void
frame(struct flow *f, double height)
{
	sheet_fill(f->s, FLOW_LEFT, f->y, LABEL, height, SHADE);
	sheet_fill(f->s, FLOW_LEFT, f->y + height - 0.25, FLOW_WIDTH, 0.5, RULE);
	sheet_fill(f->s, FLOW_LEFT, f->y, 0.5, height, RULE);
	sheet_fill(f->s, FLOW_LEFT + LABEL, f->y, 0.5, height, RULE);
	sheet_fill(f->s, FLOW_LEFT + FLOW_WIDTH - 0.5, f->y, 0.5, height, RULE);
}

/* Text in lines, ready to be drawn. */
struct block {
	struct text text;
	struct text_line *line;
	size_t n;
	double size, leading;
};

static struct block
block_of(struct flow *f, struct text text, double size, double leading, double width)
{
	struct block b = {.text = text, .size = size, .leading = leading};

	b.line = text_wrap(f->a, &b.text, size, width, &b.n);
	return b;
}

static double
block_height(const struct block *b)
{
	return b->leading * (double)b->n;
}

static void
block_draw(struct flow *f, const struct block *b, size_t from, size_t n, double x, double y, unsigned rgb)
{
	for (size_t i = 0; i < n; i++)
		sheet_glyphs(f->s, x, y + 0.74 * b->leading + b->leading * (double)i, b->size, rgb, &b->text,
		    b->line[from + i].from, b->line[from + i].to);
}

struct label_blocks {
	struct block main, under;
	double height;
};

static struct label_blocks
label_of(struct flow *f, struct flow_label label)
{
	struct label_blocks l;

	sheet_field(f->s, label.main);
	l.main = block_of(f, sheet_read(f->s, TYPEFACE_GOTHIC, label.main), SIZE, LEADING, LABEL - 12);
	l.under =
	    block_of(f, sheet_read(f->s, TYPEFACE_GOTHIC, label.under), SMALL, SMALL_LEADING, LABEL - 12);
	l.height = block_height(&l.main) + (label.under.n ? block_height(&l.under) : 0);
	return l;
}

static void
label_draw(struct flow *f, const struct label_blocks *l)
{
	block_draw(f, &l->main, 0, l->main.n, FLOW_LEFT + 6, f->y + PAD, FLOW_GREY);
	block_draw(
	    f, &l->under, 0, l->under.n, FLOW_LEFT + 6, f->y + PAD + block_height(&l->main) - 1, FLOW_GREY);
}

static double
larger(double a, double b)
{
	return a > b ? a : b;
}

/* How many of the lines go on this page: all, when they are few; no single line stays alone on the next. */
static size_t
lines_here(struct flow *f, size_t want, double label_height)
{
	size_t least = want <= WHOLE_LINES ? want : 3, fit = 0;

	keep(f, 2 * PAD + larger(LEADING * (double)least, label_height));
	while (fit < want && f->y + 2 * PAD + LEADING * (double)(fit + 1) <= BOTTOM)
		fit++;
	return fit + 1 == want && fit > 1 ? fit - 1 : fit;
}

static void
row(struct flow *f, struct flow_label label, struct str value, enum typeface face)
{
	struct label_blocks l = label_of(f, label);
	struct block b = block_of(f, sheet_read_value(f->s, face, value.n ? value : STR("―")), SIZE, LEADING,
	    FLOW_WIDTH - LABEL - 16);

	for (size_t done = 0, n; done < b.n; done += n) {
		n = lines_here(f, b.n - done, l.height);
		double height = 2 * PAD + larger(LEADING * (double)n, l.height);
		frame(f, height);
		label_draw(f, &l);
		block_draw(f, &b, done, n, FLOW_LEFT + LABEL + 8, f->y + PAD, FLOW_INK);
		f->y += height;
		if (n == 0)
			return; /* the sheet is full and has said so */
	}
}

void
flow_row(struct flow *f, struct flow_label label, struct str value)
{
	row(f, label, value, TYPEFACE_GOTHIC);
}

void
flow_row_mono(struct flow *f, struct flow_label label, struct str value)
{
	row(f, label, value, TYPEFACE_MONO);
}

void
flow_row_impression(struct flow *f, struct flow_label label, const struct inkan *k)
{
	double longer = larger(k->width_mm, k->height_mm), max = 24 * MM;
	double scale = longer * MM > max ? max / longer : MM;
	struct label_blocks l = label_of(f, label);
	double height = larger(k->height_mm * scale + 12, 2 * PAD + l.height);

	keep(f, height);
	frame(f, height);
	label_draw(f, &l);
	sheet_impression(f->s, FLOW_LEFT + LABEL + 8, f->y + height - 6, max, k);
	f->y += height;
}

enum err
flow_row_qr(struct flow *f, struct flow_label label, struct str address, struct str value)
{
	enum { QUIET = 4 }; /* ISO/IEC 18004 9.1: modules of margin */
	struct label_blocks l = label_of(f, label);
	struct block b = block_of(
	    f, sheet_read_value(f->s, TYPEFACE_GOTHIC, value), SIZE, LEADING, FLOW_WIDTH - LABEL - 16 - QR);
	double height = 2 * PAD + larger(QR, larger(l.height, block_height(&b)));
	QRcode *code = QRcode_encodeString8bit(arena_cstr(f->a, address), 0, QR_ECLEVEL_M);

	if (!code)
		return errno == ENOMEM ? ERR_NOMEM : ERR_TOO_LARGE;
	unsigned side = (unsigned)code->width;
	unsigned char *dark = arena_alloc(f->a, (size_t)side * side);
	for (size_t i = 0; i < (size_t)side * side; i++)
		dark[i] = code->data[i] & 1;
	QRcode_free(code);
	keep(f, height);
	frame(f, height);
	label_draw(f, &l);
	double margin = QR * QUIET / (side + 2 * QUIET);
	sheet_pattern(
	    f->s, FLOW_LEFT + LABEL + 1 + margin, f->y + PAD + margin, QR - 2 * margin, dark, side, 0);
	block_draw(f, &b, 0, b.n, FLOW_LEFT + LABEL + 8 + QR, f->y + PAD, FLOW_INK);
	f->y += height;
	return OK;
}

static void
paragraph(struct flow *f, double size, double leading, unsigned rgb, struct str text)
{
	struct block b =
	    block_of(f, sheet_read_value(f->s, TYPEFACE_GOTHIC, text), size, leading, FLOW_WIDTH);

	keep(f, b.n <= WHOLE_LINES ? block_height(&b) : 3 * leading);
	for (size_t i = 0; i < b.n; i++) {
		keep(f, leading);
		block_draw(f, &b, i, 1, FLOW_LEFT, f->y, rgb);
		f->y += leading;
	}
}

void
flow_paragraph(struct flow *f, double size, struct flow_label text)
{
	paragraph(f, size, size * 1.65, FLOW_INK, text.main);
	if (text.under.n)
		paragraph(f, size - 2, (size - 2) * 1.5, FLOW_GREY, text.under);
}
