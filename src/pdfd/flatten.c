#include "flatten.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ANNOTATIONS_MAX = 5000, FIELDS_DEPTH = 16, FLAG_HIDDEN = 2, FLAG_NO_VIEW = 32 };

static bool
is_name(qpdf_data q, qpdf_oh oh, const char *const *names)
{
	if (!qpdf_oh_is_name(q, oh))
		return false;
	const char *have = qpdf_oh_get_name(q, oh);
	for (; *names; names++)
		if (strcmp(have, *names) == 0)
			return true;
	return false;
}

/* The appearance that is shown: /AP /N, chosen by /AS where there are several. */
static bool
appearance(qpdf_data q, qpdf_oh annotation, qpdf_oh *ret)
{
	qpdf_oh n = qpdf_oh_get_key_if_dict(q, qpdf_oh_get_key(q, annotation, "/AP"), "/N");
	if (qpdf_oh_is_dictionary(q, n)) {
		qpdf_oh as = qpdf_oh_get_key(q, annotation, "/AS");
		if (!qpdf_oh_is_name(q, as))
			return false;
		n = qpdf_oh_get_key(q, n, qpdf_oh_get_name(q, as));
	}
	*ret = n;
	return qpdf_oh_is_stream(q, n);
}

/* ISO 32000-2 12.5.5, algorithm 8: the box of the appearance, moved by its matrix, is fitted to the
 * rectangle. */
static bool
fit(qpdf_data q, qpdf_oh form, const double rect[4], double ret[6])
{
	double bbox[4], m[6] = {1, 0, 0, 1, 0, 0}, x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY,
	                y1 = -INFINITY;
	qpdf_oh dict = qpdf_oh_get_dict(q, form);
	if (!box_of(q, qpdf_oh_get_key(q, dict, "/BBox"), bbox))
		return false;
	if (!numbers_of(q, qpdf_oh_get_key(q, dict, "/Matrix"), 6, m)) {
		m[0] = m[3] = 1;
		m[1] = m[2] = m[4] = m[5] = 0;
	}
	for (int i = 0; i < 4; i++) {
		double x = bbox[i & 1 ? 2 : 0], y = bbox[i & 2 ? 3 : 1];
		double u = m[0] * x + m[2] * y + m[4], v = m[1] * x + m[3] * y + m[5];
		x0 = fmin(x0, u);
		x1 = fmax(x1, u);
		y0 = fmin(y0, v);
		y1 = fmax(y1, v);
	}
	if (x1 - x0 <= 0 || y1 - y0 <= 0)
		return false;
	double sx = (rect[2] - rect[0]) / (x1 - x0), sy = (rect[3] - rect[1]) / (y1 - y0);
	ret[0] = sx;
	ret[1] = ret[2] = 0;
	ret[3] = sy;
	ret[4] = rect[0] - x0 * sx;
	ret[5] = rect[1] - y0 * sy;
	return true;
}

/* What an annotation does when it is clicked, looked at or passed over goes with it; what would only lead
 * somewhere needs no words. */
static void
note_actions(qpdf_data q, qpdf_oh annotation, unsigned *notes)
{
	static const char *const harmless[] = {"/GoTo", "/URI", "/Named", "/GoToR", "/GoToE", "/Thread",
	    "/SetOCGState", "/Hide", "/ResetForm", NULL};
	qpdf_oh action = qpdf_oh_get_key(q, annotation, "/A");
	bool runs =
	    qpdf_oh_is_dictionary(q, action) && !is_name(q, qpdf_oh_get_key(q, action, "/S"), harmless);
	if (runs || qpdf_oh_has_key(q, annotation, "/AA"))
		NOTED(notes, DOCUMENT_SCRIPTS);
}

static void
note_kind(qpdf_data q, qpdf_oh subtype, unsigned *notes)
{
	static const char *const attached[] = {"/FileAttachment", NULL}, *const link[] = {"/Link", NULL},
	                         *const media[] = {"/RichMedia", "/Movie", "/Screen", "/Sound", "/3D", NULL};
	if (is_name(q, subtype, attached))
		NOTED(notes, DOCUMENT_ATTACHMENTS);
	if (is_name(q, subtype, media))
		NOTED(notes, DOCUMENT_MEDIA);
	if (is_name(q, subtype, link))
		NOTED(notes, DOCUMENT_LINKS);
}

/* An attribute of a field, perhaps its parent's (12.7.4.1). */
static qpdf_oh
of_field(qpdf_data q, qpdf_oh field, const char *key)
{
	for (int depth = 0; depth < FIELDS_DEPTH && qpdf_oh_is_dictionary(q, field); depth++) {
		if (qpdf_oh_has_key(q, field, key))
			return qpdf_oh_get_key(q, field, key);
		field = qpdf_oh_get_key(q, field, "/Parent");
	}
	return qpdf_oh_new_null(q);
}

