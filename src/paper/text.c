#include "text.h"

#include "utf8.h"

static bool
is_selector(int c)
{
	return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}

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
	return false;
}

enum err
text_read(struct arena *a, enum typeface t, struct str s, struct text *ret)
{
	struct text r = {0};
	size_t at = 0;
	void *room;

	if (!utf8_valid(s))
		return ERR_INVALID;
	TRY(arena_try(a, s.n + 1, sizeof *r.at, &room));
	r.at = room;
	for (int c; (c = utf8_next(s, &at)) >= 0;) {
		if (is_selector(c) && r.n && r.at[r.n - 1].code != '\n') {
			struct glyph *before = &r.at[r.n - 1];
			before->selector = c;
			if (!find_glyph(t, before))
				return ERR_GLYPH;
			continue;
		}
		struct glyph g = {.code = c == 0xA0 || c == '\t' ? ' ' : c, .typeface = (uint8_t)t};
		if (c != '\n' && !find_glyph(t, &g))
			return ERR_GLYPH;
		r.at[r.n++] = g;
	}
	*ret = r;
	return OK;
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
