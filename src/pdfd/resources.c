#include "resources.h"

#include "content.h"
#include "fonts.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 24, OBJECT_ID_MAX = 1 << 20 };

struct resources
resources_begin(qpdf_data q, struct arena *a, const struct layers *layers, unsigned *notes)
{
	return (struct resources){q, a, layers, ARENA_ARRAY(a, unsigned char, OBJECT_ID_MAX / 8),
	    qpdf_oh_new_array(q), notes, 0, NULL};
}

static enum err
walk(struct resources *r, qpdf_oh resources, int depth);

/* Direct objects are met where they stand, once for each way there. */
static enum err
seen(struct resources *r, qpdf_oh object, bool *ret)
{
	int id = qpdf_oh_get_object_id(r->q, object);
	if (id < 0 || id >= OBJECT_ID_MAX)
		return ERR_PDF_LIMIT;
	*ret = id && r->seen[id / 8] >> id % 8 & 1;
	r->seen[id / 8] = (unsigned char)(r->seen[id / 8] | 1 << id % 8);
	return OK;
}

enum err
resources_hide(struct resources *r, qpdf_oh dict, bool *ret)
{
	*ret = false;
	if (!r->layers || !qpdf_oh_has_key(r->q, dict, "/OC"))
		return OK;
	TRY(layers_hide(r->layers, qpdf_oh_get_key(r->q, dict, "/OC"), ret));
	if (*ret)
		NOTED(r->notes, DOCUMENT_LAYERS);
	return OK;
}

struct marks {
	struct resources *r;
	qpdf_oh properties;
};

static enum err
mark_hides(void *user, struct str name, bool *ret)
{
	struct marks *m = user;
	const char *key = arena_cstr(m->r->a, arena_printf(m->r->a, "/%.*s", STR_ARG(name)));
	return layers_hide(m->r->layers, qpdf_oh_get_key_if_dict(m->r->q, m->properties, key), ret);
}

/* resources: the stream's own. ret_changed: *out holds the content to be drawn instead. */
static enum err
flatten_layers(struct resources *r, struct str content, qpdf_oh resources, struct buf *out, bool *ret_changed)
{
	struct marks m = {r, qpdf_oh_get_key_if_dict(r->q, resources, "/Properties")};
	struct content_found found;
	TRY(content_flatten(r->a, content, mark_hides, &m, out, &found));
	if (found.marks && !qpdf_oh_is_dictionary(r->q, resources))
		return ERR_PDF_ACTIVE; /* then what a mark means depends on who draws the stream */
	if (found.hidden)
		NOTED(r->notes, DOCUMENT_LAYERS);
	*ret_changed = found.marks;
	return OK;
}

static void
free_bytes(unsigned char **p)
{
	free(*p);
}

/* An external stream's data is another file (7.3.8.2): there, whoever looks, or not. */
static enum err
check_stream(struct resources *r, qpdf_oh stream)
{
#ifdef MUTANT_EXTERNAL
	return OK;
#endif
	return qpdf_oh_has_key(r->q, qpdf_oh_get_dict(r->q, stream), "/F") ? ERR_PDF_ACTIVE : OK;
}

static enum err
flatten_stream(struct resources *r, qpdf_oh stream, qpdf_oh resources)
{
	unsigned char *bytes CLEANUP(free_bytes) = NULL;
	struct buf out CLEANUP(buf_free) = {0};
	QPDF_BOOL plain = QPDF_FALSE;
	size_t n = 0;
	bool changed;
	if (!r->layers)
		return OK;
	if (qpdf_oh_get_stream_data(r->q, stream, qpdf_dl_generalized, &plain, &bytes, &n) & QPDF_ERRORS ||
	    !plain)
		return ERR_PDF_BROKEN;
	TRY(flatten_layers(r, str_make(bytes, n), resources, &out, &changed));
	if (changed)
		qpdf_oh_replace_stream_data(r->q, stream, (const unsigned char *)out.p, out.n,
		    qpdf_oh_new_null(r->q), qpdf_oh_new_null(r->q));
	return OK;
}

static enum err
clean_drawing(struct resources *r, qpdf_oh stream, qpdf_oh resources, int depth)
{
	bool done;
	qpdf_oh dict = qpdf_oh_get_dict(r->q, stream);
	if (qpdf_oh_has_key(r->q, dict, "/Ref") || qpdf_oh_has_key(r->q, dict, "/OPI")) {
		NOTED(r->notes, DOCUMENT_EXTERNAL);
		qpdf_oh_remove_key(r->q, dict, "/Ref");
		qpdf_oh_remove_key(r->q, dict, "/OPI");
	}
	TRY(check_stream(r, stream));
	TRY(seen(r, stream, &done));
	if (done)
		return OK;
	TRY(flatten_stream(r, stream, resources));
	return walk(r, resources, depth);
}

