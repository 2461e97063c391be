/* What later revisions did to an earlier one: a whitelist, never a search for known tricks.  Every object
 * that the later revisions redefine must be explained by one of the few things that may happen after a
 * signature; anything else is an offence. */
#include "form.h"
#include "mutant.h"
#include "sign.h"

enum { COMPARE_DEPTH = 64 };

/* What an object is that may lawfully change. One that is two things at once, or stands where only its name
 * is asked for (a page's list of pictures, say), would change something else with it. */
enum role {
	ROLE_NONE,
	ROLE_CATALOG,
	ROLE_FORM,
	ROLE_FIELDS, /* the form's list */
	ROLE_STORE,  /* of validation material */
	ROLE_PAGE,
	ROLE_ANNOTATIONS, /* a page's list */
	ROLE_FIELD,
	ROLE_SEVERAL
};

struct compare {
	struct pdf *old, *new;
	uint8_t *roles; /* by object number of the old file; what has none may not change */
	uint32_t old_n;
	struct pdf_field *old_fields, *new_fields;
	size_t old_fields_n, new_fields_n;
	bool filled; /* a signature that is no timestamp came in */
	struct str what;
};

static enum err
offence(struct compare *c, const char *what)
{
	if (mutant_is_off(what))
		return OK;
	c->what = str_c(what);
	return ERR_PDF_LOCKED;
}

/* The same value, references compared as references. */
static bool
equal(const struct pdf_obj *x, const struct pdf_obj *y, unsigned depth)
{
	if (!x || !y || depth > COMPARE_DEPTH)
		return !x && !y;
	if (x->kind != y->kind)
		return false;
	switch (x->kind) {
	case PDF_NULL: return true;
	case PDF_BOOL: return x->u.boolean == y->u.boolean;
	case PDF_INT: return x->u.integer == y->u.integer;
	case PDF_REAL: return x->u.real == y->u.real;
	case PDF_STRING:
	case PDF_NAME: return str_eq(x->u.text, y->u.text);
	case PDF_REF: return x->u.ref.num == y->u.ref.num && x->u.ref.gen == y->u.ref.gen;
	case PDF_ARRAY:
		if (x->u.array.n != y->u.array.n)
			return false;
		for (size_t i = 0; i < x->u.array.n; i++)
			if (!equal(&x->u.array.items[i], &y->u.array.items[i], depth + 1))
				return false;
		return true;
	case PDF_DICT:
		if (x->u.dict.n != y->u.dict.n)
			return false;
		for (size_t i = 0; i < x->u.dict.n; i++)
			if (!str_eq(x->u.dict.entries[i].key, y->u.dict.entries[i].key) ||
			    !equal(&x->u.dict.entries[i].value, &y->u.dict.entries[i].value, depth + 1))
				return false;
		return true;
	case PDF_STREAM: break; /* streams are objects of their own; none is ever redefined lawfully */
	}
	return false;
}

static bool
is_one_of(struct str key, const char *const *keys)
{
	for (; keys && *keys; keys++)
		if (str_eq(key, str_c(*keys)))
			return true;
	return false;
}

static bool
key_stands_twice(const struct pdf_obj *dict, size_t i)
{
	for (size_t k = i + 1; k < dict->u.dict.n; k++)
		if (str_eq(dict->u.dict.entries[i].key, dict->u.dict.entries[k].key))
			return true;
	return false;
}

/* Two dictionaries agree in every key but those. */
static bool
equal_but(const struct pdf_obj *x, const struct pdf_obj *y, const char *const *but)
{
	if (x->kind != PDF_DICT || y->kind != PDF_DICT)
		return false;
	for (size_t i = 0; i < x->u.dict.n; i++) {
		const struct pdf_entry *e = &x->u.dict.entries[i];
		char key[64];

		if (is_one_of(e->key, but))
			continue;
		if (e->key.n >= sizeof(key) || memchr(e->key.p, 0, e->key.n))
			return false;
		memcpy(key, e->key.p, e->key.n);
		key[e->key.n] = 0;
		if (!equal(&e->value, pdf_key(y, key), 0))
			return false;
	}
	for (size_t i = 0; i < y->u.dict.n; i++) {
		bool known = is_one_of(y->u.dict.entries[i].key, but);

		for (size_t k = 0; !known && k < x->u.dict.n; k++)
			known = str_eq(x->u.dict.entries[k].key, y->u.dict.entries[i].key);
		if (!known || key_stands_twice(y, i))
			return false;
	}
	return true;
}

