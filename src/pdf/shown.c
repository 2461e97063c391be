#include "shown.h"

#include "buf.h"
#include "form.h"
#include "write.h"

enum { FLAG_HIDDEN = 2, FLAG_NO_VIEW = 32, TEXT_BYTES_MAX = 64 * 1024, STEPS_MAX = 1000 * 1000 };

struct comparing {
	struct pdf *p;
	size_t steps; /* many fields may share one long list */
};

static enum err
spend(struct comparing *c, size_t steps)
{
	c->steps += steps;
	return c->steps > STEPS_MAX ? ERR_PDF_LIMIT : OK;
}

/* Printable, without white space: lines are broken as the picture needs it. */
static bool
put_ascii(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c > '~' || (c < ' ' && !lexer_is_space(c)) || !c)
			return false;
		if (!lexer_is_space(c))
			buf_put_byte(b, c);
	}
	return !b->overflow;
}

/* Every string of a content stream. False when there may be more text than that, or other text: pictures,
 * fonts with an encoding of their own. */
static bool
put_strings(struct pdf *p, struct str content, struct buf *b)
{
	struct lexer l = {content.p, content.n, 0};
	struct str s;

	for (;;) {
		lexer_skip(&l);
		int c = lexer_peek(&l);

		if (c < 0)
			return true;
		if (c == '(' || (c == '<' && !(l.at + 1 < l.n && l.p[l.at + 1] == '<'))) {
			if (lexer_string(p->a, &l, &s) != OK || !put_ascii(b, s))
				return false;
		} else if (c == '/') {
			if (lexer_name(p->a, &l, &s) != OK)
				return false;
		} else if (lexer_keyword(&l, "Do") || lexer_keyword(&l, "BI")) {
			return false;
		} else if (lexer_is_regular((unsigned char)c)) {
			while (l.at < l.n && lexer_is_regular((unsigned char)l.p[l.at]))
				l.at++;
		} else {
			l.at += c == '<' ? 2 : 1;
		}
	}
}

/* The name by which a choice is shown (12.7.5.4): the second of a pair in /Opt whose first is the value. */
static enum err
shown_choice(struct comparing *c, const struct pdf_obj *field, const struct pdf_obj **value)
{
	const struct pdf_obj *options, *pair, *first;
	struct pdf *p = c->p;

	TRY(pdf_get(p, field, "Opt", &options));
	if (!options || options->kind != PDF_ARRAY)
		return OK;
	TRY(spend(c, options->u.array.n));
	for (size_t i = 0; i < options->u.array.n; i++) {
		TRY(pdf_resolve(p, &options->u.array.items[i], &pair));
		if (pair->kind != PDF_ARRAY || pair->u.array.n != 2)
			continue;
		TRY(pdf_resolve(p, &pair->u.array.items[0], &first));
		if (first->kind == PDF_STRING && str_eq(first->u.text, (*value)->u.text))
			return pdf_resolve(p, &pair->u.array.items[1], value);
	}
	return OK;
}

static enum err
put_value(struct comparing *c, const struct pdf_field *f, struct buf *b, bool *ret)
{
	struct pdf *p = c->p;
	const struct pdf_obj *value = f->value;
	struct str text;

	*ret = true;
	if (value)
		TRY(pdf_resolve(p, value, &value));
	if (!value || value->kind == PDF_NULL)
		return OK;
	if (value->kind == PDF_STRING && pdf_name_is(f->type, "Ch"))
		TRY(shown_choice(c, f->dict, &value));
	*ret = value->kind == PDF_STRING;
	if (*ret) {
		TRY(pdf_text(p->a, value->u.text, &text));
		*ret = put_ascii(b, text);
	}
	return OK;
}

/* A list shows what was not chosen, too. */
static enum err
text_is_shown(struct comparing *c, const struct pdf_field *f, const struct pdf_obj *look, bool *ret)
{
	struct buf value CLEANUP(buf_free) = {.limit = TEXT_BYTES_MAX},
	                 shown CLEANUP(buf_free) = {.limit = TEXT_BYTES_MAX};
	struct str content;

	TRY(put_value(c, f, &value, ret));
	if (!*ret)
		return OK;
	if (!look || look->kind != PDF_STREAM) {
		*ret = value.n == 0;
		return OK;
	}
	*ret = pdf_stream_data(c->p, look, &content) == OK && put_strings(c->p, content, &shown) &&
	       (pdf_name_is(f->type, "Ch") ? str_find(buf_str(&shown), buf_str(&value)) >= 0
	                                   : str_eq(buf_str(&shown), buf_str(&value)));
	return OK;
}

/* A button shows its value when its appearance is called that. */
static enum err
button_is_shown(struct comparing *c, const struct pdf_field *f, const struct pdf_obj *widget,
    const struct pdf_obj *looks, bool *ret)
{
	static const struct str off = {"Off", 3};
	const struct pdf_obj *value = f->value, *state;
	struct str wanted = off;

	if (value)
		TRY(pdf_resolve(c->p, value, &value));
	TRY(pdf_get(c->p, widget, "AS", &state));
	TRY(spend(c, looks && looks->kind == PDF_DICT ? looks->u.dict.n : 0));
	if (value && value->kind == PDF_NAME && looks && looks->kind == PDF_DICT)
		for (size_t i = 0; i < looks->u.dict.n; i++)
			if (str_eq(looks->u.dict.entries[i].key, value->u.text))
				wanted = value->u.text;
	*ret = str_eq(state && state->kind == PDF_NAME ? state->u.text : off, wanted);
	return OK;
}

static enum err
widget_is_shown(struct comparing *c, const struct pdf_field *f, const struct pdf_obj *widget, bool *ret)
{
	const struct pdf_obj *flags, *looks, *look;
	struct pdf *p = c->p;

	TRY(spend(c, 1));
	TRY(pdf_get(p, widget, "F", &flags));
	*ret = true;
	if (widget->kind != PDF_DICT ||
	    (flags && flags->kind == PDF_INT && (flags->u.integer & (FLAG_HIDDEN | FLAG_NO_VIEW))))
		return OK;
	TRY(pdf_get(p, widget, "AP", &looks));
	TRY(pdf_get(p, looks, "N", &look));
	if (pdf_name_is(f->type, "Btn"))
		return button_is_shown(c, f, widget, look, ret);
	return text_is_shown(c, f, look, ret);
}

static enum err
field_is_shown(struct comparing *c, const struct pdf_field *f, bool *ret)
{
	const struct pdf_obj *kids, *widget;

	TRY(pdf_get(c->p, f->dict, "Kids", &kids));
	if (!kids || kids->kind != PDF_ARRAY)
		return widget_is_shown(c, f, f->dict, ret);
	*ret = true;
	for (size_t i = 0; *ret && i < kids->u.array.n; i++) {
		TRY(pdf_resolve(c->p, &kids->u.array.items[i], &widget));
		TRY(widget_is_shown(c, f, widget, ret));
	}
	return OK;
}

enum err
pdf_values_are_shown(struct pdf *p, bool *ret)
{
	struct comparing c = {.p = p};
	struct pdf_field *all;
	size_t n;
	bool shown = true;

	TRY(pdf_form_fields(p, &all, &n));
	for (size_t i = 0; shown && i < n; i++)
		if (!all[i].is_signature)
			TRY(field_is_shown(&c, &all[i], &shown));
	*ret = shown;
	return OK;
}
