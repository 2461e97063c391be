#include "sign.h"

#include "appearance.h"
#include "form.h"
#include "place.h"

#include <inttypes.h>
#include <stdio.h>

enum { RANGE_ROOM = 48, WIDGET_FLAGS = 132 /* Print | Locked */, SIGNATURES_EXIST_APPEND_ONLY = 3 };

/* What one revision is made of. */
struct signing {
	struct update u;
	struct pdf *p;
	const struct pdf_sign_request *req;
	const struct pdf_page *pages;
	size_t pages_n;
	uint32_t signature; /* object number of the signature dictionary */
	size_t range_at, hex_at;
	struct new_field {
		const char *name;
		size_t page; /* from 0 */
		double rect[4];
		uint32_t num, picture; /* picture 0: none */
		bool is_signed;
	} * fields;
	size_t fields_n;
};

static void
signing_free(struct signing *s)
{
	update_free(&s->u);
}

/* The array with references to the new fields behind its items; NULL counts as empty. */
static enum err
array_with(struct signing *s, const struct pdf_obj *array,
    bool (*wanted)(const struct signing *, size_t, size_t), size_t page, struct str *ret)
{
	struct buf b CLEANUP(buf_free) = {0};

	if (array && array->kind != PDF_ARRAY)
		return ERR_PDF_BROKEN;
	buf_put_byte(&b, '[');
	for (size_t i = 0; array && i < array->u.array.n; i++) {
		pdf_write(&b, &array->u.array.items[i]);
		buf_put_byte(&b, ' ');
	}
	for (size_t i = 0; i < s->fields_n; i++)
		if (wanted(s, i, page))
			buf_printf(&b, "%" PRIu32 " 0 R ", s->fields[i].num);
	buf_put_byte(&b, ']');
	*ret = arena_str(s->p->a, buf_str(&b));
	return OK;
}

static bool
every_field(const struct signing *s, size_t field, size_t page)
{
	return true;
}

static bool
fields_of_page(const struct signing *s, size_t field, size_t page)
{
	return s->fields[field].page == page;
}

static void
put_text_key(struct buf *b, const char *key, struct str text)
{
	if (text.n == 0)
		return;
	buf_printf(b, "/%s ", key);
	pdf_write_text(b, text);
}

static enum err
put_zeros(struct buf *b, size_t n)
{
	if (!buf_reserve(b, n))
		return ERR_TOO_LARGE;
	memset(b->p + b->n, '0', n);
	b->n += n;
	return OK;
}

/* 12.8.1; /Contents comes last so that nothing but it stands between the ranges. */
static enum err
put_signature(struct signing *s)
{
	const struct pdf_sign_request *r = s->req;
	struct buf *b = &s->u.out;

	s->signature = update_new_num(&s->u);
	update_object(&s->u, s->signature, 0);
	if (r->kind == PDF_SIGN_TIMESTAMP) {
		buf_put_c(b, "<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161");
	} else {
		buf_put_c(b, "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached");
		put_text_key(b, "Name", r->name);
		put_text_key(b, "Reason", r->reason);
		put_text_key(b, "Location", r->location);
		put_text_key(b, "ContactInfo", r->contact);
		put_text_key(b, "M", r->date);
	}
	if (r->kind == PDF_SIGN_CERTIFY)
		buf_put_c(b, "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/"
		             "TransformParams/P 2/V/1.2>>>>]");
	buf_put_c(b, "/ByteRange");
	s->range_at = b->n;
	for (int i = 0; i < RANGE_ROOM; i++)
		buf_put_byte(b, ' ');
	buf_put_c(b, "/Contents<");
	s->hex_at = b->n;
	TRY(put_zeros(b, r->reserve * 2));
	buf_put_c(b, ">>>");
	update_object_end(&s->u);
	return OK;
}

static void
put_field(struct signing *s, const struct new_field *f)
{
	struct buf *b = &s->u.out;

	update_object(&s->u, f->num, 0);
	buf_put_c(b, "<</Type/Annot/Subtype/Widget/FT/Sig/T ");
	pdf_write_text(b, str_c(f->name));
	buf_printf(b, "/F %d/P %" PRIu32 " %u R/Rect[", WIDGET_FLAGS, s->pages[f->page].num,
	    (unsigned)s->pages[f->page].gen);
	for (int i = 0; i < 4; i++) {
		pdf_write_number(b, f->rect[i]);
		buf_put_byte(b, i < 3 ? ' ' : ']');
	}
	if (f->is_signed)
		buf_printf(b, "/V %" PRIu32 " 0 R", s->signature);
	if (f->picture)
		buf_printf(b, "/AP<</N %" PRIu32 " 0 R>>", f->picture);
	buf_put_c(b, ">>");
	update_object_end(&s->u);
}

