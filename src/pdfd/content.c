#include "content.h"

#include "lexer.h"

enum { OPERANDS = 3, MARKS_MAX = 128 };

struct mark {
	bool optional, hidden;
};

struct filter {
	struct arena *a;
	struct lexer in;
	struct buf *out;
	struct mark marks[MARKS_MAX];
	unsigned marks_n, hidden_n;
	struct str operand[OPERANDS]; /* the first ones of the statement at hand */
	unsigned operands;
	bool text_clips;   /* text may become a part of the clipping path: also what is hidden */
	bool advance_lost; /* hidden letters have moved the place of the next one */
	content_hides *hides;
	void *user;
	struct content_found found;
};

static void
skip_string(struct lexer *l)
{
	unsigned nesting = 0;
	for (; l->at < l->n; l->at++) {
		char c = l->p[l->at];
		if (c == '\\') {
			l->at++;
		} else if (c == '(') {
			nesting++;
		} else if (c == ')' && --nesting == 0) {
			l->at++;
			return;
		}
	}
	l->at = l->n;
}

static bool
is_pair(const struct lexer *l, char c)
{
	return l->at + 1 < l->n && l->p[l->at] == c && l->p[l->at + 1] == c;
}

static void
skip_regular(struct lexer *l)
{
	while (l->at < l->n && lexer_is_regular((unsigned char)l->p[l->at]))
		l->at++;
}

/* Eats a string, a name, a word or one bracket. Answers by how much the nesting of brackets changes. */
static int
skip_piece(struct lexer *l)
{
	char c = l->p[l->at];
	if (is_pair(l, '<') || is_pair(l, '>')) {
		l->at += 2;
		return c == '<' ? 1 : -1;
	}
	if (c == '(') {
		skip_string(l);
	} else if (c == '<') {
		while (l->at < l->n && l->p[l->at] != '>')
			l->at++;
		l->at += l->at < l->n;
	} else {
		bool regular = lexer_is_regular((unsigned char)c);
		l->at += !regular;
		if (regular || c == '/')
			skip_regular(l);
	}
	return c == '[' ? 1 : c == ']' ? -1 : 0;
}

static bool
is_operator(struct str word)
{
	char c = word.p[0];
	if (!lexer_is_regular((unsigned char)c) || (c >= '0' && c <= '9') || strchr("+-.", c))
		return false;
	return !str_eq(word, STR("true")) && !str_eq(word, STR("false")) && !str_eq(word, STR("null"));
}

/* An operand, or an operator; false at the end. */
static bool
next(struct lexer *l, struct str *ret)
{
	int nesting = 0;
	lexer_skip(l);
	size_t from = l->at;
	while (l->at < l->n) {
		nesting += skip_piece(l);
		if (nesting <= 0)
			break;
		lexer_skip(l);
	}
	*ret = str_make(l->p + from, l->at - from);
	return ret->n > 0;
}

static bool
is_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (!lexer_is_space(c) && (c < 0x20 || c > 0x7e))
			return false;
	}
	return true;
}

/* The data of an inline image (8.9.7) has no length: it ends at an EI that more operators follow. */
static void
skip_inline_image(struct lexer *l)
{
	enum { AHEAD = 12 };
	struct str word;
	while (next(l, &word) && !str_eq(word, STR("ID")))
		;
	for (; l->at + 2 < l->n; l->at++) {
		struct str after = str_slice(str_make(l->p, l->n), l->at + 3, l->at + 3 + AHEAD);
		if (lexer_is_space((unsigned char)l->p[l->at]) && l->p[l->at + 1] == 'E' &&
		    l->p[l->at + 2] == 'I' && (after.n == 0 || lexer_is_space((unsigned char)after.p[0])) &&
		    is_text(after)) {
			l->at += 3;
			return;
		}
	}
	l->at = l->n;
}

static bool
is_one_of(struct str word, const char *const *words)
{
	for (; *words; words++)
		if (str_eq(word, str_c(*words)))
			return true;
	return false;
}