static void
explain(struct compare *c, uint32_t num, enum role role)
{
	if (num < c->old_n)
		c->roles[num] =
		    (uint8_t)(c->roles[num] == ROLE_NONE || c->roles[num] == role ? role : ROLE_SEVERAL);
}

static void
explain_ref(struct compare *c, const struct pdf_obj *ref, enum role role)
{
	if (ref && ref->kind == PDF_REF)
		explain(c, ref->u.ref.num, role);
}

static bool
is_new(const struct compare *c, const struct pdf_obj *ref)
{
	return ref && ref->kind == PDF_REF && ref->u.ref.num >= c->old_n;
}

/* The new array begins with the old one; what follows are references to new objects. ret_from: where those
 * begin. */
static enum err
grown_array(struct compare *c, const struct pdf_obj *x, const struct pdf_obj *y, size_t *ret_from)
{
	size_t n = x ? x->u.array.n : 0;

	if ((x && x->kind != PDF_ARRAY) || !y || y->kind != PDF_ARRAY || y->u.array.n < n)
		return offence(c, "a list of fields or annotations lost entries");
	for (size_t i = 0; i < n; i++)
		if (!equal(&x->u.array.items[i], &y->u.array.items[i], 0))
			return offence(c, "a list of fields or annotations was rearranged");
	for (size_t i = n; i < y->u.array.n; i++)
		if (!is_new(c, &y->u.array.items[i]))
			return offence(c, "a list of fields or annotations got an old object");
	*ret_from = n;
	return OK;
}

static bool
in_fields(const struct pdf_field *fields, size_t n, uint32_t num)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].num == num)
			return true;
	return false;
}

static bool
rect_is_empty(struct pdf *p, const struct pdf_obj *dict)
{
	const struct pdf_obj *rect;
	double v[4];

	if (pdf_get(p, dict, "Rect", &rect) != OK || !rect || rect->kind != PDF_ARRAY || rect->u.array.n != 4)
		return false;
	for (int i = 0; i < 4; i++)
		if (!pdf_number(&rect->u.array.items[i], &v[i]))
			return false;
	return v[0] == v[2] && v[1] == v[3];
}

static enum err
value_kind(struct compare *c, const struct pdf_field *f, bool *ret_timestamp)
{
	const struct pdf_obj *value, *type;

	if (!f->value || !is_new(c, f->value))
		return offence(c, "a field was filled with something old");
	TRY(pdf_resolve(c->new, f->value, &value));
	TRY(pdf_get(c->new, value, "Type", &type));
	*ret_timestamp = pdf_name_is(type, "DocTimeStamp");
	if (value->kind != PDF_DICT || (!*ret_timestamp && !pdf_name_is(type, "Sig") && type))
		return offence(c, "a signature field holds something else");
	return OK;
}

/* New fields: invisible signatures and timestamps, nothing that runs or shows. */
static enum err
new_field(struct compare *c, const struct pdf_field *f)
{
	static const char *const allowed[] = {
	    "Type", "Subtype", "FT", "T", "F", "Ff", "P", "Rect", "V", NULL};
	const struct pdf_obj *subtype;
	bool timestamp;

	if (!f->is_signature || f->has_kids || f->num < c->old_n)
		return offence(c, "a field was added that is no signature");
	TRY(pdf_get(c->new, f->dict, "Subtype", &subtype));
	if ((subtype && !pdf_name_is(subtype, "Widget")) || !rect_is_empty(c->new, f->dict) ||
	    !equal_but(f->dict, f->dict, NULL))
		return offence(c, "a visible field was added");
	for (size_t i = 0; i < f->dict->u.dict.n; i++)
		if (!is_one_of(f->dict->u.dict.entries[i].key, allowed))
			return offence(c, "a field was added with an appearance or an action");
	TRY(value_kind(c, f, &timestamp));
	c->filled = c->filled || !timestamp;
	return OK;
}

