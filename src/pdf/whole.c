/* Whether a file is what its cross-reference sections say, and nothing more. */
#include "pdf_impl.h"

#include <stdlib.h>

struct extent {
	size_t at, end;
};

enum err
pdf_read_all(struct pdf *p)
{
	const struct pdf_page *pages;
	const struct pdf_obj *o;
	size_t n;

	TRY(pdf_pages(p, &pages, &n));
	for (uint32_t num = 0; num < p->slots_n; num++)
		TRY(pdf_object(p, num, &o));
	return OK;
}

bool
pdf_is_ambiguous(const struct pdf *p)
{
	return p->ambiguous;
}

static int
by_place(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* Up to and with its "endobj". */
static bool
object_extent(struct pdf *p, uint32_t num, struct extent *ret)
{
	struct lexer l = {p->bytes.p, p->bytes.n, 0};
	const struct pdf_obj *o;

	if (pdf_object(p, num, &o) != OK)
		return false;
	l.at = o->end;
	lexer_skip(&l);
	if (!lexer_keyword(&l, "endobj"))
		return false;
	*ret = (struct extent){p->slots[num].at, l.at};
	return true;
}

/* White space, and comments that do not look like an object. */
static bool
is_gap(const struct pdf *p, size_t from, size_t to)
{
	struct str gap = str_slice(p->bytes, from, to);
	struct lexer l = {p->bytes.p, to, from};

	lexer_skip(&l);
	return l.at == to && str_find(gap, STR("obj")) < 0 && str_find(gap, STR("xref")) < 0;
}

bool
pdf_is_tight(struct pdf *p, size_t from)
{
	struct extent *all;
	size_t n = 0;
	void *memory;

	if (arena_try(p->a, p->slots_n + p->sections_n, sizeof(*all), &memory) != OK)
		return false;
	all = memory;
	for (uint32_t num = 0; num < p->slots_n; num++)
		if (p->slots[num].type == SLOT_PLAIN && p->slots[num].at >= from &&
		    !object_extent(p, num, &all[n++]))
			return false;
	for (size_t i = 0; i < p->sections_n; i++)
		if (p->sections[i].at >= from)
			all[n++] = (struct extent){p->sections[i].at, p->sections[i].tail_end};
	qsort(all, n, sizeof(*all), by_place);
	for (size_t i = 0; i < n; i++) {
		if (all[i].at > from && !is_gap(p, from, all[i].at))
			return false;
		if (all[i].end > from)
			from = all[i].end;
	}
	return from == p->bytes.n;
}
