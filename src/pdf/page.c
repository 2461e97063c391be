/* The page tree (ISO 32000-2 7.7.3): pages in order, with what they inherit. */
#include "pdf_impl.h"

#include <math.h>

struct inherited {
	double media[4], crop[4];
	bool has_media, has_crop;
	int rotate;
};

static enum err
read_box(struct pdf *p, const struct pdf_obj *page, const char *key, double box[4], bool *has)
{
	const struct pdf_obj *o;
	double v[4];

	TRY(pdf_get(p, page, key, &o));
	if (!o)
		return OK;
	if (o->kind != PDF_ARRAY || o->u.array.n < 4)
		return ERR_PDF_BROKEN;
	for (int i = 0; i < 4; i++) {
		const struct pdf_obj *item;

		TRY(pdf_resolve(p, &o->u.array.items[i], &item));
		if (!pdf_number(item, &v[i]) || !isfinite(v[i]) || fabs(v[i]) > 1e7)
			return ERR_PDF_BROKEN;
	}
	box[0] = fmin(v[0], v[2]);
	box[1] = fmin(v[1], v[3]);
	box[2] = fmax(v[0], v[2]);
	box[3] = fmax(v[1], v[3]);
	*has = true;
	return OK;
}

static enum err
inherit(struct pdf *p, const struct pdf_obj *node, struct inherited *in)
{
	const struct pdf_obj *rotate;

	TRY(read_box(p, node, "MediaBox", in->media, &in->has_media));
	TRY(read_box(p, node, "CropBox", in->crop, &in->has_crop));
	TRY(pdf_get(p, node, "Rotate", &rotate));
	if (rotate && rotate->kind == PDF_INT)
		in->rotate = (int)((rotate->u.integer % 360 + 360) % 360 / 90 * 90);
	return OK;
}

static enum err
add_page(struct pdf *p, const struct pdf_obj *node, const struct pdf_obj *ref, const struct inherited *in)
{
	struct pdf_page page = {
	    .num = ref->u.ref.num, .gen = ref->u.ref.gen, .rotate = in->rotate, .user_unit = 1};
	const struct pdf_obj *unit;

	if (!in->has_media)
		return ERR_PDF_BROKEN;
	if (p->pages_n == p->limits.pages)
		return ERR_PDF_LIMIT;
	memcpy(page.media, in->media, sizeof(page.media));
	memcpy(page.crop, in->has_crop ? in->crop : in->media, sizeof(page.crop));
	for (int i = 0; i < 2; i++) {
		page.crop[i] = fmax(page.crop[i], page.media[i]);
		page.crop[i + 2] = fmin(page.crop[i + 2], page.media[i + 2]);
	}
	if (page.crop[2] <= page.crop[0] || page.crop[3] <= page.crop[1])
		memcpy(page.crop, page.media, sizeof(page.crop));
	TRY(pdf_get(p, node, "UserUnit", &unit));
	if (unit &&
	    (!pdf_number(unit, &page.user_unit) || !(page.user_unit >= 0.01 && page.user_unit <= 1000)))
		return ERR_PDF_BROKEN;
	if (p->pages_n == p->pages_cap) {
		size_t cap = p->pages_cap ? p->pages_cap * 2 : 8;
		void *grown;

		TRY(arena_try(p->a, cap, sizeof(*p->pages), &grown));
		if (p->pages_n)
			memcpy(grown, p->pages, p->pages_n * sizeof(*p->pages));
		p->pages = grown;
		p->pages_cap = cap;
	}
	p->pages[p->pages_n++] = page;
	return OK;
}

static enum err
walk(struct pdf *p, const struct pdf_obj *ref, struct inherited in, unsigned depth)
{
	const struct pdf_obj *node, *kids;

	if (depth > p->limits.depth)
		return ERR_PDF_LIMIT;
	if (ref->kind != PDF_REF || ref->u.ref.num >= p->slots_n)
		return ERR_PDF_BROKEN;
	TRY(pdf_resolve(p, ref, &node));
	if (node->kind != PDF_DICT || p->slots[ref->u.ref.num].visited)
		return ERR_PDF_BROKEN; /* a page may stand in the tree once only */
	p->slots[ref->u.ref.num].visited = true;
	TRY(inherit(p, node, &in));
	TRY(pdf_get(p, node, "Kids", &kids));
	if (!kids)
		return add_page(p, node, ref, &in);
	if (kids->kind != PDF_ARRAY)
		return ERR_PDF_BROKEN;
	for (size_t i = 0; i < kids->u.array.n; i++)
		TRY(walk(p, &kids->u.array.items[i], in, depth + 1));
	return OK;
}

enum err
pdf_pages(struct pdf *p, const struct pdf_page **ret, size_t *ret_n)
{
	if (!p->pages_known) {
		const struct pdf_obj *catalog, *root;
		uint32_t num;

		TRY(pdf_catalog(p, &catalog, &num));
		root = pdf_key(catalog, "Pages");
		if (!root)
			return ERR_PDF_BROKEN;
		p->pages_n = 0;
		TRY(walk(p, root, (struct inherited){0}, 0));
		if (p->pages_n == 0)
			return ERR_PDF_BROKEN;
		p->pages_known = true;
	}
	*ret = p->pages;
	*ret_n = p->pages_n;
	return OK;
}