/* The picture of a filled field: form XObjects and images of the new revision, drawn inside the field's own
 * rectangle. */
static enum err
new_appearance(struct compare *c, const struct pdf_obj *ap)
{
	const struct pdf_obj *normal, *subtype;

	if (!ap || ap->kind != PDF_DICT || ap->u.dict.n != 1 ||
	    !str_eq(ap->u.dict.entries[0].key, STR("N")) || !is_new(c, &ap->u.dict.entries[0].value))
		return offence(c, "a signature's picture is not new");
	TRY(pdf_resolve(c->new, &ap->u.dict.entries[0].value, &normal));
	TRY(pdf_get(c->new, normal, "Subtype", &subtype));
	return normal->kind == PDF_STREAM && pdf_name_is(subtype, "Form")
	           ? OK
	           : offence(c, "a signature's picture is no form");
}

static enum err
old_field(struct compare *c, const struct pdf_field *x, const struct pdf_field *y)
{
	static const char *const filled[] = {"V", "AP", NULL};
	const struct pdf_obj *ap = pdf_key(y->dict, "AP");
	bool timestamp;

	if (equal(x->dict, y->dict, 0))
		return OK;
	if (!x->is_signature || x->value || !y->value || !equal_but(x->dict, y->dict, filled))
		return offence(c, "a field was changed");
	TRY(value_kind(c, y, &timestamp));
	if (ap && !equal(pdf_key(x->dict, "AP"), ap, 0))
		TRY(new_appearance(c, ap));
	explain(c, x->num, ROLE_FIELD);
	c->filled = true;
	return OK;
}

static enum err
compare_fields(struct compare *c)
{
	for (size_t i = 0; i < c->old_fields_n; i++) {
		const struct pdf_field *y = NULL;

		for (size_t k = 0; k < c->new_fields_n; k++)
			if (c->new_fields[k].num == c->old_fields[i].num)
				y = &c->new_fields[k];
		if (!y)
			return offence(c, "a field was removed");
		TRY(old_field(c, &c->old_fields[i], y));
	}
	for (size_t k = 0; k < c->new_fields_n; k++) {
		if (!in_fields(c->old_fields, c->old_fields_n, c->new_fields[k].num))
			TRY(new_field(c, &c->new_fields[k]));
		for (size_t i = k + 1; i < c->new_fields_n; i++)
			if (str_eq(c->new_fields[i].name, c->new_fields[k].name))
				return offence(c, "two fields have one name");
	}
	return OK;
}

static enum err
compare_form(struct compare *c)
{
	static const char *const grows[] = {"Fields", "SigFlags", NULL};
	const struct pdf_obj *x, *y, *x_fields = NULL, *y_fields, *x_catalog, *y_catalog, *flags;
	uint32_t x_num, y_num, num;
	size_t from;

	TRY(pdf_form(c->old, &x, &x_num));
	TRY(pdf_form(c->new, &y, &y_num));
	if (!y)
		return x ? offence(c, "the form was removed") : OK;
	if (x && !equal_but(x, y, grows))
		return offence(c, "the form was changed");
	flags = pdf_key(y, "SigFlags");
	if (flags && flags->kind != PDF_INT)
		return offence(c, "the form was changed");
	TRY(pdf_get(c->new, y, "Fields", &y_fields));
	if (x)
		TRY(pdf_get(c->old, x, "Fields", &x_fields));
	if (x_fields || y_fields) {
		TRY(grown_array(c, x_fields, y_fields, &from));
		for (size_t i = from; i < y_fields->u.array.n; i++)
			if (!in_fields(c->new_fields, c->new_fields_n, y_fields->u.array.items[i].u.ref.num))
				return offence(c, "a field was added that is no signature");
	}
	for (size_t i = 0; !x && i < y->u.dict.n; i++)
		if (!is_one_of(y->u.dict.entries[i].key, grows))
			return offence(c, "a form was added with more than signatures");
	TRY(pdf_catalog(c->old, &x_catalog, &num));
	TRY(pdf_catalog(c->new, &y_catalog, &num));
	explain_ref(c, pdf_key(x_catalog, "AcroForm"), ROLE_FORM);
	if (x)
		explain_ref(c, pdf_key(x, "Fields"), ROLE_FIELDS);
	return compare_fields(c);
}