static enum err
clean_form(struct resources *r, qpdf_oh form, int depth)
{
	qpdf_oh own = qpdf_oh_get_key(r->q, qpdf_oh_get_dict(r->q, form), "/Resources");
	return clean_drawing(r, form, own, depth);
}

static enum err
check_colours(struct resources *r, qpdf_oh space)
{
	if (!qpdf_oh_is_array(r->q, space) || qpdf_oh_get_array_n_items(r->q, space) < 2)
		return OK;
	qpdf_oh profile = qpdf_oh_get_array_item(r->q, space, 1);
	return qpdf_oh_is_stream(r->q, profile) ? check_stream(r, profile) : OK;
}

static enum err
clean_image(struct resources *r, qpdf_oh image)
{
	static const char *const elsewhere[] = {"/Alternates", "/OPI"};
	qpdf_oh dict = qpdf_oh_get_dict(r->q, image), mask = qpdf_oh_get_key(r->q, dict, "/SMask");
	for (int i = 0; i < 2; i++) {
		if (!qpdf_oh_has_key(r->q, dict, elsewhere[i]))
			continue;
		NOTED(r->notes, DOCUMENT_EXTERNAL);
		qpdf_oh_remove_key(r->q, dict, elsewhere[i]);
	}
	if (qpdf_oh_is_stream(r->q, mask))
		TRY(check_stream(r, mask));
	TRY(check_colours(r, qpdf_oh_get_key(r->q, dict, "/ColorSpace")));
	return check_stream(r, image);
}

static qpdf_oh
nothing(qpdf_data q)
{
	qpdf_oh s = stream_of(q, STR_NONE), dict = qpdf_oh_get_dict(q, s);
	qpdf_oh_replace_key(q, dict, "/Type", qpdf_oh_new_name(q, "/XObject"));
	qpdf_oh_replace_key(q, dict, "/Subtype", qpdf_oh_new_name(q, "/Form"));
	qpdf_oh_replace_key(q, dict, "/BBox", qpdf_oh_parse(q, "[0 0 0 0]"));
	return s;
}

static enum err
clean_xobject(struct resources *r, qpdf_oh xobjects, const char *name, int depth)
{
	qpdf_oh one = qpdf_oh_get_key(r->q, xobjects, name), dict = qpdf_oh_get_dict(r->q, one);
	bool hidden;
	if (!qpdf_oh_is_stream(r->q, one))
		return OK;
	TRY(resources_hide(r, dict, &hidden));
	if (is_named(r->q, qpdf_oh_get_key(r->q, dict, "/Subtype"), "/PS")) {
		NOTED(r->notes, DOCUMENT_EXTERNAL);
		hidden = true;
	}
	if (hidden) {
		qpdf_oh_replace_key(r->q, xobjects, name, nothing(r->q));
		return OK;
	}
	if (is_named(r->q, qpdf_oh_get_key(r->q, dict, "/Subtype"), "/Image")) {
		qpdf_oh_remove_key(r->q, dict, "/OC");
		return clean_image(r, one);
	}
	TRY(clean_form(r, one, depth));
	qpdf_oh_remove_key(r->q, dict, "/OC");
	return OK;
}

static enum err
clean_state(struct resources *r, qpdf_oh state, int depth)
{
	qpdf_oh mask = qpdf_oh_get_key_if_dict(r->q, state, "/SMask"),
	        group = qpdf_oh_get_key_if_dict(r->q, mask, "/G");
	return qpdf_oh_is_stream(r->q, group) ? clean_form(r, group, depth) : OK;
}

/* The glyphs of a Type 3 font are drawings. */
static enum err
clean_glyphs(struct resources *r, qpdf_oh font, int depth)
{
	qpdf_oh glyphs = qpdf_oh_get_key(r->q, font, "/CharProcs"),
	        own = qpdf_oh_get_key(r->q, font, "/Resources");
	enum err e = OK;
	if (!qpdf_oh_is_dictionary(r->q, glyphs))
		return OK;
	struct key_list k = keys_of(r->q, glyphs);
	for (int i = 0; i < k.n && e == OK; i++) {
		qpdf_oh glyph = qpdf_oh_get_key(r->q, glyphs, k.v[i]);
		if (qpdf_oh_is_stream(r->q, glyph))
			e = clean_drawing(r, glyph, own, depth);
	}
	key_list_free(&k);
	return e;
}

