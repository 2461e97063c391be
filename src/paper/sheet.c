#include "sheet.h"
#include "sheet_file.h"

#include "inkan.h"

struct sheet *
sheet_new(struct arena *a)
{
	struct sheet *s = ARENA_NEW(a, struct sheet);

	s->a = a;
	return s;
}

void
sheet_drop(struct sheet **s)
{
	for (unsigned i = 0; i < (*s)->pages; i++)
		buf_free(&(*s)->page[i]);
}

static bool
fail(struct sheet *s, enum err e)
{
	if (s->e == OK)
		s->e = e;
	return s->e == OK;
}

void
sheet_page(struct sheet *s)
{
	if (s->pages == SHEET_PAGES_MAX) {
		fail(s, ERR_TOO_LARGE);
		return;
	}
	s->out = &s->page[s->pages++];
}

unsigned
sheet_pages(const struct sheet *s)
{
	return s->pages;
}

void
sheet_turn_to(struct sheet *s, unsigned page)
{
	if (page >= 1 && page <= s->pages)
		s->out = &s->page[page - 1];
}

void
sheet_field(struct sheet *s, struct str field)
{
	s->field = field;
}

static struct text
read_text(struct sheet *s, enum typeface t, enum text_missing missing, struct str text)
{
	struct text r = {0};
	int lacking = 0;
	bool first = s->e == OK;

	if (!fail(s, text_read(s->a, t, missing, text, &r, &lacking)) && first) {
		s->missing = lacking;
		s->missing_field = s->field;
	}
	return r;
}

struct text
sheet_read(struct sheet *s, enum typeface t, struct str text)
{
	return read_text(s, t, TEXT_REFUSE, text);
}

struct text
sheet_read_value(struct sheet *s, enum typeface t, struct str text)
{
	return read_text(s, t, TEXT_WRITE_OUT, text);
}

int
sheet_missing(const struct sheet *s, struct str *ret_field)
{
	*ret_field = s->missing_field;
	return s->missing;
}

/* The number under which the PDF knows a glyph: for TrueType its place in the subset, for CFF its own. */
static unsigned
cid_of(struct sheet *s, const struct glyph *g)
{
	struct sheet_font *f = &s->font[g->typeface];

	if (!f->used) {
		f->used = true;
		f->place = ARENA_ARRAY(s->a, uint16_t, 65536);
		f->glyph = ARENA_ARRAY(s->a, uint16_t, SHEET_GLYPHS_MAX);
		f->source = ARENA_ARRAY(s->a, struct glyph, SHEET_GLYPHS_MAX);
		f->n = 1;
	}
	if (!f->place[g->id]) {
		if (f->n == SHEET_GLYPHS_MAX) {
			fail(s, ERR_TOO_LARGE);
			return 0;
		}
		f->place[g->id] = (uint16_t)f->n;
		f->glyph[f->n] = g->id;
		f->source[f->n++] = *g;
	}
	return typeface_info((enum typeface)g->typeface)->is_cff ? g->id : f->place[g->id];
}

/* printf is most of the cost of a page of text; coordinates have two decimals. */
static void
put_number(struct buf *b, double v)
{
	char digits[24];
	long hundredths = (long)(v * 100 + (v < 0 ? -0.5 : 0.5));
	unsigned long u = hundredths < 0 ? (unsigned long)-hundredths : (unsigned long)hundredths;
	int n = 0;

	do {
		digits[n++] = (char)('0' + u % 10);
		u /= 10;
		if (n == 2)
			digits[n++] = '.';
	} while (u || n < 4);
	if (hundredths < 0)
		digits[n++] = '-';
	while (n)
		buf_put_byte(b, (unsigned char)digits[--n]);
	buf_put_byte(b, ' ');
}

static void
put_colour(struct sheet *s, unsigned rgb)
{
	for (int shift = 16; shift >= 0; shift -= 8)
		put_number(s->out, (rgb >> shift & 255) / 255.0);
	buf_put_c(s->out, "rg\n");
}