static bool
is_among(const struct pdf_obj *item, const struct pdf_obj *array)
{
	for (size_t i = 0; array && array->kind == PDF_ARRAY && i < array->u.array.n; i++)
		if (equal(item, &array->u.array.items[i], 0))
			return true;
	return false;
}

/* A list that says "revoked" must not go away again. */
static enum err
grown_store(struct compare *c, const struct pdf_obj *x, const struct pdf_obj *y)
{
	static const char *const kinds[] = {"Certs", "OCSPs", "CRLs"};

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		const struct pdf_obj *x_list, *y_list;

		TRY(pdf_get(c->old, x, kinds[k], &x_list));
		TRY(pdf_get(c->new, y, kinds[k], &y_list));
		for (size_t i = 0; x_list && x_list->kind == PDF_ARRAY && i < x_list->u.array.n; i++)
			if (!is_among(&x_list->u.array.items[i], y_list))
				return offence(c, "validation material was removed");
	}
	return OK;
}

/* Validation material (EN 319 142-1 5.4.2): nothing in it is ever drawn, and nothing else may pose as it. */
static enum err
compare_dss(struct compare *c, const struct pdf_obj *x_catalog, const struct pdf_obj *y_catalog)
{
	static const char *const allowed[] = {"Type", "Certs", "OCSPs", "CRLs", "VRI", NULL};
	const struct pdf_obj *both[2];

	TRY(pdf_get(c->old, x_catalog, "DSS", &both[0]));
	TRY(pdf_get(c->new, y_catalog, "DSS", &both[1]));
	for (int k = 0; k < 2; k++) {
		if (both[k] && both[k]->kind != PDF_DICT)
			return offence(c, "the validation material is none");
		for (size_t i = 0; both[k] && i < both[k]->u.dict.n; i++)
			if (!is_one_of(both[k]->u.dict.entries[i].key, allowed))
				return offence(c, "the validation material is none");
	}
	explain_ref(c, pdf_key(x_catalog, "DSS"), ROLE_STORE);
	return grown_store(c, both[0], both[1]);
}

/* Names, numbers and strings, however nested: nothing that leads elsewhere. */
static bool
is_plain(const struct pdf_obj *o, unsigned depth)
{
	if (depth > COMPARE_DEPTH || o->kind == PDF_REF || o->kind == PDF_STREAM)
		return false;
	for (size_t i = 0; o->kind == PDF_ARRAY && i < o->u.array.n; i++)
		if (!is_plain(&o->u.array.items[i], depth + 1))
			return false;
	for (size_t i = 0; o->kind == PDF_DICT && i < o->u.dict.n; i++)
		if (!is_plain(&o->u.dict.entries[i].value, depth + 1))
			return false;
	return true;
}

/* Declarations of developers may be added (7.12), and say something about the format only. */
static enum err
compare_extensions(struct compare *c, const struct pdf_obj *x_catalog, const struct pdf_obj *y_catalog)
{
	const struct pdf_obj *y;

	TRY(pdf_get(c->new, y_catalog, "Extensions", &y));
	if (equal(pdf_key(x_catalog, "Extensions"), pdf_key(y_catalog, "Extensions"), 0))
		return OK;
	return y && y->kind == PDF_DICT && is_plain(y, 0) ? OK
	                                                  : offence(c, "the document's catalog was changed");
}

