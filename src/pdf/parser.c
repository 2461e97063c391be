#include "pdf_impl.h"

enum { NODES_PER_FILE = 4 * 1000 * 1000 };

static enum err
push(struct pdf *p, const struct pdf_obj *o)
{
	if (++p->nodes > NODES_PER_FILE)
		return ERR_PDF_LIMIT;
	if (p->stack_n == p->stack_cap) {
		size_t cap = p->stack_cap ? p->stack_cap * 2 : 64;
		void *grown;

		TRY(arena_try(p->a, cap, sizeof(*p->stack), &grown));
		if (p->stack_n)
			memcpy(grown, p->stack, p->stack_n * sizeof(*p->stack));
		p->stack = grown;
		p->stack_cap = cap;
	}
	p->stack[p->stack_n++] = *o;
	return OK;
}

static enum err
parse(struct pdf *p, struct lexer *l, bool packed, unsigned depth, struct pdf_obj *ret);

static enum err
parse_array(struct pdf *p, struct lexer *l, bool packed, unsigned depth, struct pdf_obj *ret)
{
	size_t base = p->stack_n, n;
	void *items;

	l->at++;
	for (;;) {
		struct pdf_obj item = {0};

		lexer_skip(l);
		if (lexer_peek(l) == ']')
			break;
		TRY(parse(p, l, packed, depth, &item));
		TRY(push(p, &item));
	}
	l->at++;
	n = p->stack_n - base;
	TRY(arena_try(p->a, n, sizeof(struct pdf_obj), &items));
	if (n)
		memcpy(items, p->stack + base, n * sizeof(struct pdf_obj));
	p->stack_n = base;
	ret->kind = PDF_ARRAY;
	ret->u.array.items = items;
	ret->u.array.n = n;
	return OK;
}

static enum err
parse_dict(struct pdf *p, struct lexer *l, bool packed, unsigned depth, struct pdf_obj *ret)
{
	size_t base = p->stack_n, n;
	struct pdf_entry *entries;
	void *memory;

	l->at += 2;
	for (;;) {
		struct pdf_obj key = {.kind = PDF_NAME}, value = {0};

		lexer_skip(l);
		if (lexer_peek(l) == '>')
			break;
		if (lexer_peek(l) != '/')
			return ERR_PDF_BROKEN;
		TRY(lexer_name(p->a, l, &key.u.text));
		lexer_skip(l);
		TRY(parse(p, l, packed, depth, &value));
		TRY(push(p, &key));
		TRY(push(p, &value));
	}
	if (l->n - l->at < 2 || l->p[l->at + 1] != '>')
		return ERR_PDF_BROKEN;
	l->at += 2;
	n = (p->stack_n - base) / 2;
	TRY(arena_try(p->a, n, sizeof(*entries), &memory));
	entries = memory;
	for (size_t i = 0; i < n; i++) {
		entries[i].key = p->stack[base + 2 * i].u.text;
		entries[i].value = p->stack[base + 2 * i + 1];
	}
	p->stack_n = base;
	ret->kind = PDF_DICT;
	ret->u.dict.entries = entries;
	ret->u.dict.n = n;
	return OK;
}

/* "12 0 R": false and the cursor unmoved when it is not a reference. */
static bool
parse_ref(struct lexer *l, struct pdf_obj *ret)
{
	size_t at = l->at;
	uint64_t num, gen;

	if (lexer_uint(l, UINT32_MAX, &num) &&
	    lexer_is_space((unsigned char)(l->at < l->n ? l->p[l->at] : 'x'))) {
		lexer_skip(l);
		if (lexer_uint(l, UINT16_MAX, &gen) && l->at < l->n &&
		    lexer_is_space((unsigned char)l->p[l->at])) {
			lexer_skip(l);
			if (lexer_keyword(l, "R")) {
				ret->kind = PDF_REF;
				ret->u.ref.num = (uint32_t)num;
				ret->u.ref.gen = (uint16_t)gen;
				return true;
			}
		}
	}
	l->at = at;
	return false;
}

static enum err
parse_word(struct lexer *l, struct pdf_obj *ret)
{
	if (lexer_keyword(l, "null")) {
		ret->kind = PDF_NULL;
	} else if (lexer_keyword(l, "true")) {
		ret->kind = PDF_BOOL;
		ret->u.boolean = true;
	} else if (lexer_keyword(l, "false")) {
		ret->kind = PDF_BOOL;
	} else {
		return ERR_PDF_BROKEN;
	}
	return OK;
}