void
sheet_glyphs(struct sheet *s, double x, double y, double size, unsigned rgb, const struct text *t,
    size_t from, size_t to)
{
	static const char digits[] = "0123456789abcdef";

	if (s->e != OK || !s->out || from >= to)
		return;
	buf_put_c(s->out, "BT\n");
	put_colour(s, rgb);
	put_number(s->out, x);
	put_number(s->out, SHEET_HEIGHT - y);
	buf_put_c(s->out, "Td\n");
	for (size_t i = from; i < to;) {
		uint8_t face = t->at[i].typeface;
		buf_put_c(s->out, "/F");
		buf_put_byte(s->out, (unsigned char)('0' + face));
		buf_put_byte(s->out, ' ');
		put_number(s->out, size);
		buf_put_c(s->out, "Tf\n<");
		for (; i < to && t->at[i].typeface == face; i++) {
			unsigned cid = cid_of(s, t->at + i);
			for (int shift = 12; shift >= 0; shift -= 4)
				buf_put_byte(s->out, (unsigned char)digits[cid >> shift & 15]);
		}
		buf_put_c(s->out, ">Tj\n");
	}
	buf_put_c(s->out, "ET\n");
}

double
sheet_line(struct sheet *s, double x, double y, enum typeface t, double size, unsigned rgb, struct str text)
{
	struct text r = sheet_read(s, t, text);

	sheet_glyphs(s, x, y, size, rgb, &r, 0, r.n);
	return text_width(&r, 0, r.n, size);
}

void
sheet_fill(struct sheet *s, double x, double y, double w, double h, unsigned rgb)
{
	if (s->e != OK || !s->out)
		return;
	put_colour(s, rgb);
	put_number(s->out, x);
	put_number(s->out, SHEET_HEIGHT - y - h);
	put_number(s->out, w);
	put_number(s->out, h);
	buf_put_c(s->out, "re f\n");
}

/* One path: a rectangle for each run of squares. */
void
sheet_pattern(struct sheet *s, double x, double y, double size, const unsigned char *squares, unsigned side,
    unsigned rgb)
{
	double one = size / side;

	if (s->e != OK || !s->out)
		return;
	put_colour(s, rgb);
	for (unsigned row = 0; row < side; row++)
		for (unsigned i = 0, n; i < side; i += n) {
			const unsigned char *at = squares + (size_t)row * side;
			for (n = 1; i + n < side && !at[i + n] == !at[i]; n++)
				;
			if (!at[i])
				continue;
			put_number(s->out, x + i * one);
			put_number(s->out, SHEET_HEIGHT - y - (row + 1) * one);
			put_number(s->out, n * one);
			put_number(s->out, one);
			buf_put_c(s->out, "re\n");
		}
	buf_put_c(s->out, "f\n");
}

void
sheet_impression(struct sheet *s, double x, double y, double max, const struct inkan *k)
{
	double longer = k->width_mm > k->height_mm ? k->width_mm : k->height_mm;
	double scale = longer * MM > max ? max / longer : MM;

	if (s->e != OK || !s->out)
		return;
	buf_put_c(s->out, "q\n");
	if (k->path.n) {
		put_colour(s, k->rgb);
		buf_printf(s->out, "%.5f 0 0 %.5f %.2f %.2f cm\n", scale, scale, x, SHEET_HEIGHT - y);
		buf_put(s->out, k->path);
	} else if (s->images < SHEET_IMAGES_MAX) {
		s->image[s->images] = k;
		buf_printf(s->out, "%.3f 0 0 %.3f %.2f %.2f cm /I%u Do\n", scale * k->width_mm,
		    scale * k->height_mm, x, SHEET_HEIGHT - y, s->images++);
	} else {
		fail(s, ERR_TOO_LARGE);
	}
	buf_put_c(s->out, "\nQ\n");
}
