/* Signatures found in a file: what their dictionaries say. */
#include "form.h"
#include "sign.h"
#include "write.h"

static enum err
text_key(struct arena *a, struct pdf *p, const struct pdf_obj *dict, const char *key, struct str *ret)
{
	const struct pdf_obj *o;

	TRY(pdf_get(p, dict, key, &o));
	*ret = STR_NONE;
	if (o && o->kind == PDF_NAME)
		*ret = o->u.text;
	else if (o && o->kind == PDF_STRING)
		TRY(pdf_text(a, o->u.text, ret));
	return OK;
}

static void
read_range(const struct pdf_obj *dict, struct pdf_signature *s)
{
	const struct pdf_obj *range = pdf_key(dict, "ByteRange");

	if (!range || range->kind != PDF_ARRAY)
		return;
	s->range_n = range->u.array.n;
	for (size_t i = 0; i < range->u.array.n && i < 4; i++) {
		if (range->u.array.items[i].kind != PDF_INT) {
			s->range_n = 0;
			return;
		}
		s->range[i] = range->u.array.items[i].u.integer;
	}
}

static void
read_contents(struct pdf *p, const struct pdf_obj *dict, struct pdf_signature *s)
{
	const struct pdf_obj *contents = pdf_key(dict, "Contents");

	if (!contents || contents->kind != PDF_STRING)
		return;
	s->contents = contents->u.text;
	if (contents->end > contents->at && p->bytes.p[contents->at] == '<') {
		s->contents_at = contents->at;
		s->contents_end = contents->end;
	}
}

/* A key that stands twice would let two readers see two signatures. */
static bool
keys_are_unique(const struct pdf_obj *dict)
{
	for (size_t i = 0; i < dict->u.dict.n; i++)
		for (size_t k = i + 1; k < dict->u.dict.n; k++)
			if (str_eq(dict->u.dict.entries[i].key, dict->u.dict.entries[k].key))
				return false;
	return true;
}

static enum err
read_signature(struct arena *a, struct pdf *p, const struct pdf_field *f, uint32_t certification,
    struct pdf_signature *s)
{
	const struct pdf_obj *dict, *type;

	TRY(pdf_resolve(p, f->value, &dict));
	s->field = f->name;
	s->field_num = f->num;
	if (dict->kind != PDF_DICT)
		return OK; /* signed, it claims, with neither a range nor a container */
	s->dict_num = f->value->kind == PDF_REF ? f->value->u.ref.num : 0;
	s->certifies = certification && certification == s->dict_num;
	TRY(pdf_get(p, dict, "Type", &type));
	s->is_timestamp = pdf_name_is(type, "DocTimeStamp");
	TRY(pdf_docmdp_of(p, dict, &s->docmdp_p));
	TRY(text_key(a, p, dict, "Filter", &s->filter));
	TRY(text_key(a, p, dict, "SubFilter", &s->subfilter));
	TRY(text_key(a, p, dict, "Name", &s->name));
	TRY(text_key(a, p, dict, "Reason", &s->reason));
	TRY(text_key(a, p, dict, "M", &s->date));
	if (keys_are_unique(dict)) {
		read_range(dict, s);
		read_contents(p, dict, s);
	}
	return OK;
}

static enum err
certification_num(struct pdf *p, uint32_t *ret)
{
	const struct pdf_obj *catalog, *perms, *ref;
	uint32_t num;

	*ret = 0;
	TRY(pdf_catalog(p, &catalog, &num));
	TRY(pdf_get(p, catalog, "Perms", &perms));
	ref = pdf_key(perms, "DocMDP");
	if (ref && ref->kind == PDF_REF)
		*ret = ref->u.ref.num;
	return OK;
}

static bool
ends_before(const struct pdf_signature *a, const struct pdf_signature *b)
{
	/* As unsigned: what a forger writes must not overflow. */
	return (uint64_t)a->range[2] + (uint64_t)a->range[3] < (uint64_t)b->range[2] + (uint64_t)b->range[3];
}

enum err
pdf_signatures(struct arena *a, struct pdf *p, struct pdf_signature **ret, size_t *ret_n)
{
	struct pdf_signature *all;
	struct pdf_field *fields;
	uint32_t certification;
	size_t fields_n, n = 0;
	void *memory;

	TRY(pdf_form_fields(p, &fields, &fields_n));
	TRY(certification_num(p, &certification));
	TRY(arena_try(a, fields_n + 1, sizeof(*all), &memory));
	all = memory;
	for (size_t i = 0; i < fields_n; i++) {
		struct pdf_signature s = {0};
		size_t k;

		if (!fields[i].is_signature || !fields[i].value)
			continue;
		TRY(read_signature(a, p, &fields[i], certification, &s));
		for (k = n; k > 0 && ends_before(&s, &all[k - 1]); k--)
			all[k] = all[k - 1];
		all[k] = s;
		n++;
	}
	*ret = all;
	*ret_n = n;
	return OK;
}
