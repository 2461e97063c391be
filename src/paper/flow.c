#include "flow.h"

#include "inkan.h"

enum { SHADE = 0xF2F4F8, RULE = 0xC6CBD4, WHITE = 0xFFFFFF };

static const double SIZE = 9, LEADING = 13, PAD = 4, LABEL = 36 * MM, TOP = 20 * MM,
                    BOTTOM = SHEET_HEIGHT - 22 * MM;

void
flow_page(struct flow *f)
{
	sheet_page(f->s);
	f->y = TOP;
	if (sheet_pages(f->s) > 1) {
		sheet_line(f->s, FLOW_LEFT, f->y - 4, TYPEFACE_GOTHIC, 8, FLOW_GREY, f->running_head);
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
flow_section(struct flow *f, struct str title)
{
	keep(f, 92); /* with what a heading below it keeps */
	f->y += 10;
	sheet_fill(f->s, FLOW_LEFT, f->y, FLOW_WIDTH, 18, FLOW_NAVY);
	sheet_line(f->s, FLOW_LEFT + 8, f->y + 12.8, TYPEFACE_BOLD, 10.5, WHITE, title);
	f->y += 18;
}

void
flow_heading(struct flow *f, struct str title)
{
	struct text t = sheet_read(f->s, TYPEFACE_BOLD, title);
	size_t n;
	struct text_line *lines = text_wrap(f->a, &t, 9.5, FLOW_WIDTH - 16, &n);

	keep(f, 60);
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

static void
row(struct flow *f, const char *label, struct str value, enum typeface face)
{
	struct text name = sheet_read(f->s, TYPEFACE_GOTHIC, str_c(label));
	struct text t = sheet_read(f->s, face, value.n ? value : STR("―"));
	size_t names, lines, done = 0;
	struct text_line *label_line = text_wrap(f->a, &name, SIZE, LABEL - 12, &names);
	struct text_line *line = text_wrap(f->a, &t, SIZE, FLOW_WIDTH - LABEL - 16, &lines);

	while (done < lines) {
		size_t want = lines - done, fit = 0;
		if (f->y + 2 * PAD + LEADING * (double)(want < 3 ? want : 3) > BOTTOM ||
		    f->y + 2 * PAD + LEADING * (double)names > BOTTOM)
			flow_page(f);
		while (fit < want && f->y + 2 * PAD + LEADING * (double)(fit + 1) <= BOTTOM)
			fit++;
		size_t rows = fit > names && fit ? fit : names;
		frame(f, 2 * PAD + LEADING * (double)rows);
		for (size_t i = 0; i < names; i++)
			sheet_glyphs(f->s, FLOW_LEFT + 6, f->y + PAD + 9.6 + LEADING * (double)i, SIZE,
			    FLOW_GREY, &name, label_line[i].from, label_line[i].to);
		for (size_t i = 0; i < fit; i++)
			sheet_glyphs(f->s, FLOW_LEFT + LABEL + 8, f->y + PAD + 9.6 + LEADING * (double)i,
			    SIZE, FLOW_INK, &t, line[done + i].from, line[done + i].to);
		f->y += 2 * PAD + LEADING * (double)rows;
		done += fit;
		if (fit == 0)
			return; /* the sheet is full and has said so */
	}
}

void
flow_row(struct flow *f, const char *label, struct str value)
{
	row(f, label, value, TYPEFACE_GOTHIC);
}

void
flow_row_mono(struct flow *f, const char *label, struct str value)
{
	row(f, label, value, TYPEFACE_MONO);
}

void
flow_row_impression(struct flow *f, const char *label, const struct inkan *k)
{
	double longer = k->width_mm > k->height_mm ? k->width_mm : k->height_mm, max = 24 * MM;
	double scale = longer * MM > max ? max / longer : MM, height = k->height_mm * scale + 12;

	keep(f, height);
	frame(f, height);
	sheet_line(f->s, FLOW_LEFT + 6, f->y + PAD + 9.6, TYPEFACE_GOTHIC, SIZE, FLOW_GREY, str_c(label));
	sheet_impression(f->s, FLOW_LEFT + LABEL + 8, f->y + height - 6, max, k);
	f->y += height;
}

void
flow_paragraph(struct flow *f, double size, struct str text)
{
	struct text t = sheet_read(f->s, TYPEFACE_GOTHIC, text);
	size_t n;
	struct text_line *lines = text_wrap(f->a, &t, size, FLOW_WIDTH, &n);

	for (size_t i = 0; i < n; i++) {
		keep(f, size * 1.65);
		sheet_glyphs(
		    f->s, FLOW_LEFT, f->y + size * 1.15, size, FLOW_INK, &t, lines[i].from, lines[i].to);
		f->y += size * 1.65;
	}
}
