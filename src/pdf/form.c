#include "form.h"

#include "write.h"

enum { FIELDS_MAX = 5000 };

struct walk {
	struct pdf *p;
	struct pdf_field *v;
	size_t n, cap, seen;
};

struct parent {
	struct str name;
	const struct pdf_obj *type, *value;
};

enum err
pdf_form(struct pdf *p, const struct pdf_obj **ret, uint32_t *ret_num)
{
	const struct pdf_obj *catalog, *ref;
	uint32_t num;

	*ret_num = 0;
	TRY(pdf_catalog(p, &catalog, &num));
	ref = pdf_key(catalog, "AcroForm");
	TRY(pdf_get(p, catalog, "AcroForm", ret));
	if (*ret && (*ret)->kind != PDF_DICT)
		return ERR_PDF_BROKEN;
	if (*ret && ref->kind == PDF_REF)
		*ret_num = ref->u.ref.num;
	return OK;
}

static enum err
add_field(struct walk *w, const struct pdf_field *f)
{
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 16;
		void *grown;

		TRY(arena_try(w->p->a, cap, sizeof(*w->v), &grown));
		if (w->n)
			memcpy(grown, w->v, w->n * sizeof(*w->v));
		w->v = grown;
		w->cap = cap;
	}
	w->v[w->n++] = *f;
	return OK;
}

static enum err
qualify(struct walk *w, const struct pdf_obj *dict, struct parent *in)
{
	const struct pdf_obj *t;
	struct str own;

	TRY(pdf_get(w->p, dict, "T", &t));
	if (!t || t->kind != PDF_STRING)
		return OK;
	TRY(pdf_text(w->p->a, t->u.text, &own));
	in->name = in->name.n ? arena_printf(w->p->a, "%.*s.%.*s", STR_ARG(in->name), STR_ARG(own)) : own;
	return OK;
}

/* Kids with names of their own are fields; kids without are this field's widgets. */
static enum err
has_fields_below(struct walk *w, const struct pdf_obj *kids, bool *ret)
{
	*ret = false;
	for (size_t i = 0; i < kids->u.array.n; i++) {
		const struct pdf_obj *kid;

		TRY(pdf_resolve(w->p, &kids->u.array.items[i], &kid));
		*ret = *ret || pdf_key(kid, "T");
	}
	return OK;
}

static enum err
walk_field(struct walk *w, const struct pdf_obj *ref, struct parent in, unsigned depth)
{
	const struct pdf_obj *dict, *kids, *own;
	bool below = false;

	if (depth > w->p->limits.depth || ++w->seen > FIELDS_MAX)
		return ERR_PDF_LIMIT;
	if (ref->kind != PDF_REF)
		return OK;
	TRY(pdf_resolve(w->p, ref, &dict));
	if (dict->kind != PDF_DICT)
		return OK;
	TRY(qualify(w, dict, &in));
	TRY(pdf_get(w->p, dict, "FT", &own));
	if (own)
		in.type = own;
	own = pdf_key(dict, "V");
	if (own)
		in.value = own;
	TRY(pdf_get(w->p, dict, "Kids", &kids));
	if (kids && kids->kind == PDF_ARRAY && kids->u.array.n) {
		TRY(has_fields_below(w, kids, &below));
		for (size_t i = 0; below && i < kids->u.array.n; i++)
			TRY(walk_field(w, &kids->u.array.items[i], in, depth + 1));
		if (below)
			return OK;
	}
	return add_field(w, &(struct pdf_field){.name = in.name,
	                        .num = ref->u.ref.num,
	                        .gen = ref->u.ref.gen,
	                        .dict = dict,
	                        .type = in.type,
	                        .is_signature = pdf_name_is(in.type, "Sig"),
	                        .has_kids = kids != NULL,
	                        .value = in.value && in.value->kind != PDF_NULL ? in.value : NULL});
}

enum err
pdf_form_fields(struct pdf *p, struct pdf_field **ret, size_t *ret_n)
{
	struct walk w = {.p = p};
	const struct pdf_obj *form, *fields;
	uint32_t num;

	TRY(pdf_form(p, &form, &num));
	if (form) {
		TRY(pdf_get(p, form, "Fields", &fields));
		for (size_t i = 0; fields && fields->kind == PDF_ARRAY && i < fields->u.array.n; i++)
			TRY(walk_field(&w, &fields->u.array.items[i], (struct parent){0}, 0));
	}
	*ret = w.v;
	*ret_n = w.n;
	return OK;
}

enum err
pdf_docmdp_of(struct pdf *p, const struct pdf_obj *signature, int *ret)
{
	const struct pdf_obj *references;

	*ret = 0;
	TRY(pdf_get(p, signature, "Reference", &references));
	for (size_t i = 0; references && references->kind == PDF_ARRAY && i < references->u.array.n; i++) {
		const struct pdf_obj *one, *method, *parameters, *level;

		TRY(pdf_resolve(p, &references->u.array.items[i], &one));
		TRY(pdf_get(p, one, "TransformMethod", &method));
		if (!pdf_name_is(method, "DocMDP"))
			continue;
		TRY(pdf_get(p, one, "TransformParams", &parameters));
		TRY(pdf_get(p, parameters, "P", &level));
		*ret = level && level->kind == PDF_INT && level->u.integer >= 1 && level->u.integer <= 3
		           ? (int)level->u.integer
		           : 2;
	}
	return OK;
}

enum err
pdf_docmdp(struct pdf *p, int *ret)
{
	const struct pdf_obj *catalog, *perms, *signature;
	uint32_t num;

	*ret = 0;
	TRY(pdf_catalog(p, &catalog, &num));
	TRY(pdf_get(p, catalog, "Perms", &perms));
	TRY(pdf_get(p, perms, "DocMDP", &signature));
	if (!signature)
		return OK;
	TRY(pdf_docmdp_of(p, signature, ret));
	if (*ret == 0)
		*ret = 2; /* certified without saying how: the standard's default */
	return OK;
}