static enum err
compare_catalog(struct compare *c)
{
	static const char *const may_change[] = {"AcroForm", "DSS", "Extensions", NULL};
	const struct pdf_obj *x, *y;
	uint32_t x_num, y_num;

	TRY(pdf_catalog(c->old, &x, &x_num));
	TRY(pdf_catalog(c->new, &y, &y_num));
	if (x_num != y_num || !equal_but(x, y, may_change))
		return offence(c, "the document's catalog was changed");
	explain(c, x_num, ROLE_CATALOG);
	TRY(compare_extensions(c, x, y));
	return compare_dss(c, x, y);
}

static enum err
compare_page(struct compare *c, const struct pdf_page *x, const struct pdf_page *y)
{
	static const char *const may_change[] = {"Annots", NULL};
	const struct pdf_obj *x_dict, *y_dict, *x_list, *y_list;
	size_t from;

	if (x->num != y->num || x->gen != y->gen)
		return offence(c, "pages were changed");
	TRY(pdf_object(c->old, x->num, &x_dict));
	TRY(pdf_object(c->new, y->num, &y_dict));
	if (!equal_but(x_dict, y_dict, may_change))
		return offence(c, "a page was changed");
	TRY(pdf_get(c->old, x_dict, "Annots", &x_list));
	TRY(pdf_get(c->new, y_dict, "Annots", &y_list));
	if (x_list || y_list) {
		TRY(grown_array(c, x_list, y_list, &from));
		for (size_t i = from; i < y_list->u.array.n; i++)
			if (!in_fields(c->new_fields, c->new_fields_n, y_list->u.array.items[i].u.ref.num))
				return offence(c, "an annotation was added");
	}
	explain(c, x->num, ROLE_PAGE);
	explain_ref(c, pdf_key(x_dict, "Annots"), ROLE_ANNOTATIONS);
	return OK;
}

static enum err
compare_pages(struct compare *c)
{
	const struct pdf_page *x, *y;
	size_t x_n, y_n;

	TRY(pdf_pages(c->old, &x, &x_n));
	TRY(pdf_pages(c->new, &y, &y_n));
	if (x_n != y_n)
		return offence(c, "pages were added or removed");
	for (size_t i = 0; i < x_n; i++)
		TRY(compare_page(c, &x[i], &y[i]));
	return OK;
}

/* Objects past /Size do not exist for readers that believe it (7.5.5). */
static enum err
compare_trailer(struct compare *c)
{
	static const char *const keys[] = {"Root", "Info"};
	const struct pdf_obj *x_size = pdf_key(&c->old->trailer, "Size"),
	                     *y_size = pdf_key(&c->new->trailer, "Size");

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!equal(pdf_key(&c->old->trailer, keys[i]), pdf_key(&c->new->trailer, keys[i]), 0))
			return offence(c, "the trailer was changed");
	if (!y_size || y_size->kind != PDF_INT ||
	    (x_size && x_size->kind == PDF_INT && y_size->u.integer < x_size->u.integer))
		return offence(c, "the trailer was changed");
	return OK;
}

static bool
same_slot(const struct pdf_slot *x, const struct pdf_slot *y)
{
	bool x_free = x->type < SLOT_PLAIN, y_free = y->type < SLOT_PLAIN;

	if (x_free || y_free)
		return x_free && y_free;
	return x->type == y->type && x->at == y->at &&
	       (x->type == SLOT_PLAIN ? x->gen == y->gen : x->index == y->index);
}

static bool
may_stand_under(enum role role, struct str key)
{
	static const char *const nowhere[] = {NULL}, *const catalog[] = {"Root", NULL},
	                         *const form[] = {"AcroForm", NULL}, *const fields[] = {"Fields", NULL},
	                         *const store[] = {"DSS", NULL}, *const annotations[] = {"Annots", NULL},
	                         *const field[] = {
	                             "Annots", "Fields", "Kids", "Parent", "Obj", "CO", "T", NULL};
	static const char *const *const places[] = {[ROLE_CATALOG] = catalog,
	    [ROLE_FORM] = form,
	    [ROLE_FIELDS] = fields,
	    [ROLE_STORE] = store,
	    [ROLE_ANNOTATIONS] = annotations,
	    [ROLE_FIELD] = field,
	    [ROLE_SEVERAL] = nowhere};

	return role == ROLE_PAGE || is_one_of(key, places[role]);
}

