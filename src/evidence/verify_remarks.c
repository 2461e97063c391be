/* What a reader should know about a document although it makes no signature unsound. Everything that was
 * signed stands there rightfully; but scripts, layers or a form drawn anew can make two readers see two
 * documents. */
#include "mutant.h"
#include "shown.h"
#include "verify_impl.h"

enum { KEYS_MAX = 64 }; /* of an action and the like: far more than they can have */

enum remark {
#define REMARK(name, en, ja) name,
#include "verify_remarks.def"
#undef REMARK
	REMARKS
};

static const char *const REMARK_WORDS[REMARKS] = {
#define REMARK(name, en, ja) en,
#include "verify_remarks.def"
#undef REMARK
};

struct looking {
	struct pdf *pdf;
	unsigned found; /* 1 << enum remark */
};

static void
note(struct looking *l, enum remark r)
{
	if (!mutant_is_off(REMARK_WORDS[r]))
		l->found |= 1u << r;
}

/* NULL when it is absent, or leads nowhere. */
static const struct pdf_obj *
value_of(struct looking *l, const struct pdf_obj *dict, const char *key)
{
	const struct pdf_obj *o;

	if (pdf_get(l->pdf, dict, key, &o) == OK)
		return o;
	note(l, REMARK_UNKNOWN);
	return NULL;
}

static bool
is_called(const struct pdf_obj *o, const char *name)
{
	return o && o->kind == PDF_NAME && str_eq(o->u.text, str_c(name));
}

static bool
is_dict(const struct pdf_obj *o)
{
	return o && o->kind == PDF_DICT;
}

/* Many objects may share one dictionary that is long. */
static bool
is_short_dict(struct looking *l, const struct pdf_obj *o)
{
	if (!is_dict(o))
		return false;
	if (o->u.dict.n > KEYS_MAX)
		note(l, REMARK_UNKNOWN);
	return o->u.dict.n <= KEYS_MAX;
}

/* By their /S (ISO 32000-2 12.6.4). */
static void
look_at_action(struct looking *l, const struct pdf_obj *dict)
{
	static const struct {
		const char *type;
		enum remark remark;
	} actions[] = {
	    {"JavaScript", REMARK_SCRIPT},
	    {"Launch", REMARK_PROGRAM},
	    {"SubmitForm", REMARK_SUBMIT},
	    {"URI", REMARK_ADDRESS},
	    {"GoToR", REMARK_OTHER_FILE},
	    {"GoToE", REMARK_OTHER_FILE},
	    {"ImportData", REMARK_OTHER_FILE},
	    {"Rendition", REMARK_MEDIA},
	    {"Movie", REMARK_MEDIA},
	    {"Sound", REMARK_MEDIA},
	};
	const struct pdf_obj *type = value_of(l, dict, "S");

	for (size_t i = 0; type && i < sizeof(actions) / sizeof(actions[0]); i++)
		if (is_called(type, actions[i].type))
			note(l, actions[i].remark);
	if (is_called(type, "Rendition") && value_of(l, dict, "JS"))
		note(l, REMARK_SCRIPT);
}

static bool
is_action(struct looking *l, const struct pdf_obj *o)
{
	const struct pdf_obj *type = is_short_dict(l, o) ? value_of(l, o, "S") : NULL;

	return type && type->kind == PDF_NAME;
}

/* /AA is a name that a font may have as well: one of its entries is an action (12.6.3). */
static void
look_at_triggers(struct looking *l, const struct pdf_obj *triggers)
{
	const struct pdf_obj *o;

	for (size_t i = 0; is_short_dict(l, triggers) && i < triggers->u.dict.n; i++)
		if (pdf_resolve(l->pdf, &triggers->u.dict.entries[i].value, &o) == OK && is_action(l, o))
			note(l, REMARK_AUTOMATIC);
}

