/* One font map for the process, behind a lock, and a bounded cache of what it gave: seals are drawn by many
 * threads, and a font map for each would open every typeface once a thread. */
#include "glyph.h"

#include <pango/pangocairo.h>
#include <pthread.h>
#include <stdlib.h>

enum { EM_PX = 200, CACHE_SLOTS = 1024, CACHE_BYTES_MAX = 8 << 20, TEXT_MAX = 64 };

static const struct {
	const char *family;
	PangoWeight weight;
} faces[GLYPH_FACES] = {
    [GLYPH_DEJIMA] = {"Dejima", PANGO_WEIGHT_NORMAL},
    [GLYPH_KOUZAN] = {"KouzanBrushFont", PANGO_WEIGHT_NORMAL},
    [GLYPH_KLEE] = {"Klee One", PANGO_WEIGHT_SEMIBOLD},
    [GLYPH_SERIF] = {"Noto Serif CJK JP", PANGO_WEIGHT_SEMIBOLD},
    [GLYPH_HANAZONO] = {"HanaMinA", PANGO_WEIGHT_NORMAL},
};

struct entry {
	bool used, found;
	enum glyph_face face;
	bool vertical;
	char text[TEXT_MAX];
	size_t text_n;
	struct point *at;
	size_t n;
	size_t *end;
	size_t rings;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static PangoContext *context;
static cairo_t *scratch;
static int installed[GLYPH_FACES]; /* 0 = not looked yet, 1 = yes, -1 = no */
static struct entry cache[CACHE_SLOTS];
static size_t cache_bytes;

static PangoFontDescription *
describe(enum glyph_face face)
{
	PangoFontDescription *d = pango_font_description_new();

	pango_font_description_set_family(d, faces[face].family);
	pango_font_description_set_weight(d, faces[face].weight);
	pango_font_description_set_absolute_size(d, (double)EM_PX * PANGO_SCALE);
	return d;
}

static void
open_context(void)
{
	if (context)
		return;
	PangoFontMap *map = pango_cairo_font_map_new();
	context = pango_font_map_create_context(map);
	g_object_unref(map);
	pango_context_set_language(context, pango_language_from_string("ja"));
	cairo_surface_t *nothing = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1);
	scratch = cairo_create(nothing);
	cairo_surface_destroy(nothing);
	cairo_set_tolerance(scratch, 0.15);
}

/* fontconfig answers with some other family when the one asked for is absent; that must not pass for it. */
static bool
is_installed(enum glyph_face face)
{
	if (installed[face] == 0) {
		PangoFontDescription *d = describe(face);
		PangoFont *font = pango_context_load_font(context, d);
		installed[face] = -1;
		if (font) {
			PangoFontDescription *got = pango_font_describe(font);
			const char *family = pango_font_description_get_family(got);
			if (family && strcmp(family, faces[face].family) == 0)
				installed[face] = 1;
			pango_font_description_free(got);
			g_object_unref(font);
		}
		pango_font_description_free(d);
	}
	return installed[face] == 1;
}

static void
take_path(struct arena *a, struct shape *s)
{
	cairo_path_t *path = cairo_copy_path_flat(scratch);

	for (int i = 0; i < path->num_data; i += path->data[i].header.length) {
		const cairo_path_data_t *d = path->data + i;
		if (d->header.type == CAIRO_PATH_MOVE_TO)
			shape_close(a, s);
		if (d->header.type == CAIRO_PATH_CLOSE_PATH)
			shape_close(a, s);
		else
			shape_add(a, s, d[1].point.x, d[1].point.y);
	}
	shape_close(a, s);
	cairo_path_destroy(path);
}

static bool
cut(struct arena *a, enum glyph_face face, struct str text, bool vertical, struct shape *ret)
{
	open_context();
	if (!is_installed(face))
		return false;
	PangoLayout *layout = pango_layout_new(context);
	PangoAttrList *attrs = pango_attr_list_new();
	PangoFontDescription *d = describe(face);
	pango_attr_list_insert(attrs, pango_attr_fallback_new(FALSE));
	if (vertical)
		pango_attr_list_insert(attrs, pango_attr_font_features_new("\"vert\" 1"));
	pango_layout_set_font_description(layout, d);
	pango_layout_set_attributes(layout, attrs);
	pango_layout_set_text(layout, text.p, (int)text.n);
	bool whole = pango_layout_get_unknown_glyphs_count(layout) == 0;
	if (whole) {
		struct shape s = {0};
		cairo_new_path(scratch);
		cairo_move_to(scratch, 0, 0);
		pango_cairo_layout_path(scratch, layout);
		take_path(a, &s);
		whole = s.rings > 0;
		*ret = s;
	}
	pango_font_description_free(d);
	pango_attr_list_unref(attrs);
	g_object_unref(layout);
	return whole;
}

static struct entry *
slot_of(enum glyph_face face, struct str text, bool vertical)
{
	unsigned h = 2166136261u ^ (unsigned)face ^ (vertical ? 64u : 0u);

	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.p[i]) * 16777619u;
	return &cache[h % CACHE_SLOTS];
}

static void
forget(struct entry *e)
{
	cache_bytes -= e->n * sizeof *e->at + e->rings * sizeof *e->end;
	free(e->at);
	free(e->end);
	*e = (struct entry){0};
}

static void
remember(
    struct entry *e, enum glyph_face face, struct str text, bool vertical, bool found, const struct shape *s)
{
	size_t bytes = found ? s->n * sizeof *s->at + s->rings * sizeof *s->end : 0;

	forget(e);
	if (cache_bytes + bytes > CACHE_BYTES_MAX)
		for (size_t i = 0; i < CACHE_SLOTS; i++)
			forget(&cache[i]);
	if (bytes > CACHE_BYTES_MAX)
		return;
	if (found) {
		e->at = malloc(s->n * sizeof *s->at);
		e->end = malloc(s->rings * sizeof *s->end);
		if (!e->at || !e->end) {
			free(e->at);
			free(e->end);
			*e = (struct entry){0};
			return;
		}
		memcpy(e->at, s->at, s->n * sizeof *s->at);
		memcpy(e->end, s->end, s->rings * sizeof *s->end);
		e->n = s->n;
		e->rings = s->rings;
		cache_bytes += bytes;
	}
	e->used = true;
	e->found = found;
	e->face = face;
	e->vertical = vertical;
	memcpy(e->text, text.p, text.n);
	e->text_n = text.n;
}

bool
glyph_outline(struct arena *a, enum glyph_face face, struct str text, bool vertical, struct shape *ret)
{
	if (text.n == 0 || text.n > TEXT_MAX)
		return false;
	pthread_mutex_lock(&lock);
	struct entry *e = slot_of(face, text, vertical);
	bool hit = e->used && e->face == face && e->vertical == vertical &&
	           str_eq(str_make(e->text, e->text_n), text);
	struct shape s = {0};
	bool found;
	if (hit) {
		struct shape kept = {.at = e->at, .n = e->n, .end = e->end, .rings = e->rings};
		found = e->found;
		s = shape_copy(a, &kept);
	} else {
		found = cut(a, face, text, vertical, &s);
		remember(e, face, text, vertical, found, &s);
	}
	pthread_mutex_unlock(&lock);
	if (found)
		*ret = s;
	return found;
}