static enum err
check_reference(struct compare *c, uint32_t num, struct str key)
{
	bool was = num < c->old->slots_n && c->old->slots[num].type >= SLOT_PLAIN;
	bool is = num < c->new->slots_n && c->new->slots[num].type >= SLOT_PLAIN;

	if (is && !was)
		return offence(c, "a reference that led nowhere now leads to something");
	if (was && is && c->roles[num] != ROLE_NONE && !same_slot(&c->old->slots[num], &c->new->slots[num]) &&
	    !may_stand_under((enum role)c->roles[num], key))
		return offence(c, "what may change is used for something else, too");
	return OK;
}

/* References of the old revision, wherever they stand (key: under which name): those that led nowhere must
 * not come to life, and what changed must be used as what it is only. */
static enum err
check_references(struct compare *c, const struct pdf_obj *o, struct str key, unsigned depth)
{
	if (depth > COMPARE_DEPTH)
		return ERR_PDF_LIMIT;
	switch (o->kind) {
	case PDF_REF: return check_reference(c, o->u.ref.num, key);
	case PDF_ARRAY:
		for (size_t i = 0; i < o->u.array.n; i++)
			TRY(check_references(c, &o->u.array.items[i], key, depth + 1));
		return OK;
	case PDF_DICT:
	case PDF_STREAM:
		for (size_t i = 0; i < o->u.dict.n; i++)
			TRY(check_references(
			    c, &o->u.dict.entries[i].value, o->u.dict.entries[i].key, depth + 1));
		return OK;
	default: return OK;
	}
}

/* Under which name the items of a list that is an object of its own stand. */
static struct str
name_of_list(enum role role)
{
	switch (role) {
	case ROLE_FIELDS: return STR("Fields");
	case ROLE_ANNOTATIONS: return STR("Annots");
	default: return STR_NONE;
	}
}

static enum err
compare_slots(struct compare *c)
{
	const struct pdf_obj *info = pdf_key(&c->old->trailer, "Info");

	for (uint32_t num = 0; num < c->old_n; num++) {
		const struct pdf_slot *x = &c->old->slots[num];
		const struct pdf_obj *o;

		if (num >= c->new->slots_n)
			return offence(c, "objects were removed");
		if (!same_slot(x, &c->new->slots[num]) && c->roles[num] == ROLE_NONE)
			return offence(c, "an object of the signed revision was redefined");
		if (x->type < SLOT_PLAIN)
			continue;
		TRY(pdf_object(c->old, num, &o));
		TRY(check_references(c, o, name_of_list((enum role)c->roles[num]), 0));
	}
	return info ? check_references(c, info, STR_NONE, 0) : OK;
}

static enum err
run(struct compare *c)
{
	void *memory;

	c->old_n = (uint32_t)c->old->slots_n;
	TRY(arena_try(c->old->a, c->old_n + 1, sizeof(*c->roles), &memory));
	c->roles = memory;
	TRY(pdf_form_fields(c->old, &c->old_fields, &c->old_fields_n));
	TRY(pdf_form_fields(c->new, &c->new_fields, &c->new_fields_n));
	TRY(compare_trailer(c));
	TRY(compare_catalog(c));
	TRY(compare_form(c));
	TRY(compare_pages(c));
	return compare_slots(c);
}

enum err
pdf_compare(struct pdf *old, struct pdf *new, enum pdf_change *ret, struct str *ret_what)
{
	struct compare c = {.old = old, .new = new};
	enum err e;

	*ret_what = STR_NONE;
	if (old->bytes.n == new->bytes.n) {
		*ret = PDF_CHANGE_NONE;
		return OK;
	}
	e = run(&c);
	if (e == ERR_PDF_LOCKED) {
		*ret = PDF_CHANGE_OTHER;
		*ret_what = c.what;
		return OK;
	}
	TRY(e);
	*ret = c.filled ? PDF_CHANGE_FILL : PDF_CHANGE_LTA;
	return OK;
}
