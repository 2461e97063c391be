#include "original.h"

enum { FIELDS_DEPTH = 16, FIELDS_MAX = 20000 };

struct walk {
	qpdf_data q;
	struct arena *a;
	struct original *found;
	int budget;
};

/* As much of a text string as is kept, cut between characters. */
static struct str
text_of(struct walk *w, qpdf_oh string)
{
	size_t n = 0;
	if (!qpdf_oh_is_string(w->q, string))
		return STR_NONE;
	const char *p = qpdf_oh_get_binary_utf8_value(w->q, string, &n);
	if (n > ORIGINAL_TEXT_MAX)
		for (n = ORIGINAL_TEXT_MAX; n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80;)
			n--;
	return arena_str(w->a, str_make(p, n));
}

/* The digits of a date (7.9.4) in a form that people read; nothing is computed. */
static struct str
time_of(struct walk *w, qpdf_oh string)
{
	struct str s = text_of(w, string), zone = STR_NONE;
	if (str_starts(s, STR("D:")))
		s = str_slice(s, 2, s.n);
	for (size_t i = 0; i < 14; i++)
		if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
			return STR_NONE;
	const char *p = s.p, *z = s.p + 14;
	if (s.n >= 15 && *z == 'Z')
		zone = STR(" UTC");
	else if (s.n >= 20 && (*z == '+' || *z == '-') && z[3] == '\'')
		zone = arena_printf(w->a, " %.3s:%.2s", z, z + 4);
	return arena_printf(
	    w->a, "%.4s-%.2s-%.2s %.2s:%.2s:%.2s%.*s", p, p + 4, p + 6, p + 8, p + 10, p + 12, STR_ARG(zone));
}

static void
list_signature(struct walk *w, struct str field, qpdf_oh value)
{
	struct original *o = w->found;
	o->is_signed = true;
	if (o->signatures_n++ >= DOCUMENT_LISTED_MAX)
		return;
	o->signatures[o->signatures_n - 1] = (struct original_signature){.field = field,
	    .name = text_of(w, qpdf_oh_get_key(w->q, value, "/Name")),
	    .time = time_of(w, qpdf_oh_get_key(w->q, value, "/M")),
	    .is_timestamp = is_named(w->q, qpdf_oh_get_key(w->q, value, "/Type"), "/DocTimeStamp")};
}

/* Type and value may be a parent's (12.7.4.1); the value is listed where it stands. */
static enum err
walk_fields(struct walk *w, qpdf_oh fields, struct str prefix, bool of_signature, int depth)
{
	if (!qpdf_oh_is_array(w->q, fields))
		return OK;
	if (depth > FIELDS_DEPTH)
		return ERR_PDF_LIMIT;
	int n = qpdf_oh_get_array_n_items(w->q, fields);
	for (int i = 0; i < n; i++) {
		qpdf_oh f = qpdf_oh_get_array_item(w->q, fields, i);
		if (--w->budget < 0)
			return ERR_PDF_LIMIT;
		if (!qpdf_oh_is_dictionary(w->q, f))
			continue;
		struct str name = text_of(w, qpdf_oh_get_key(w->q, f, "/T"));
		if (prefix.n && name.n && prefix.n + name.n < ORIGINAL_TEXT_MAX)
			name = arena_printf(w->a, "%.*s.%.*s", STR_ARG(prefix), STR_ARG(name));
		else if (prefix.n)
			name = prefix;
		qpdf_oh type = qpdf_oh_get_key(w->q, f, "/FT"), value = qpdf_oh_get_key(w->q, f, "/V");
		bool is = qpdf_oh_is_name(w->q, type) ? is_named(w->q, type, "/Sig") : of_signature;
		if (is && qpdf_oh_is_dictionary(w->q, value))
			list_signature(w, name, value);
		TRY(walk_fields(w, qpdf_oh_get_key(w->q, f, "/Kids"), name, is, depth + 1));
	}
	return OK;
}

enum err
original_read(qpdf_data q, qpdf_oh root, struct arena *a, struct original *ret)
{
	struct walk w = {q, a, ret, FIELDS_MAX};
	*ret = (struct original){
	    .is_signed = qpdf_oh_has_key(q, root, "/Perms") || qpdf_oh_has_key(q, root, "/DSS"),
	    .signatures = ARENA_ARRAY(a, struct original_signature, DOCUMENT_LISTED_MAX)};
	qpdf_oh form = qpdf_oh_get_key_if_dict(q, root, "/AcroForm"),
	        information = qpdf_oh_get_key_if_dict(q, qpdf_get_trailer(q), "/Info");
	ret->title = text_of(&w, qpdf_oh_get_key_if_dict(q, information, "/Title"));
	return walk_fields(&w, qpdf_oh_get_key_if_dict(q, form, "/Fields"), STR_NONE, false, 0);
}