static enum err
put_page_annotations(struct signing *s, size_t page)
{
	const struct pdf_obj *dict, *array, *kept;
	struct str value;

	TRY(pdf_object(s->p, s->pages[page].num, &dict));
	TRY(pdf_get(s->p, dict, "Annots", &array));
	TRY(array_with(s, array, fields_of_page, page, &value));
	kept = pdf_key(dict, "Annots");
	if (array && kept->kind == PDF_REF) {
		update_object(&s->u, kept->u.ref.num, kept->u.ref.gen);
		buf_put(&s->u.out, value);
		update_object_end(&s->u);
		return OK;
	}
	/* The list gets an object of its own, so that later signatures leave the page alone. */
	uint32_t num = update_new_num(&s->u);
	update_object(&s->u, num, 0);
	buf_put(&s->u.out, value);
	update_object_end(&s->u);
	update_dict(&s->u, s->pages[page].num, dict,
	    &(struct update_key){"Annots", arena_printf(s->p->a, "%" PRIu32 " 0 R", num)}, 1);
	return OK;
}

static enum err
put_annotations(struct signing *s)
{
	for (size_t page = 0; page < s->pages_n; page++) {
		bool any = false;

		for (size_t i = 0; i < s->fields_n; i++)
			any = any || s->fields[i].page == page;
		if (any)
			TRY(put_page_annotations(s, page));
	}
	return OK;
}

/* ESIC extension level of PAdES in PDF 1.x, beside what other developers declared. */
static enum err
extensions(struct signing *s, const struct pdf_obj *catalog, struct str *ret)
{
	struct buf b CLEANUP(buf_free) = {0};
	const struct pdf_obj *old;

	TRY(pdf_get(s->p, catalog, "Extensions", &old));
	if (old && old->kind != PDF_DICT)
		return ERR_PDF_BROKEN;
	update_put_dict(
	    &b, old, &(struct update_key){"ESIC", STR("<</BaseVersion/1.7/ExtensionLevel 5>>")}, 1);
	*ret = arena_str(s->p->a, buf_str(&b));
	return OK;
}

static enum err
put_catalog(struct signing *s, uint32_t form)
{
	struct update_key r[3] = {{"AcroForm", arena_printf(s->p->a, "%" PRIu32 " 0 R", form)}};
	const struct pdf_obj *catalog;
	uint32_t num;
	size_t n = 1;

	TRY(pdf_catalog(s->p, &catalog, &num));
	if (s->p->major < 2) {
		r[n].key = "Extensions";
		TRY(extensions(s, catalog, &r[n++].value));
	}
	if (s->req->kind == PDF_SIGN_CERTIFY)
		r[n++] = (struct update_key){
		    "Perms", arena_printf(s->p->a, "<</DocMDP %" PRIu32 " 0 R>>", s->signature)};
	update_dict(&s->u, num, catalog, r, n);
	return OK;
}

/* The form lists the new fields; the catalog is touched only when it must name the form or the certification.
 */
static enum err
put_form(struct signing *s)
{
	const struct pdf_obj *form, *fields = NULL;
	uint32_t num;
	struct update_key r[2] = {
	    {"Fields", STR_NONE}, {"SigFlags", arena_printf(s->p->a, "%d", SIGNATURES_EXIST_APPEND_ONLY)}};
	bool new_form;

	if (s->fields_n == 0)
		return OK;
	TRY(pdf_form(s->p, &form, &num));
	if (form)
		TRY(pdf_get(s->p, form, "Fields", &fields));
	TRY(array_with(s, fields, every_field, 0, &r[0].value));
	new_form = num == 0;
	if (new_form)
		num = update_new_num(&s->u);
	update_dict(&s->u, num, form, r, 2);
	return new_form || s->req->kind == PDF_SIGN_CERTIFY ? put_catalog(s, num) : OK;
}

static enum err
add_new_field(struct signing *s, const struct pdf_new_field *f, bool is_signed)
{
	struct new_field *to = &s->fields[s->fields_n++];

	*to = (struct new_field){.name = f->name, .num = update_new_num(&s->u), .is_signed = is_signed};
	if (!f->visible)
		return OK;
	if (f->place.page < 1 || f->place.page > s->pages_n)
		return ERR_INVALID;
	to->page = f->place.page - 1;
	TRY(place_rect(&s->pages[to->page], &f->place, to->rect));
	return is_signed ? appearance_write(&s->u, &s->pages[to->page], to->rect, s->req->ink, &to->picture)
	                 : OK;
}

static enum err
find_field(struct signing *s, const char *name, const struct pdf_field **ret)
{
	struct pdf_field *all;
	size_t n;

	*ret = NULL;
	TRY(pdf_form_fields(s->p, &all, &n));
	for (size_t i = 0; i < n; i++)
		if (str_eq(all[i].name, str_c(name)))
			*ret = &all[i];
	return OK;
}

static const struct pdf_page *
page_of_widget(const struct signing *s, const struct pdf_obj *widget)
{
	const struct pdf_obj *ref = pdf_key(widget, "P");

	for (size_t i = 0; ref && ref->kind == PDF_REF && i < s->pages_n; i++)
		if (s->pages[i].num == ref->u.ref.num)
			return &s->pages[i];
	return NULL;
}

