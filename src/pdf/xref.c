/* Cross-reference sections (ISO 32000-2 7.5.4, 7.5.8) and the revisions they stand for. */
#include "pdf_impl.h"

enum { TAIL_SEARCH = 2048, WORD_LIMIT = 4 };

/* What stands behind a section: "startxref", a number, "%%EOF". */
struct tail {
	size_t startxref, end;
};

/* The cursor is before "startxref". */
static bool
read_tail(struct lexer *l, struct tail *ret)
{
	uint64_t v;

	lexer_skip(l);
	if (!lexer_keyword(l, "startxref"))
		return false;
	while (l->at < l->n && lexer_is_space((unsigned char)l->p[l->at]))
		l->at++;
	if (!lexer_uint(l, SIZE_MAX / 2, &v))
		return false;
	while (l->at < l->n && lexer_is_space((unsigned char)l->p[l->at]))
		l->at++;
	if (l->n - l->at < 5 || memcmp(l->p + l->at, "%%EOF", 5) != 0)
		return false;
	l->at += 5;
	if (l->at < l->n && l->p[l->at] == '\r')
		l->at++;
	if (l->at < l->n && l->p[l->at] == '\n')
		l->at++;
	*ret = (struct tail){(size_t)v, l->at};
	return true;
}

static enum err
slot_at(struct pdf *p, uint64_t num, struct pdf_slot **ret)
{
	if (num >= p->limits.objects)
		return ERR_PDF_LIMIT;
	if (num >= p->slots_cap) {
		size_t cap = p->slots_cap ? p->slots_cap : 256;
		void *grown;

		while (cap <= num)
			cap *= 2;
		TRY(arena_try(p->a, cap, sizeof(*p->slots), &grown));
		if (p->slots_n)
			memcpy(grown, p->slots, p->slots_n * sizeof(*p->slots));
		p->slots = grown;
		p->slots_cap = cap;
	}
	if (num >= p->slots_n)
		p->slots_n = (size_t)num + 1;
	*ret = &p->slots[num];
	return OK;
}

/* An older section never overrules a newer one. */
static enum err
set_slot(struct pdf *p, uint64_t num, enum pdf_slot_type type, uint64_t at, uint64_t index_or_gen)
{
	struct pdf_slot *s;

	TRY(slot_at(p, num, &s));
	if (s->type != SLOT_UNSET) {
		p->ambiguous = p->ambiguous || s->section == p->sections_n;
		return OK;
	}
	s->section = (uint16_t)p->sections_n;
	if (type == SLOT_PLAIN && (at == 0 || num == 0))
		type = SLOT_FREE;
	if (at > UINT32_MAX || index_or_gen > UINT32_MAX)
		return ERR_PDF_BROKEN;
	s->type = (uint8_t)type;
	s->at = (uint32_t)at;
	if (type == SLOT_PACKED)
		s->index = (uint32_t)index_or_gen;
	else
		s->gen = (uint16_t)(index_or_gen > UINT16_MAX ? UINT16_MAX : index_or_gen);
	return OK;
}

static enum err
read_table(struct pdf *p, struct lexer *l, struct pdf_obj *ret_trailer)
{
	for (;;) {
		uint64_t first, count;

		lexer_skip(l);
		if (lexer_keyword(l, "trailer"))
			break;
		if (!lexer_uint(l, UINT32_MAX, &first))
			return ERR_PDF_BROKEN;
		lexer_skip(l);
		if (!lexer_uint(l, UINT32_MAX, &count))
			return ERR_PDF_BROKEN;
		if (count > p->limits.objects || first > p->limits.objects)
			return ERR_PDF_LIMIT;
		for (uint64_t i = 0; i < count; i++) {
			uint64_t at, gen;
			bool used;

			lexer_skip(l);
			if (!lexer_uint(l, UINT64_MAX / 16, &at))
				return ERR_PDF_BROKEN;
			lexer_skip(l);
			if (!lexer_uint(l, UINT32_MAX, &gen))
				return ERR_PDF_BROKEN;
			lexer_skip(l);
			used = lexer_keyword(l, "n");
			if (!used && !lexer_keyword(l, "f"))
				return ERR_PDF_BROKEN;
			TRY(set_slot(p, first + i, used ? SLOT_PLAIN : SLOT_FREE, used ? at : 0, gen));
		}
	}
	TRY(pdf_parse(p, l, false, ret_trailer));
	return ret_trailer->kind == PDF_DICT ? OK : ERR_PDF_BROKEN;
}