/* A button shows its value when its appearance is called that (12.7.5.2.3). */
static bool
button_differs(qpdf_data q, qpdf_oh widget, qpdf_oh value)
{
	qpdf_oh as = qpdf_oh_get_key(q, widget, "/AS");
	qpdf_oh looks = qpdf_oh_get_key_if_dict(q, qpdf_oh_get_key(q, widget, "/AP"), "/N");
	char name[128];
	if (!qpdf_oh_is_name(q, value) || !qpdf_oh_is_name(q, as))
		return false;
	snprintf(name, sizeof(name), "%s", qpdf_oh_get_name(q, value));
	if (is_named(q, as, "/Off"))
		return strcmp(name, "/Off") != 0 && qpdf_oh_is_dictionary(q, looks) &&
		       qpdf_oh_has_key(q, looks, name);
	return !is_named(q, as, name);
}

/* What is typed or chosen is looked for on the page when it can be read; see info.c. */
static void
note_value(struct resources *r, qpdf_oh widget, const double rect[4])
{
	qpdf_oh type = of_field(r->q, widget, "/FT"), value = of_field(r->q, widget, "/V");
	if (is_named(r->q, type, "/Btn") && button_differs(r->q, widget, value))
		NOTED(r->notes, DOCUMENT_VALUES);
	if (!is_named(r->q, type, "/Tx") && !is_named(r->q, type, "/Ch"))
		return;
	struct str text =
	    qpdf_oh_is_string(r->q, value) ? str_c(qpdf_oh_get_utf8_value(r->q, value)) : STR_NONE;
	if (!text.n)
		return;
	struct field_value *v = ARENA_NEW(r->a, struct field_value);
	*v = (struct field_value){.page = r->page, .text = arena_str(r->a, text), .next = r->values};
	memcpy(v->rect, rect, sizeof(v->rect));
	r->values = v;
}

static enum err
flatten_one(struct resources *r, qpdf_oh annotation, int number, qpdf_oh xobjects, struct buf *out)
{
	static const char *const undrawn[] = {"/Link", "/Popup", NULL};
	qpdf_data q = r->q;
	unsigned *notes = r->notes;
	qpdf_oh subtype = qpdf_oh_get_key(q, annotation, "/Subtype"), form;
	double rect[4], m[6];
	int flags = 0;
	bool hidden;
	note_kind(q, subtype, notes);
	note_actions(q, annotation, notes);
	qpdf_oh_get_value_as_int(q, qpdf_oh_get_key(q, annotation, "/F"), &flags);
	if (is_name(q, subtype, undrawn))
		return OK;
	if (flags & (FLAG_HIDDEN | FLAG_NO_VIEW)) {
		NOTED(notes, DOCUMENT_HIDDEN);
		return OK;
	}
	TRY(resources_hide(r, annotation, &hidden));
	if (hidden)
		return OK;
	bool placed = box_of(q, qpdf_oh_get_key(q, annotation, "/Rect"), rect);
	if (placed && is_named(q, subtype, "/Widget"))
		note_value(r, annotation, rect);
	if (!placed || !appearance(q, annotation, &form)) {
		if (!is_named(q, of_field(q, annotation, "/FT"), "/Sig")) /* the cover tells of those */
			NOTED(notes, DOCUMENT_UNDRAWN);
		return OK;
	}
	TRY(resources_hide(r, qpdf_oh_get_dict(q, form), &hidden));
	if (hidden || !fit(q, form, rect, m))
		return OK;
	TRY(resources_clean_form(r, form));
	qpdf_oh_remove_key(q, qpdf_oh_get_dict(q, form), "/OC");
	qpdf_oh_replace_key(q, qpdf_oh_get_dict(q, form), "/Type", qpdf_oh_new_name(q, "/XObject"));
	qpdf_oh_replace_key(q, qpdf_oh_get_dict(q, form), "/Subtype", qpdf_oh_new_name(q, "/Form"));
	char name[32];
	snprintf(name, sizeof(name), "/KeiinA%d", number);
	qpdf_oh_replace_key(q, xobjects, name, form);
	buf_printf(
	    out, "q %.5f %.5f %.5f %.5f %.4f %.4f cm %s Do Q\n", m[0], m[1], m[2], m[3], m[4], m[5], name);
	return OK;
}

enum err
flatten_annotations(struct resources *r, qpdf_oh page, qpdf_oh xobjects, struct buf *out)
{
	qpdf_data q = r->q;
	qpdf_oh all = qpdf_oh_get_key(q, page, "/Annots");
	if (!qpdf_oh_is_array(q, all))
		return OK;
	int n = qpdf_oh_get_array_n_items(q, all);
	if (n > ANNOTATIONS_MAX)
		return ERR_PDF_LIMIT;
	for (int i = 0; i < n; i++) {
		qpdf_oh one = qpdf_oh_get_array_item(q, all, i);
		if (qpdf_oh_is_dictionary(q, one))
			TRY(flatten_one(r, one, i, xobjects, out));
	}
	return OK;
}