static enum err
field_rect(struct signing *s, const struct pdf_obj *widget, double ret[4])
{
	const struct pdf_obj *rect;

	TRY(pdf_get(s->p, widget, "Rect", &rect));
	if (!rect || rect->kind != PDF_ARRAY || rect->u.array.n != 4)
		return ERR_PDF_BROKEN;
	for (int i = 0; i < 4; i++)
		if (!pdf_number(&rect->u.array.items[i], &ret[i]))
			return ERR_PDF_BROKEN;
	return OK;
}

/* The field keeps everything and gets its value, and its picture when it can be seen. */
static enum err
fill_field(struct signing *s, const struct pdf_field *f)
{
	struct update_key r[2] = {{"V", arena_printf(s->p->a, "%" PRIu32 " 0 R", s->signature)}};
	const struct pdf_page *page = page_of_widget(s, f->dict);
	double rect[4];
	size_t n = 1;

	if (!f->is_signature || f->has_kids || f->value || !page)
		return ERR_INVALID;
	TRY(field_rect(s, f->dict, rect));
	if (rect[2] > rect[0] && rect[3] > rect[1]) {
		uint32_t picture;

		TRY(appearance_write(&s->u, page, rect, s->req->ink, &picture));
		r[n++] = (struct update_key){"AP", arena_printf(s->p->a, "<</N %" PRIu32 " 0 R>>", picture)};
	}
	update_dict(&s->u, f->num, f->dict, r, n);
	return OK;
}

/* A certification says what may follow (12.8.2.2.2); a second one is never possible. */
static enum err
check_permission(struct signing *s)
{
	struct pdf_signature *signatures;
	size_t n = 0;
	int level;

	TRY(pdf_docmdp(s->p, &level));
	if (s->req->kind == PDF_SIGN_CERTIFY)
		TRY(pdf_signatures(s->p->a, s->p, &signatures, &n));
	return n || (level && s->req->kind == PDF_SIGN_CERTIFY) ||
	               (level == 1 && s->req->kind == PDF_SIGN_APPROVE)
	           ? ERR_PDF_LOCKED
	           : OK;
}

static enum err
compose(struct signing *s)
{
	const struct pdf_sign_request *req = s->req;
	const struct pdf_field *existing = NULL;
	void *memory;

	TRY(check_permission(s));
	TRY(pdf_pages(s->p, &s->pages, &s->pages_n));
	TRY(find_field(s, req->field, &existing));
	if (existing && req->kind != PDF_SIGN_APPROVE)
		return ERR_INVALID;
	TRY(arena_try(s->p->a, req->fields_n + 1, sizeof(*s->fields), &memory));
	s->fields = memory;
	TRY(put_signature(s));
	if (existing)
		TRY(fill_field(s, existing));
	else if (req->kind == PDF_SIGN_APPROVE && req->fields_n == 1)
		TRY(add_new_field(s, &req->fields[0], true));
	else
		TRY(add_new_field(s, &(struct pdf_new_field){.name = req->field}, true));
	for (size_t i = 0; i < req->fields_n && req->kind == PDF_SIGN_CERTIFY; i++)
		TRY(add_new_field(s, &req->fields[i], false));
	for (size_t i = 0; i < s->fields_n; i++)
		put_field(s, &s->fields[i]);
	TRY(put_annotations(s));
	TRY(put_form(s));
	return update_end(&s->u);
}

enum err
pdf_sign_prepare(struct arena *a, struct pdf *p, const struct pdf_sign_request *req, struct buf *file,
    struct pdf_hole *ret)
{
	struct signing s CLEANUP(signing_free) = {.p = p, .req = req};
	size_t base = p->bytes.n, end, after;
	char range[RANGE_ROOM + 1];
	int n;

	(void)a;
	if (file->n != base)
		return BUG("the buffer is not the file that was opened");
	update_begin(&s.u, p);
	TRY(compose(&s));
	end = base + s.u.out.n;
	after = base + s.hex_at + req->reserve * 2 + 1;
	*ret = (struct pdf_hole){.range = {0, base + s.hex_at - 1, after, end - after},
	    .hex_at = base + s.hex_at,
	    .reserve = req->reserve};
	n = snprintf(range, sizeof(range), "[%zu %zu %zu %zu]", ret->range[0], ret->range[1], ret->range[2],
	    ret->range[3]);
	if (n < 0 || n > RANGE_ROOM)
		return ERR_PDF_LIMIT;
	memcpy(s.u.out.p + s.range_at, range, (size_t)n);
	if (!buf_reserve(file, s.u.out.n))
		return ERR_TOO_LARGE;
	buf_put(file, buf_str(&s.u.out));
	return OK;
}

enum err
pdf_sign_fill(struct buf *file, const struct pdf_hole *hole, struct str der)
{
	static const char digits[] = "0123456789ABCDEF";
	char *to;

	if (der.n > hole->reserve)
		return ERR_TOO_LARGE;
	if (hole->hex_at + hole->reserve * 2 > file->n)
		return BUG("the hole is outside the file");
	to = file->p + hole->hex_at;
	for (size_t i = 0; i < der.n; i++) {
		*to++ = digits[(unsigned char)der.p[i] >> 4];
		*to++ = digits[(unsigned char)der.p[i] & 15];
	}
	return OK;
}