static enum err
parse(struct pdf *p, struct lexer *l, bool packed, unsigned depth, struct pdf_obj *ret)
{
	size_t at = l->at;
	int c = lexer_peek(l);

	if (depth > p->limits.depth)
		return ERR_PDF_LIMIT;
	switch (c) {
	case '[': TRY(parse_array(p, l, packed, depth + 1, ret)); break;
	case '(':
		ret->kind = PDF_STRING;
		TRY(lexer_string(p->a, l, &ret->u.text));
		break;
	case '/':
		ret->kind = PDF_NAME;
		TRY(lexer_name(p->a, l, &ret->u.text));
		break;
	case '<':
		if (l->n - l->at >= 2 && l->p[l->at + 1] == '<') {
			TRY(parse_dict(p, l, packed, depth + 1, ret));
		} else {
			ret->kind = PDF_STRING;
			TRY(lexer_string(p->a, l, &ret->u.text));
		}
		break;
	default:
		if ((c >= '0' && c <= '9' && !parse_ref(l, ret)) || c == '+' || c == '-' || c == '.')
			TRY(lexer_number(l, ret));
		else if (c < '0' || c > '9')
			TRY(parse_word(l, ret));
		break;
	}
	if (!packed) {
		ret->at = at;
		ret->end = l->at;
	}
	return OK;
}

enum err
pdf_parse(struct pdf *p, struct lexer *l, bool packed, struct pdf_obj *ret)
{
	size_t base = p->stack_n;
	struct pdf_obj o = {0};
	enum err e;

	lexer_skip(l);
	e = parse(p, l, packed, 0, &o);
	p->stack_n = base;
	if (e == OK)
		*ret = o;
	return e;
}

/* The cursor is after "stream". */
static enum err
stream_extent(struct pdf *p, struct lexer *l, struct pdf_obj *ret)
{
	const struct pdf_obj *length;

	if (lexer_peek(l) == '\r') {
		l->at++;
		if (lexer_peek(l) != '\n')
			return ERR_PDF_BROKEN;
	}
	if (lexer_peek(l) != '\n')
		return ERR_PDF_BROKEN;
	l->at++;
	TRY(pdf_get(p, ret, "Length", &length));
	if (!length || length->kind != PDF_INT || length->u.integer < 0 ||
	    (uint64_t)length->u.integer > l->n - l->at)
		return ERR_PDF_BROKEN;
	ret->kind = PDF_STREAM;
	ret->u.dict.data_at = l->at;
	ret->u.dict.data_n = (size_t)length->u.integer;
	l->at += ret->u.dict.data_n;
	while (l->at < l->n && lexer_is_space((unsigned char)l->p[l->at]))
		l->at++;
	if (!lexer_keyword(l, "endstream"))
		return ERR_PDF_BROKEN;
	ret->end = l->at;
	return OK;
}

enum err
pdf_parse_indirect(struct pdf *p, size_t at, uint32_t *num, uint16_t *gen, struct pdf_obj *ret)
{
	struct lexer l = {p->bytes.p, p->bytes.n, at};
	struct pdf_obj o;
	uint64_t n, g;

	if (at >= l.n)
		return ERR_PDF_BROKEN;
	lexer_skip(&l);
	if (!lexer_uint(&l, UINT32_MAX, &n))
		return ERR_PDF_BROKEN;
	lexer_skip(&l);
	if (!lexer_uint(&l, UINT16_MAX, &g))
		return ERR_PDF_BROKEN;
	lexer_skip(&l);
	if (l.n - l.at < 3 || memcmp(l.p + l.at, "obj", 3) != 0)
		return ERR_PDF_BROKEN;
	l.at += 3;
	TRY(pdf_parse(p, &l, false, &o));
	lexer_skip(&l);
	if (o.kind == PDF_DICT && l.n - l.at >= 6 && memcmp(l.p + l.at, "stream", 6) == 0) {
		l.at += 6;
		TRY(stream_extent(p, &l, &o));
	} else if (!lexer_keyword(&l, "endobj")) {
		return ERR_PDF_BROKEN;
	}
	*num = (uint32_t)n;
	*gen = (uint16_t)g;
	*ret = o;
	return OK;
}
