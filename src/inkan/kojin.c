/* 個人印: the round personal seal (screens.md 4.3). The characters are laid out in the square [-1,1] x
 * [-1,1], y downwards, warped into the disc inside the ring, thickened as a carver would, and turned to
 * millimetres. */
#include "inkan.h"

#include "glyph.h"
#include "path.h"
#include "utf8.h"

#include <math.h>

enum { CHARS_MAX = 6, SEAL_BYTES_MAX = 11800 };

static const double RING = 0.036, GAP = 0.022; /* of the diameter */
static const double ROW_GAP = 0.14, COLUMN_GAP = 0.20, RATIO_MAX = 1.9;
static const double ROUNDNESS = 0.70, WEIGHT = 0.012, WEIGHT_SERIF = 0.008;
static const double SMALL_CELL_MM = 3.2;

struct letters {
	struct str at[CHARS_MAX];
	int code[CHARS_MAX]; /* first code point of each */
	size_t n, family;    /* family: how many stand before the space; 0 = no space */
};

struct cutter {
	struct arena *a;
	enum inkan_face face;
	double diameter_mm, radius_mm; /* radius of the disc inside the ring */
	struct shape ink;
	bool substituted;
};

static bool
is_latin(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) || c == '.' || c == '-' || c == '\'' ||
	       c == '&';
}

static bool
is_kana(int c)
{
	return (c >= 0x3041 && c <= 0x3096) || (c >= 0x309D && c <= 0x309F) || (c >= 0x30A1 && c <= 0x30FF);
}

static bool
is_kanji(int c)
{
	return (c >= 0x3005 && c <= 0x3007) || c == 0x303B || (c >= 0x3400 && c <= 0x4DBF) ||
	       (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
	       (c >= 0x20000 && c <= 0x323AF) || (c >= 0xFF21 && c <= 0xFF5A);
}

/* Marks that belong to the character before them: variation selectors and combining voice marks. */
static bool
is_mark(int c)
{
	return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF) || c == 0x3099 || c == 0x309A;
}

static enum err
read_letters(struct str text, struct letters *ret)
{
	struct letters l = {0};
	size_t at = 0, from = 0;

	if (text.n > 256 || !utf8_valid(text))
		return ERR_INVALID;
	for (int c; (c = utf8_next(text, &at)) >= 0; from = at) {
		if (c == ' ' || c == 0x3000) {
			if (l.n)
				l.family = l.family ? l.family : l.n;
		} else if (is_mark(c)) {
			if (l.n == 0 || l.at[l.n - 1].p + l.at[l.n - 1].n != text.p + from ||
			    l.at[l.n - 1].n > 16)
				return ERR_INVALID;
			l.at[l.n - 1].n += at - from;
		} else if (is_latin(c) || is_kana(c) || is_kanji(c)) {
			if (l.n == CHARS_MAX)
				return ERR_INVALID;
			l.code[l.n] = c;
			l.at[l.n++] = str_slice(text, from, at);
		} else {
			return ERR_INVALID;
		}
	}
	if (l.n == 0)
		return ERR_INVALID;
	if (l.family >= l.n)
		l.family = 0;
	*ret = l;
	return OK;
}

static bool
is_one_line(const struct letters *l)
{
	size_t latin = 0, kana = 0;

	for (size_t i = 0; i < l->n; i++) {
		latin += is_latin(l->code[i]);
		kana += is_kana(l->code[i]);
	}
	return latin == l->n ? l->n > 1 : kana == l->n && l->n > 3;
}

/* Strokes lying flat are not pulled to the full height of their cell. */
static bool
is_flat(int c)
{
	return c == 0x4E00 || c == 0x4E8C || c == 0x4E09 || c == 0x4E4B || c == 0x30FC || c == 0x3078 ||
	       c == 0x30D8;
}

static bool
is_bar(int c)
{
	return c == 0x30FC || c == 0x301C || c == '-' || c == 0xFF0D;
}

