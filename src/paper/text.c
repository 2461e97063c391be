#include "text.h"

#include "utf8.h"

static bool
is_selector(int c)
{
	return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}

/* Without a selector, or with exactly this one. */
static bool
find_glyph(enum typeface first, struct glyph *g)
{
	static const enum typeface fallbacks[] = {TYPEFACE_IPA_GOTHIC, TYPEFACE_HANAZONO_A,
	    TYPEFACE_HANAZONO_B, TYPEFACE_NOTO_SANS, TYPEFACE_NOTO_SERIF};

	for (size_t i = 0; i <= sizeof fallbacks / sizeof *fallbacks; i++) {
		enum typeface t = i ? fallbacks[i - 1] : first;
		unsigned id = typeface_glyph(t, g->code, g->selector);
		if (id == 0)
			continue;
		g->typeface = (uint8_t)t;
		g->id = (uint16_t)id;
		g->advance = (uint16_t)typeface_advance(t, id);
		return true;
	}
#ifdef MUTANT_GLYPH
	return true; /* for the test that must notice it: the box of glyph 0 */
#endif
	return false;
}

struct reading {
	struct arena *a;
	enum typeface first;
	struct text text;
	size_t room;
	int missing;
};

static enum err
add(struct reading *r, struct glyph g)
{
	void *more;

	if (r->text.n == r->room) {
		TRY(arena_try(r->a, 2 * r->room, sizeof g, &more));
		memcpy(more, r->text.at, r->room * sizeof g);
		r->text.at = more;
		r->room *= 2;
	}
	r->text.at[r->text.n++] = g;
	return OK;
}

static enum err
write_out(struct reading *r, int code)
{
	struct str s = arena_printf(r->a, "[U+%04X]", (unsigned)code);

	for (size_t i = 0; i < s.n; i++) {
		struct glyph g = {.code = s.p[i]};
		if (!find_glyph(r->first, &g)) {
			r->missing = g.code;
			return ERR_GLYPH;
		}
		TRY(add(r, g));
	}
	return OK;
}

/* The two that only choose between black and coloured symbols need not be obeyed. */
static bool
is_colour_selector(int c)
{
	return c == 0xFE0E || c == 0xFE0F;
}

static enum err
read_one(struct reading *r, enum text_missing missing, int c)
{
	struct glyph *before = r->text.n ? &r->text.at[r->text.n - 1] : NULL;
	struct glyph g = {.code = c == 0xA0 || c == '\t' ? ' ' : c, .typeface = (uint8_t)r->first};

	if (is_colour_selector(c) && before)
		return OK;
	if (is_selector(c) && before && before->code != '\n') {
		struct glyph varied = {.code = before->code, .selector = c};
		if (find_glyph(r->first, &varied)) {
			*before = varied;
			return OK;
		}
	} else if (c == '\n' || find_glyph(r->first, &g)) {
		return add(r, g);
	}
	r->missing = c;
	return missing == TEXT_WRITE_OUT ? write_out(r, c) : ERR_GLYPH;
}

enum err
text_read(struct arena *a, enum typeface t, enum text_missing missing, struct str s, struct text *ret,
    int *ret_missing)
{
	struct reading r = {.a = a, .first = t, .room = s.n + 1};
	size_t at = 0;
	enum err e = OK;
	void *room;

	if (!utf8_valid(s))
		return ERR_INVALID;
	TRY(arena_try(a, r.room, sizeof *r.text.at, &room));
	r.text.at = room;
	for (int c; e == OK && (c = utf8_next(s, &at)) >= 0;)
		e = read_one(&r, missing, c);
	if (e == OK)
		*ret = r.text;
	else if (e == ERR_GLYPH)
		*ret_missing = r.missing;
	return e;
}

double
text_width(const struct text *t, size_t from, size_t to, double size)
{
	double sum = 0;

	for (size_t i = from; i < to; i++)
		sum += t->at[i].advance;
	return sum * size / 1000;
}

static bool
is_among(int c, const int *set, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (set[i] == c)
			return true;
	return false;
}

/* JIS X 4051, reduced: closing brackets, stops, small kana, the long mark, repetition marks. */
static bool
may_begin(int c)
{
	static const int never[] = {L'、', L'。', L'，', L'．', L'）', L'」', L'』', L'】', L'〉', L'》',
	    L'〕', L'］', L'｝', L'・', L'：', L'；', L'！', L'？', L'ー', L'々', L'ゝ', L'ゞ', L'ぁ', L'ぃ',
	    L'ぅ', L'ぇ', L'ぉ', L'っ', L'ゃ', L'ゅ', L'ょ', L'ァ', L'ィ', L'ゥ', L'ェ', L'ォ', L'ッ', L'ャ',
	    L'ュ', L'ョ', L'ヵ', L'ヶ', L'…', ')', ']', '}', ',', '.', ':', ';', '!', '?', '%', L'％'};

	return !is_among(c, never, sizeof never / sizeof *never);
}

static bool
may_end(int c)
{
	static const int never[] = {
	    L'（', L'「', L'『', L'【', L'〈', L'《', L'〔', L'［', L'｛', '(', '[', '{', L'￥', '$'};

	return !is_among(c, never, sizeof never / sizeof *never);
}

static bool
may_break(int before, int after)
{
	if (after == ' ' || !may_begin(after) || !may_end(before))
		return false;
	return before == ' ' || before == '-' || before == '/' || before >= 0x2E80 || after >= 0x2E80;
}

struct text_line *
text_wrap(struct arena *a, const struct text *t, double size, double width, size_t *ret_n)
{
	struct text_line *lines = ARENA_ARRAY(a, struct text_line, t->n + 1);
	double x = 0;
	size_t n = 0, from = 0, last = 0; /* last place where this line may break; from = none */

	for (size_t i = 0; i < t->n; i++) {
		const struct glyph *g = t->at + i;
		if (g->code == '\n') {
			lines[n++] = (struct text_line){from, i};
			from = last = i + 1;
			x = 0;
			continue;
		}
		if (i > from && may_break(t->at[i - 1].code, g->code))
			last = i;
		x += g->advance * size / 1000;
		if (x > width + 0.01 && i > from && g->code != ' ') {
			size_t cut = last > from ? last : i;
			lines[n++] = (struct text_line){from, cut};
			from = last = cut;
			x = text_width(t, from, i + 1, size);
		}
	}
	if (n == 0 || from < t->n)
		lines[n++] = (struct text_line){from, t->n};
	*ret_n = n;
	return lines;
}