static uint64_t
field(const unsigned char *row, unsigned width)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < width; i++)
		v = v << 8 | row[i];
	return v;
}

static enum err
read_rows(struct pdf *p, const unsigned char **row, const unsigned char *end, const unsigned w[3],
    uint64_t first, uint64_t count)
{
	unsigned row_n = w[0] + w[1] + w[2];

	for (uint64_t i = 0; i < count; i++, *row += row_n) {
		uint64_t type, a, b;

		if ((size_t)(end - *row) < row_n)
			return ERR_PDF_BROKEN;
		type = w[0] ? field(*row, w[0]) : 1;
		a = field(*row + w[0], w[1]);
		b = field(*row + w[0] + w[1], w[2]);
		if (type == 0)
			TRY(set_slot(p, first + i, SLOT_FREE, 0, 0));
		else if (type == 1)
			TRY(set_slot(p, first + i, SLOT_PLAIN, a, b));
		else if (type == 2)
			TRY(set_slot(p, first + i, SLOT_PACKED, a, b));
		else /* "as a reference to the null object" (7.5.8.3) */
			TRY(set_slot(p, first + i, SLOT_FREE, 0, 0));
	}
	return OK;
}

static bool
small_int(const struct pdf_obj *o, int64_t max)
{
	return o && o->kind == PDF_INT && o->u.integer >= 0 && o->u.integer <= max;
}

static enum err
read_stream(struct pdf *p, const struct pdf_obj *stream)
{
	const struct pdf_obj *widths = pdf_key(stream, "W"), *index = pdf_key(stream, "Index"),
	                     *size = pdf_key(stream, "Size");
	const unsigned char *row, *end;
	struct str data;
	unsigned w[3];

	if (!pdf_name_is(pdf_key(stream, "Type"), "XRef") || !widths || widths->kind != PDF_ARRAY ||
	    widths->u.array.n < 3)
		return ERR_PDF_BROKEN;
	for (int i = 0; i < 3; i++) {
		if (!small_int(&widths->u.array.items[i], i == 0 ? WORD_LIMIT : 8))
			return ERR_PDF_BROKEN;
		w[i] = (unsigned)widths->u.array.items[i].u.integer;
	}
	if (w[0] + w[1] + w[2] == 0)
		return ERR_PDF_BROKEN;
	TRY(pdf_filter(p, stream, &data));
	row = (const unsigned char *)data.p;
	end = row + data.n;
	if (!index) {
		if (!small_int(size, (int64_t)p->limits.objects))
			return ERR_PDF_BROKEN;
		return read_rows(p, &row, end, w, 0, (uint64_t)size->u.integer);
	}
	if (index->kind != PDF_ARRAY)
		return ERR_PDF_BROKEN;
	for (size_t i = 0; i + 1 < index->u.array.n; i += 2) {
		const struct pdf_obj *first = &index->u.array.items[i], *count = first + 1;

		if (!small_int(first, (int64_t)p->limits.objects) ||
		    !small_int(count, (int64_t)p->limits.objects))
			return ERR_PDF_BROKEN;
		TRY(read_rows(p, &row, end, w, (uint64_t)first->u.integer, (uint64_t)count->u.integer));
	}
	return OK;
}

static enum err
add_section(struct pdf *p, size_t at, bool is_stream)
{
	void *all;

	if (p->sections_n == p->limits.revisions)
		return ERR_PDF_LIMIT;
	if (!p->sections) {
		TRY(arena_try(p->a, p->limits.revisions, sizeof(*p->sections), &all));
		p->sections = all;
	}
	for (size_t i = 0; i < p->sections_n; i++)
		if (p->sections[i].at == at)
			return ERR_PDF_BROKEN; /* /Prev runs in a circle */
	p->sections[p->sections_n++] = (struct pdf_section){.at = at, .is_stream = is_stream};
	return OK;
}

