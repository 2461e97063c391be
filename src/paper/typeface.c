#include "typeface.h"
#include "truetype.h"

#include <fontconfig/fontconfig.h>
#include <harfbuzz/hb-ot.h>
#include <harfbuzz/hb-subset.h>
#include <pthread.h>

static const struct {
	const char *family;
	int weight;
} wanted[TYPEFACES] = {
    [TYPEFACE_GOTHIC] = {"BIZ UDPGothic", FC_WEIGHT_REGULAR},
    [TYPEFACE_BOLD] = {"BIZ UDPGothic", FC_WEIGHT_BOLD},
    [TYPEFACE_MONO] = {"BIZ UDGothic", FC_WEIGHT_REGULAR},
    [TYPEFACE_MINCHO] = {"IPAexMincho", FC_WEIGHT_REGULAR},
    [TYPEFACE_IPA_GOTHIC] = {"IPAexGothic", FC_WEIGHT_REGULAR},
    [TYPEFACE_HANAZONO_A] = {"HanaMinA", FC_WEIGHT_REGULAR},
    [TYPEFACE_HANAZONO_B] = {"HanaMinB", FC_WEIGHT_REGULAR},
    [TYPEFACE_NOTO_SANS] = {"Noto Sans CJK JP", FC_WEIGHT_REGULAR},
    [TYPEFACE_NOTO_SERIF] = {"Noto Serif CJK JP", FC_WEIGHT_REGULAR},
};

static struct loaded {
	bool there;
	hb_face_t *face;
	hb_font_t *font;
	struct truetype tables;
	struct typeface_info info;
	char name[64];
} loaded[TYPEFACES];

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* fontconfig always finds something; only the family asked for will do. */
static hb_face_t *
open_face(const char *family, int weight)
{
	FcPattern *p =
	    FcPatternBuild(NULL, FC_FAMILY, FcTypeString, family, FC_WEIGHT, FcTypeInteger, weight, NULL);
	FcResult result;
	FcChar8 *file = NULL, *got = NULL;
	int index = 0;
	hb_face_t *face = NULL;
	bool same = false;

	FcConfigSubstitute(NULL, p, FcMatchPattern);
	FcDefaultSubstitute(p);
	FcPattern *match = FcFontMatch(NULL, p, &result);
	for (int i = 0; match && FcPatternGetString(match, FC_FAMILY, i, &got) == FcResultMatch; i++)
		same = same || strcmp((const char *)got, family) == 0;
	if (same && FcPatternGetString(match, FC_FILE, 0, &file) == FcResultMatch) {
		FcPatternGetInteger(match, FC_INDEX, 0, &index);
		hb_blob_t *blob = hb_blob_create_from_file_or_fail((const char *)file);
		if (blob) {
			face = hb_face_create(blob, (unsigned)index & 0xFFFF);
			hb_blob_destroy(blob);
		}
	}
	if (match)
		FcPatternDestroy(match);
	FcPatternDestroy(p);
	return face;
}

static struct str
table(hb_face_t *face, hb_tag_t tag)
{
	hb_blob_t *b = hb_face_reference_table(face, tag);
	unsigned n;
	const char *p = hb_blob_get_data(b, &n);

	hb_blob_destroy(b); /* a part of the face's file, which stays mapped for the life of the process */
	return str_make(p, n);
}

static void
load(enum typeface t)
{
	struct loaded *l = &loaded[t];
	unsigned name_n = sizeof l->name;

	l->face = open_face(wanted[t].family, wanted[t].weight);
	if (!l->face)
		return;
	l->font = hb_font_create(l->face);
	hb_ot_font_set_funcs(l->font);
	hb_font_make_immutable(l->font);
	hb_face_make_immutable(l->face);
	hb_ot_name_get_utf8(l->face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &name_n, l->name);
	l->tables = (struct truetype){.head = table(l->face, HB_TAG('h', 'e', 'a', 'd')),
	    .hhea = table(l->face, HB_TAG('h', 'h', 'e', 'a')),
	    .maxp = table(l->face, HB_TAG('m', 'a', 'x', 'p')),
	    .hmtx = table(l->face, HB_TAG('h', 'm', 't', 'x')),
	    .loca = table(l->face, HB_TAG('l', 'o', 'c', 'a')),
	    .glyf = table(l->face, HB_TAG('g', 'l', 'y', 'f'))};
	l->info = (struct typeface_info){.postscript_name = str_c(l->name),
	    .units = (int)hb_face_get_upem(l->face),
	    .is_cff = l->tables.glyf.n == 0};
	if (!l->name[0] || l->info.units <= 0 ||
	    !truetype_metrics(&l->tables, &l->info.ascent, &l->info.descent, l->info.box))
		return;
	l->there = true;
}

static void
load_all(void)
{
	FcInit();
	for (int t = 0; t < TYPEFACES; t++)
		load((enum typeface)t);
}

const struct typeface_info *
typeface_info(enum typeface t)
{
	pthread_once(&once, load_all);
	return loaded[t].there ? &loaded[t].info : NULL;
}

unsigned
typeface_glyph(enum typeface t, int code, int selector)
{
	hb_codepoint_t g = 0;

	if (!typeface_info(t))
		return 0;
	bool there = selector ? hb_font_get_variation_glyph(
	                            loaded[t].font, (hb_codepoint_t)code, (hb_codepoint_t)selector, &g)
	                      : hb_font_get_nominal_glyph(loaded[t].font, (hb_codepoint_t)code, &g);
	return there && g <= 0xFFFF ? g : 0;
}

unsigned
typeface_advance(enum typeface t, unsigned glyph)
{
	int v = hb_font_get_glyph_h_advance(loaded[t].font, glyph);

	return (unsigned)((v > 0 ? v : 0) * 1000.0 / loaded[t].info.units + 0.5);
}

/* HarfBuzz does the rare CFF case; numbers are kept so that CIDs stay what they were. */
static enum err
subset_cff(struct arena *a, hb_face_t *face, const uint16_t *glyphs, size_t n, struct str *ret)
{
	hb_subset_input_t *in = hb_subset_input_create_or_fail();

	if (!in)
		return ERR_NOMEM;
	hb_subset_input_set_flags(in, HB_SUBSET_FLAGS_RETAIN_GIDS | HB_SUBSET_FLAGS_NO_HINTING);
	for (size_t i = 0; i < n; i++)
		hb_set_add(hb_subset_input_glyph_set(in), glyphs[i]);
	hb_set_clear(hb_subset_input_set(in, HB_SUBSET_SETS_LAYOUT_FEATURE_TAG));
	hb_face_t *small = hb_subset_or_fail(face, in);
	hb_subset_input_destroy(in);
	if (!small)
		return ERR_GLYPH;
	hb_blob_t *cff = hb_face_reference_table(small, HB_TAG('C', 'F', 'F', ' '));
	unsigned size;
	const char *p = hb_blob_get_data(cff, &size);
	*ret = arena_str(a, str_make(p, size));
	hb_blob_destroy(cff);
	hb_face_destroy(small);
	return size ? OK : ERR_GLYPH;
}

enum err
typeface_subset(struct arena *a, enum typeface t, const uint16_t *glyphs, size_t n, struct str *ret)
{
	if (loaded[t].info.is_cff)
		return subset_cff(a, loaded[t].face, glyphs, n, ret);
	return truetype_subset(a, &loaded[t].tables, glyphs, n, ret);
}
