#include "dss.h"

#include "update.h"

#include <inttypes.h>

static enum err
read_kind(struct arena *a, struct pdf *p, const struct pdf_obj *dss, const char *key, struct str **ret,
    size_t *ret_n)
{
	const struct pdf_obj *array, *stream;

	*ret_n = 0;
	*ret = NULL;
	TRY(pdf_get(p, dss, key, &array));
	if (!array)
		return OK;
	if (array->kind != PDF_ARRAY)
		return ERR_PDF_BROKEN;
	if (array->u.array.n > PDF_DSS_MAX)
		return ERR_PDF_LIMIT;
	*ret = ARENA_ARRAY(a, struct str, array->u.array.n + 1);
	for (size_t i = 0; i < array->u.array.n; i++) {
		TRY(pdf_resolve(p, &array->u.array.items[i], &stream));
		if (stream->kind != PDF_STREAM)
			return ERR_PDF_BROKEN;
		TRY(pdf_stream_data(p, stream, &(*ret)[i]));
	}
	*ret_n = array->u.array.n;
	return OK;
}

static enum err
find(struct pdf *p, const struct pdf_obj **ret)
{
	const struct pdf_obj *catalog;
	uint32_t num;

	TRY(pdf_catalog(p, &catalog, &num));
	TRY(pdf_get(p, catalog, "DSS", ret));
	return *ret && (*ret)->kind != PDF_DICT ? ERR_PDF_BROKEN : OK;
}

enum err
pdf_dss_read(struct arena *a, struct pdf *p, struct pdf_dss *ret)
{
	const struct pdf_obj *dss;

	*ret = (struct pdf_dss){0};
	TRY(find(p, &dss));
	if (!dss)
		return OK;
	TRY(read_kind(a, p, dss, "Certs", &ret->certs, &ret->certs_n));
	TRY(read_kind(a, p, dss, "CRLs", &ret->crls, &ret->crls_n));
	return read_kind(a, p, dss, "OCSPs", &ret->ocsps, &ret->ocsps_n);
}

static bool
is_among(struct str s, const struct str *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(s, all[i]))
			return true;
	return false;
}

/* One kind: what stood there, and references to new streams of what is lacking. ret_value is empty when there
 * is none at all. */
static enum err
grow_kind(struct arena *a, struct update *u, const struct pdf_obj *dss, const char *key,
    const struct str *old, size_t old_n, const struct str *more, size_t more_n, struct str *ret_value,
    bool *ret_grown)
{
	struct buf b CLEANUP(buf_free) = {0};
	const struct pdf_obj *array = NULL;

	if (dss)
		TRY(pdf_get(u->p, dss, key, &array));
	if (old_n + more_n > PDF_DSS_MAX)
		return ERR_PDF_LIMIT;
	for (size_t i = 0; i < old_n; i++) {
		pdf_write(&b, &array->u.array.items[i]);
		buf_put_byte(&b, ' ');
	}
	for (size_t i = 0; i < more_n; i++) {
		if (is_among(more[i], old, old_n) || is_among(more[i], more, i))
			continue;
		uint32_t num = update_new_num(u);
		TRY(update_stream(u, num, STR_NONE, more[i]));
		buf_printf(&b, "%" PRIu32 " 0 R ", num);
		*ret_grown = true;
	}
	*ret_value = b.n ? arena_printf(a, "[%.*s]", (int)b.n, b.p) : STR_NONE;
	return OK;
}

enum err
pdf_dss_append(struct arena *a, struct pdf *p, const struct pdf_dss *more, struct buf *file)
{
	struct update u CLEANUP(update_free) = {0};
	const struct pdf_obj *dss, *catalog;
	struct update_key keys[4] = {{"Type", STR("/DSS")}};
	struct pdf_dss old;
	struct str value;
	bool grown = false;
	uint32_t num, store;
	size_t n = 1;

	if (file->n != p->bytes.n)
		return BUG("the buffer is not the file that was opened");
	TRY(find(p, &dss));
	TRY(pdf_dss_read(a, p, &old));
	update_begin(&u, p);
	const struct {
		const char *key;
		const struct str *old, *more;
		size_t old_n, more_n;
	} kinds[] = {{"Certs", old.certs, more->certs, old.certs_n, more->certs_n},
	    {"CRLs", old.crls, more->crls, old.crls_n, more->crls_n},
	    {"OCSPs", old.ocsps, more->ocsps, old.ocsps_n, more->ocsps_n}};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		TRY(grow_kind(a, &u, dss, kinds[i].key, kinds[i].old, kinds[i].old_n, kinds[i].more,
		    kinds[i].more_n, &value, &grown));
		if (value.n)
			keys[n++] = (struct update_key){kinds[i].key, value};
	}
	if (!grown)
		return OK;
	store = update_new_num(&u);
	update_dict(&u, store, dss, keys, n);
	TRY(pdf_catalog(p, &catalog, &num));
	update_dict(
	    &u, num, catalog, &(struct update_key){"DSS", arena_printf(a, "%" PRIu32 " 0 R", store)}, 1);
	TRY(update_end(&u));
	if (!buf_reserve(file, u.out.n))
		return ERR_TOO_LARGE;
	buf_put(file, buf_str(&u.out));
	return OK;
}

struct reaching {
	struct pdf *p;
	bool *reached; /* by object number */
};

static enum err
reach(struct reaching *r, const struct pdf_obj *o, unsigned depth)
{
	if (depth > r->p->limits.depth)
		return ERR_PDF_LIMIT;
	if (o->kind == PDF_REF) {
		uint32_t num = o->u.ref.num;

		if (num >= r->p->slots_n || r->reached[num])
			return OK;
		r->reached[num] = true;
		TRY(pdf_object(r->p, num, &o));
	}
	for (size_t i = 0; o->kind == PDF_ARRAY && i < o->u.array.n; i++)
		TRY(reach(r, &o->u.array.items[i], depth + 1));
	for (size_t i = 0; (o->kind == PDF_DICT || o->kind == PDF_STREAM) && i < o->u.dict.n; i++)
		TRY(reach(r, &o->u.dict.entries[i].value, depth + 1));
	return OK;
}

bool
pdf_dss_holds(struct pdf *p, uint32_t from)
{
	struct reaching r = {.p = p};
	const struct pdf_obj *catalog, *o;
	uint32_t num;
	void *memory;

	if (arena_try(p->a, p->slots_n + 1, sizeof(*r.reached), &memory) != OK ||
	    pdf_catalog(p, &catalog, &num) != OK || !pdf_key(catalog, "DSS"))
		return false;
	r.reached = memory;
	if (reach(&r, pdf_key(catalog, "DSS"), 0) != OK)
		return false;
	for (num = from; num < p->slots_n; num++) {
		if (r.reached[num] || p->slots[num].type < SLOT_PLAIN)
			continue;
		if (pdf_object(p, num, &o) != OK || o->kind != PDF_STREAM ||
		    !(pdf_name_is(pdf_key(o, "Type"), "XRef") || pdf_name_is(pdf_key(o, "Type"), "ObjStm")))
			return false;
	}
	return true;
}