static enum glyph_face
face_of(const struct cutter *k, double cell_h)
{
	double cell_mm = cell_h * k->radius_mm * (ROUNDNESS + (1 - ROUNDNESS) * M_SQRT1_2);

	switch (k->face) {
	case INKAN_GYOSHO: return GLYPH_KOUZAN;
	case INKAN_KAISHO: return GLYPH_KLEE;
	case INKAN_MINCHO: return GLYPH_SERIF;
	case INKAN_KOINTAI: break;
	}
	return cell_mm < SMALL_CELL_MM ? GLYPH_SERIF : GLYPH_DEJIMA; /* the old face clogs when small */
}

/* The character from the face asked for, or from the first of the fallbacks that has it. */
static enum err
find_outline(struct cutter *k, struct str text, bool vertical, enum glyph_face first,
    enum glyph_face *ret_face, struct shape *ret)
{
	const enum glyph_face chain[] = {first, GLYPH_KLEE, GLYPH_SERIF, GLYPH_HANAZONO};

	for (size_t i = 0; i < sizeof chain / sizeof *chain; i++)
		if (glyph_outline(k->a, chain[i], text, vertical, ret)) {
			k->substituted = k->substituted || chain[i] != first;
			*ret_face = chain[i];
			return OK;
		}
	return ERR_GLYPH;
}

static void
turn_clockwise(struct shape *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->at[i] = (struct point){-s->at[i].y, s->at[i].x};
}

static struct point
warp(const struct cutter *k, struct point p)
{
	double u = p.x, v = p.y, flat = (1 - ROUNDNESS) * M_SQRT1_2, half = k->diameter_mm / 2;
	double x = ROUNDNESS * u * sqrt(fmax(0, 1 - v * v / 2)) + flat * u;
	double y = ROUNDNESS * v * sqrt(fmax(0, 1 - u * u / 2)) + flat * v;

	return (struct point){half + k->radius_mm * x, half - k->radius_mm * y};
}

/* Stretches the outline into the cell, bends it into the disc and gives it its weight. */
static enum err
cut_cell(struct cutter *k, struct str text, int code, bool vertical, struct box cell)
{
	struct shape s;
	enum glyph_face face;
	double w = cell.x1 - cell.x0, h = cell.y1 - cell.y0;

	TRY(find_outline(k, text, vertical, face_of(k, h), &face, &s));
	struct box ink = shape_box(&s);
	if (vertical && is_bar(code) && ink.x1 - ink.x0 > ink.y1 - ink.y0) {
		turn_clockwise(&s);
		ink = shape_box(&s);
	}
	double iw = ink.x1 - ink.x0, ih = ink.y1 - ink.y0;
	if (iw < 1e-6 || ih < 1e-6)
		return ERR_GLYPH;
	double sx = w / iw, sy = h / ih;
	if (is_flat(code))
		sy = fmin(sy, 0.8 * h / ih);
	sx = fmin(sx, sy * RATIO_MAX);
	sy = fmin(sy, sx * RATIO_MAX);
	for (size_t i = 0; i < s.n; i++) {
		s.at[i].x = (cell.x0 + cell.x1) / 2 + (s.at[i].x - (ink.x0 + ink.x1) / 2) * sx;
		s.at[i].y = (cell.y0 + cell.y1) / 2 + (s.at[i].y - (ink.y0 + ink.y1) / 2) * sy;
	}
	double coverage = fabs(shape_area(&s)) / (w * h);
	double base = face == GLYPH_SERIF ? WEIGHT_SERIF : WEIGHT;
	double stroke = base * k->diameter_mm * fmin(2.4, fmax(0, (0.40 - coverage) / 0.10));
	s = shape_subdivide(k->a, &s, 0.02);
	for (size_t i = 0; i < s.n; i++)
		s.at[i] = warp(k, s.at[i]);
	s = shape_simplify(k->a, &s, 0.0002 * k->diameter_mm);
	if (stroke > 0)
		s = shape_grow(k->a, &s, stroke / 2);
	shape_append(k->a, &k->ink, &s);
	return OK;
}