/* Answers whether the operator stays. */
static enum err
begin_mark(struct filter *f, bool with_properties, bool *ret_stays)
{
	struct mark m = {
	    .optional = with_properties && f->operands >= 2 && str_eq(f->operand[0], STR("/OC"))};
	if (f->marks_n == MARKS_MAX)
		return ERR_PDF_LIMIT;
	if (m.optional) {
		struct lexer l = {f->operand[1].p, f->operand[1].n, 0};
		struct str name;
		if (!str_starts(f->operand[1], STR("/")))
			return ERR_PDF_ACTIVE; /* 14.6.2: groups are named, never written out */
		TRY(lexer_name(f->a, &l, &name));
		TRY(f->hides(f->user, name, &m.hidden));
		f->found.marks = true;
		f->found.hidden |= m.hidden;
	}
	*ret_stays = !m.optional && !f->hidden_n;
	m.optional |= f->hidden_n > 0; /* its end goes with it */
	f->hidden_n += m.hidden;
	f->marks[f->marks_n++] = m;
	return OK;
}

static bool
end_mark(struct filter *f)
{
	if (f->marks_n == 0)
		return true;
	struct mark m = f->marks[--f->marks_n];
	f->hidden_n -= m.hidden;
	return !m.optional;
}

static void
watch_text(struct filter *f, struct str word)
{
	static const char *const placing[] = {"Td", "TD", "Tm", "T*", "BT", "ET", "'", "\"", NULL};
	if (is_one_of(word, placing))
		f->advance_lost = false;
	if (str_eq(word, STR("Tr")) && f->operands && f->operand[0].p[0] >= '4')
		f->text_clips = true;
}

/* Inside a hidden mark. Answers whether the operator stays. */
static enum err
hide(struct filter *f, struct str word, bool *ret_stays)
{
	static const char *const paths[] = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", NULL},
	                         *const shows[] = {"Tj", "TJ", "'", "\"", NULL},
	                         *const others[] = {"Do", "sh", "BI", "MP", "DP", NULL};
	bool path = is_one_of(word, paths), show = is_one_of(word, shows);
	*ret_stays = !path && !show && !is_one_of(word, others);
	if (path)
		buf_put_c(f->out, "\nn"); /* a clipping path that is being built stays one */
	if (!show)
		return OK;
	if (f->text_clips)
		return ERR_PDF_ACTIVE;
	f->advance_lost = true;
	if (str_eq(word, STR("\"")) && f->operands == OPERANDS)
		buf_printf(f->out, "\n%.*s Tw %.*s Tc", STR_ARG(f->operand[0]), STR_ARG(f->operand[1]));
	if (word.n == 1)
		buf_put_c(f->out, "\nT*");
	return OK;
}

static enum err
statement(struct filter *f, struct str word, struct str whole)
{
	bool stays = true;
	watch_text(f, word);
	if (str_eq(word, STR("BDC")) || str_eq(word, STR("BMC"))) {
		TRY(begin_mark(f, word.p[1] == 'D', &stays));
	} else if (str_eq(word, STR("EMC"))) {
		stays = end_mark(f);
#ifndef MUTANT_LAYERS
	} else if (f->hidden_n) {
		TRY(hide(f, word, &stays));
#endif
	} else if (f->advance_lost && (str_eq(word, STR("Tj")) || str_eq(word, STR("TJ")))) {
		return ERR_PDF_ACTIVE;
	}
	if (stays)
		buf_put(f->out, whole);
	return OK;
}

enum err
content_flatten(struct arena *a, struct str content, content_hides *hides, void *user, struct buf *out,
    struct content_found *ret)
{
	struct filter f = {.a = a, .in = {content.p, content.n, 0}, .out = out, .hides = hides, .user = user};
	struct str word;
	size_t from = 0;
	while (next(&f.in, &word)) {
		if (!is_operator(word)) {
			if (f.operands < OPERANDS)
				f.operand[f.operands++] = word;
			continue;
		}
		if (str_eq(word, STR("BI")))
			skip_inline_image(&f.in);
		TRY(statement(&f, word, str_make(content.p + from, f.in.at - from)));
		from = f.in.at;
		f.operands = 0;
	}
	if (f.hidden_n)
		return ERR_PDF_ACTIVE;
	*ret = f.found;
	return OK;
}