static enum err
clean_font(struct resources *r, qpdf_oh font, int depth)
{
	bool done;
	if (!qpdf_oh_is_dictionary(r->q, font))
		return OK;
	TRY(seen(r, font, &done));
	if (done)
		return OK;
	TRY(note_font(r->q, font, r->notes));
	return clean_glyphs(r, font, depth);
}

static enum err
clean_entry(struct resources *r, const char *kind, qpdf_oh dict, const char *name, int depth)
{
	qpdf_oh one = qpdf_oh_get_key(r->q, dict, name);
	if (strcmp(kind, "/XObject") == 0)
		return clean_xobject(r, dict, name, depth);
	if (strcmp(kind, "/Pattern") == 0)
		return qpdf_oh_is_stream(r->q, one) ? clean_form(r, one, depth) : OK;
	if (strcmp(kind, "/ExtGState") == 0)
		return clean_state(r, one, depth);
	return strcmp(kind, "/Font") == 0 ? clean_font(r, one, depth) : check_colours(r, one);
}

static enum err
walk(struct resources *r, qpdf_oh resources, int depth)
{
	static const char *const kinds[] = {"/XObject", "/Pattern", "/ExtGState", "/Font", "/ColorSpace"};
	bool done;
	if (!qpdf_oh_is_dictionary(r->q, resources))
		return OK;
	if (depth > DEPTH_MAX)
		return ERR_PDF_LIMIT;
	TRY(seen(r, resources, &done));
	if (!done && r->layers && qpdf_oh_has_key(r->q, resources, "/Properties"))
		qpdf_oh_append_item(r->q, r->properties, qpdf_oh_get_key(r->q, resources, "/Properties"));
	for (size_t i = 0; !done && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		qpdf_oh dict = qpdf_oh_get_key_if_dict(r->q, resources, kinds[i]);
		enum err e = OK;
		if (!qpdf_oh_is_dictionary(r->q, dict))
			continue;
		struct key_list k = keys_of(r->q, dict);
		for (int n = 0; n < k.n && e == OK; n++)
			e = clean_entry(r, kinds[i], dict, k.v[n], depth + 1);
		key_list_free(&k);
		TRY(e);
	}
	return OK;
}

enum err
resources_clean(struct resources *r, qpdf_oh resources)
{
	return walk(r, resources, 0);
}

enum err
resources_clean_form(struct resources *r, qpdf_oh form)
{
	return clean_form(r, form, 0);
}

/* Marks may begin in one stream of a page and end in the next: they are read as one (7.8.2). */
enum err
resources_clean_page(struct resources *r, qpdf_oh page)
{
	unsigned char *bytes CLEANUP(free_bytes) = NULL;
	struct buf out CLEANUP(buf_free) = {0};
	qpdf_oh content = qpdf_oh_get_key(r->q, page, "/Contents");
	size_t n = 0;
	bool changed;
	if (!r->layers || !(qpdf_oh_is_stream(r->q, content) || qpdf_oh_is_array(r->q, content)))
		return OK;
	if (qpdf_oh_get_page_content_data(r->q, page, &bytes, &n) & QPDF_ERRORS)
		return ERR_PDF_BROKEN;
	TRY(flatten_layers(r, str_make(bytes, n), qpdf_oh_get_key(r->q, page, "/Resources"), &out, &changed));
	if (changed)
		qpdf_oh_replace_key(r->q, page, "/Contents", stream_of(r->q, buf_str(&out)));
	return OK;
}

void
resources_end(struct resources *r)
{
	int n = qpdf_oh_get_array_n_items(r->q, r->properties);
	for (int i = 0; i < n; i++) {
		qpdf_oh dict = qpdf_oh_get_array_item(r->q, r->properties, i);
		if (!qpdf_oh_is_dictionary(r->q, dict))
			continue;
		struct key_list k = keys_of(r->q, dict);
		for (int j = 0; j < k.n; j++) {
			qpdf_oh type =
			    qpdf_oh_get_key_if_dict(r->q, qpdf_oh_get_key(r->q, dict, k.v[j]), "/Type");
			if (is_named(r->q, type, "/OCG") || is_named(r->q, type, "/OCMD"))
				qpdf_oh_remove_key(r->q, dict, k.v[j]);
		}
		key_list_free(&k);
	}
}