static enum err
cut_column(struct cutter *k, const struct letters *l, size_t from, size_t to, double x0, double x1)
{
	size_t rows = to - from;
	double h = (2 - ROW_GAP * (double)(rows - 1)) / (double)rows;

	for (size_t i = 0; i < rows; i++) {
		double y = -1 + (double)i * (h + ROW_GAP);
		TRY(cut_cell(k, l->at[from + i], l->code[from + i], true, (struct box){x0, y, x1, y + h}));
	}
	return OK;
}

/* Two columns: the family name on the right, the given name on the left. */
static enum err
cut_letters(struct cutter *k, const struct letters *l)
{
	static const double width[] = {0.92, 0.80, 0.70};

	if (is_one_line(l)) {
		struct str run =
		    str_make(l->at[0].p, (size_t)(l->at[l->n - 1].p + l->at[l->n - 1].n - l->at[0].p));
		double h = fmin(1.0, 0.62 + 1.0 / (double)l->n);
		return cut_cell(k, run, 0, false, (struct box){-0.94, -h / 2, 0.94, h / 2});
	}
	if (l->n <= 3 && l->family == 0)
		return cut_column(k, l, 0, l->n, -width[l->n - 1], width[l->n - 1]);
	size_t right = l->family ? l->family : (l->n + 1) / 2;
	if (right > 3 || l->n - right > 3)
		right = (l->n + 1) / 2;
	TRY(cut_column(k, l, 0, right, COLUMN_GAP / 2, 1));
	return cut_column(k, l, right, l->n, -1, -COLUMN_GAP / 2);
}

/* A circle of four curves; anticlockwise adds ink, clockwise takes it away. */
static void
print_circle(struct buf *b, double c, double r, bool clockwise)
{
	const double k = 0.5522847498 * r, s = clockwise ? -1 : 1;

	buf_printf(b, "%.3f %.3f m\n", c + r, c);
	buf_printf(b, "%.3f %.3f %.3f %.3f %.3f %.3f c\n", c + r, c + s * k, c + k, c + s * r, c, c + s * r);
	buf_printf(b, "%.3f %.3f %.3f %.3f %.3f %.3f c\n", c - k, c + s * r, c - r, c + s * k, c - r, c);
	buf_printf(b, "%.3f %.3f %.3f %.3f %.3f %.3f c\n", c - r, c - s * k, c - k, c - s * r, c, c - s * r);
	buf_printf(b, "%.3f %.3f %.3f %.3f %.3f %.3f c\nh\n", c + k, c - s * r, c + r, c - s * k, c + r, c);
}

/* The finest outline that fits in SEAL_BYTES_MAX. */
static struct str
print_seal(struct cutter *k)
{
	struct buf b = {0};
	double tolerance = 0.0003 * k->diameter_mm, half = k->diameter_mm / 2;

	for (int decimals = 3;; tolerance *= 1.4) {
		struct shape s = shape_simplify(k->a, &k->ink, tolerance);
		b.n = 0;
		print_circle(&b, half, half, false);
		print_circle(&b, half, half - RING * k->diameter_mm, true);
		shape_print(&b, &s, decimals);
		buf_put_c(&b, "f\n");
		if (b.n <= SEAL_BYTES_MAX || tolerance > 0.02 * k->diameter_mm)
			break;
		if (tolerance > 0.0008 * k->diameter_mm)
			decimals = 2;
	}
	struct str path = arena_str(k->a, buf_str(&b));
	buf_free(&b);
	return path;
}

enum err
inkan_kojin(struct arena *a, struct str text, enum inkan_face face, double diameter_mm, struct inkan *ret)
{
	struct letters l;

	if (!(diameter_mm >= 6 && diameter_mm <= 30) || (unsigned)face > INKAN_MINCHO)
		return ERR_INVALID;
	TRY(read_letters(text, &l));
	struct cutter k = {.a = a, .face = face, .diameter_mm = diameter_mm};
	k.radius_mm = diameter_mm * (0.5 - RING - GAP);
	TRY(cut_letters(&k, &l));
	*ret = (struct inkan){.width_mm = diameter_mm,
	    .height_mm = diameter_mm,
	    .rgb = INKAN_RED,
	    .path = print_seal(&k),
	    .substituted = k.substituted};
	return OK;
}