static void
look_at_annotation(struct looking *l, const struct pdf_obj *dict)
{
	static const char *const media[] = {"RichMedia", "Movie", "Sound", "Screen", "3D"};
	const struct pdf_obj *subtype = value_of(l, dict, "Subtype");

	for (size_t i = 0; subtype && i < sizeof(media) / sizeof(media[0]); i++)
		if (is_called(subtype, media[i]))
			note(l, REMARK_MEDIA);
}

/* External streams (7.3.8) and pages of other files (8.10.4). */
static void
look_at_stream(struct looking *l, const struct pdf_obj *stream)
{
	if (value_of(l, stream, "F") ||
	    (is_called(value_of(l, stream, "Subtype"), "Form") && is_dict(value_of(l, stream, "Ref"))))
		note(l, REMARK_OUTSIDE);
}

static void
look_at(struct looking *l, const struct pdf_obj *o)
{
	const struct pdf_obj *files;

	if (o->kind == PDF_ARRAY)
		for (size_t i = 0; i < o->u.array.n; i++)
			look_at(l, &o->u.array.items[i]); /* as deep as the parser allows */
	if (o->kind != PDF_DICT && o->kind != PDF_STREAM)
		return;
	look_at_action(l, o);
	look_at_triggers(l, value_of(l, o, "AA"));
	look_at_annotation(l, o);
	files = value_of(l, o, "EF"); /* 7.11.4 */
	if (is_short_dict(l, files) && (pdf_key(files, "F") || pdf_key(files, "UF")))
		note(l, REMARK_ATTACHED);
	if (o->kind == PDF_STREAM)
		look_at_stream(l, o);
	for (size_t i = 0; i < o->u.dict.n; i++)
		look_at(l, &o->u.dict.entries[i].value);
}

static void
look_at_form(struct looking *l, const struct pdf_obj *form)
{
	const struct pdf_obj *anew = value_of(l, form, "NeedAppearances");
	bool shown = true;

	if (anew && anew->kind == PDF_BOOL && anew->u.boolean)
		note(l, REMARK_DRAWN_ANEW);
	if (value_of(l, form, "XFA"))
		note(l, REMARK_XFA);
	if (pdf_values_are_shown(l->pdf, &shown) != OK)
		note(l, REMARK_UNKNOWN);
	if (!shown)
		note(l, REMARK_VALUE);
}

static void
look_at_catalog(struct looking *l, const struct pdf_obj *catalog)
{
	const struct pdf_obj *open = value_of(l, catalog, "OpenAction"),
	                     *form = value_of(l, catalog, "AcroForm");

	if (is_action(l, open) && !is_called(value_of(l, open, "S"), "GoTo"))
		note(l, REMARK_AUTOMATIC);
	if (value_of(l, catalog, "OCProperties"))
		note(l, REMARK_LAYERS);
	if (form)
		look_at_form(l, form);
}

/* The revision that a signature came with is its own; before it there is the document as it was made. */
static void
look_at_revisions(struct looking *l, const struct verifying *w)
{
	size_t before = 0;

	if (!w->n || !w->v->signatures[0].revision)
		return;
	for (size_t i = 0; i + 1 < w->v->signatures[0].revision; i++)
		before +=
		    w->views[i] != NULL; /* what cannot be read is the first part of a linearised file */
	if (before > 1)
		note(l, REMARK_REVISIONS);
}

enum err
verify_remarks(struct verifying *w)
{
	struct looking l = {.pdf = w->pdf};
	const struct pdf_obj *o;
	uint32_t num;

	for (num = 0; num <= pdf_max_num(w->pdf); num++) {
		TRY(pdf_object(w->pdf, num, &o));
		look_at(&l, o);
	}
	TRY(pdf_catalog(w->pdf, &o, &num));
	look_at_catalog(&l, o);
	look_at_revisions(&l, w);
	w->v->remarks = ARENA_ARRAY(w->a, struct str, REMARKS);
	for (int r = 0; r < REMARKS; r++)
		if (l.found & 1u << r)
			w->v->remarks[w->v->remarks_n++] = str_c(REMARK_WORDS[r]);
	return OK;
}