/* One section: its entries, its trailer, and where its own tail leads. */
static enum err
read_section(struct pdf *p, size_t at, struct pdf_obj *ret_trailer)
{
	struct lexer l = {p->bytes.p, p->bytes.n, at};
	struct pdf_section *s;
	bool is_stream;

	if (at >= l.n)
		return ERR_PDF_BROKEN;
	is_stream = !lexer_keyword(&l, "xref");
	TRY(add_section(p, at, is_stream));
	s = &p->sections[p->sections_n - 1];
	if (is_stream) {
		uint32_t num;
		uint16_t gen;

		TRY(pdf_parse_indirect(p, at, &num, &gen, ret_trailer));
		if (ret_trailer->kind != PDF_STREAM)
			return ERR_PDF_BROKEN;
		TRY(read_stream(p, ret_trailer));
		l.at = ret_trailer->end;
		lexer_skip(&l);
		if (!lexer_keyword(&l, "endobj"))
			return ERR_PDF_BROKEN;
	} else {
		TRY(read_table(p, &l, ret_trailer));
	}
	struct tail tail = {0};
	if (read_tail(&l, &tail)) {
		s->tail_startxref = tail.startxref;
		s->tail_end = tail.end;
	}
	return OK;
}

/* The first part of a linearised file says startxref 0: it is no revision; the tail at its end names the
 * first section. */
static enum err
list_revisions(struct pdf *p)
{
	void *all;

	TRY(arena_try(p->a, p->sections_n, sizeof(*p->revisions), &all));
	p->revisions = all;
	for (size_t i = 0; i < p->sections_n; i++) {
		const struct pdf_section *s = &p->sections[i];
		struct pdf_revision r = {.startxref = s->tail_startxref, .end = s->tail_end};
		bool known = false;
		size_t k;

		for (k = 0; k < p->sections_n && s->tail_end; k++)
			if (p->sections[k].at == s->tail_startxref) {
				r.is_stream = p->sections[k].is_stream;
				known = true;
			}
		if (!known)
			continue;
		for (k = p->revisions_n; k > 0 && p->revisions[k - 1].end > r.end; k--)
			p->revisions[k] = p->revisions[k - 1];
		p->revisions[k] = r;
		p->revisions_n++;
	}
	return p->revisions_n ? OK : ERR_PDF_BROKEN;
}

enum err
pdf_xref_load(struct pdf *p)
{
	size_t from = p->bytes.n > TAIL_SEARCH ? p->bytes.n - TAIL_SEARCH : 0;
	ptrdiff_t last = str_find_last(str_slice(p->bytes, from, p->bytes.n), STR("startxref"));
	struct lexer l = {p->bytes.p, p->bytes.n, from};
	struct tail tail;
	size_t at;

	if (last < 0)
		return ERR_PDF_BROKEN;
	l.at += (size_t)last;
	if (!read_tail(&l, &tail))
		return ERR_PDF_BROKEN;
	p->startxref = at = tail.startxref;
	p->tail_end = tail.end;
	for (;;) {
		const struct pdf_obj *prev;
		struct pdf_obj trailer = {0};

		TRY(read_section(p, at, &trailer));
		if (p->sections_n == 1)
			p->trailer = trailer;
		if (pdf_key(&trailer, "XRefStm"))
			return ERR_PDF_HYBRID;
		if (pdf_key(&trailer, "Encrypt"))
			return ERR_PDF_ENCRYPTED;
		prev = pdf_key(&trailer, "Prev");
		if (!prev)
			break;
		if (!small_int(prev, (int64_t)p->bytes.n))
			return ERR_PDF_BROKEN;
		at = (size_t)prev->u.integer;
	}
	return list_revisions(p);
}
