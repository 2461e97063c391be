#include "layers.h"

#include "handle.h"

#include <stdlib.h>

enum { GROUPS_MAX = 20000, DEPTH_MAX = 32, STEPS_MAX = 2000 };

struct group {
	int id;
	bool hidden;
};

struct layers {
	qpdf_data q;
	struct group *groups; /* by id, ascending */
	size_t n;
};

static int
compare(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static struct group *
find(const struct layers *l, qpdf_oh dict)
{
	struct group key = {.id = qpdf_oh_get_object_id(l->q, dict)};
	return key.id ? bsearch(&key, l->groups, l->n, sizeof(key), compare) : NULL;
}

static void
set_all(struct layers *l, qpdf_oh list, bool hidden)
{
	int n = qpdf_oh_is_array(l->q, list) ? qpdf_oh_get_array_n_items(l->q, list) : 0;
	for (int i = 0; i < n; i++) {
		struct group *g = find(l, qpdf_oh_get_array_item(l->q, list, i));
		if (g)
			g->hidden = hidden;
	}
}

/* 8.11.4.4: what opening on a screen switches by itself. */
static void
apply_usage(struct layers *l, qpdf_oh list)
{
	int n = qpdf_oh_is_array(l->q, list) ? qpdf_oh_get_array_n_items(l->q, list) : 0;
	for (int i = 0; i < n; i++) {
		qpdf_oh one = qpdf_oh_get_array_item(l->q, list, i);
		struct group *g = find(l, one);
		qpdf_oh view =
		    qpdf_oh_get_key_if_dict(l->q, qpdf_oh_get_key_if_dict(l->q, one, "/Usage"), "/View");
		qpdf_oh state = qpdf_oh_get_key_if_dict(l->q, view, "/ViewState");
		if (g && qpdf_oh_is_name(l->q, state))
			g->hidden = is_named(l->q, state, "/OFF");
	}
}

static bool
has_name(qpdf_data q, qpdf_oh one_or_many, const char *name)
{
	int n = qpdf_oh_is_array(q, one_or_many) ? qpdf_oh_get_array_n_items(q, one_or_many) : 0;
	for (int i = 0; i < n; i++)
		if (is_named(q, qpdf_oh_get_array_item(q, one_or_many, i), name))
			return true;
	return is_named(q, one_or_many, name);
}

static void
apply_automatic(struct layers *l, qpdf_oh automatic)
{
	int n = qpdf_oh_is_array(l->q, automatic) ? qpdf_oh_get_array_n_items(l->q, automatic) : 0;
	for (int i = 0; i < n; i++) {
		qpdf_oh one = qpdf_oh_get_array_item(l->q, automatic, i);
		if (is_named(l->q, qpdf_oh_get_key_if_dict(l->q, one, "/Event"), "/View") &&
		    has_name(l->q, qpdf_oh_get_key_if_dict(l->q, one, "/Category"), "/View"))
			apply_usage(l, qpdf_oh_get_key(l->q, one, "/OCGs"));
	}
}

/* 8.11.2.3: of a group that is not meant for viewing some viewers show the content, others do not. */
static enum err
check_intent(qpdf_data q, qpdf_oh dict)
{
	qpdf_oh intent = qpdf_oh_get_key_if_dict(q, dict, "/Intent");
	bool given = qpdf_oh_is_name(q, intent) || qpdf_oh_is_array(q, intent);
	return !given || has_name(q, intent, "/View") || has_name(q, intent, "/All") ? OK : ERR_PDF_ACTIVE;
}

enum err
layers_read(qpdf_data q, qpdf_oh root, struct arena *a, struct layers **ret)
{
	qpdf_oh properties = qpdf_oh_get_key(q, root, "/OCProperties");
	qpdf_oh d = qpdf_oh_get_key_if_dict(q, properties, "/D"),
	        list = qpdf_oh_get_key_if_dict(q, properties, "/OCGs");
	int n = qpdf_oh_is_array(q, list) ? qpdf_oh_get_array_n_items(q, list) : 0;
	*ret = NULL;
	if (!qpdf_oh_is_dictionary(q, properties))
		return OK;
	if (n > GROUPS_MAX)
		return ERR_PDF_LIMIT;
	struct layers *l = ARENA_NEW(a, struct layers);
	*l = (struct layers){q, ARENA_ARRAY(a, struct group, (size_t)n + 1), 0};
	bool off = is_named(q, qpdf_oh_get_key_if_dict(q, d, "/BaseState"), "/OFF");
	TRY(check_intent(q, d));
	for (int i = 0; i < n; i++) {
		qpdf_oh one = qpdf_oh_get_array_item(q, list, i);
		TRY(check_intent(q, one));
		l->groups[l->n++] = (struct group){qpdf_oh_get_object_id(q, one), off};
	}
	qsort(l->groups, l->n, sizeof(*l->groups), compare);
	set_all(l, qpdf_oh_get_key_if_dict(q, d, "/ON"), false);
	set_all(l, qpdf_oh_get_key_if_dict(q, d, "/OFF"), true);
	apply_automatic(l, qpdf_oh_get_key_if_dict(q, d, "/AS"));
	*ret = l;
	return OK;
}

static bool
is_shown(const struct layers *l, qpdf_oh group)
{
	const struct group *g = find(l, group);
	return !g || !g->hidden;
}

/* A visibility expression (8.11.2.2): a group, or an operator and what it is applied to. */
static enum err
evaluate(const struct layers *l, qpdf_oh e, int depth, int *steps, bool *ret)
{
	if (depth > DEPTH_MAX || --*steps < 0)
		return ERR_PDF_LIMIT;
	if (!qpdf_oh_is_array(l->q, e)) {
		*ret = is_shown(l, e);
		return OK;
	}
	qpdf_oh operator= qpdf_oh_get_array_item(l->q, e, 0);
	bool all = is_named(l->q, operator, "/And"), not = is_named(l->q, operator, "/Not"), value = all;
	int n = qpdf_oh_get_array_n_items(l->q, e);
	if ((!all && !not &&!is_named(l->q, operator, "/Or")) || n < 2 || (not &&n != 2))
		return ERR_PDF_ACTIVE;
	for (int i = 1; i < n; i++) {
		bool one;
		TRY(evaluate(l, qpdf_oh_get_array_item(l->q, e, i), depth + 1, steps, &one));
		value = all ? value && one : value || one;
	}
	*ret = value != not ;
	return OK;
}

/* Groups that are null or missing count for nothing; without any the content is shown. */
static bool
policy_shows(const struct layers *l, qpdf_oh membership)
{
	qpdf_oh groups = qpdf_oh_get_key(l->q, membership, "/OCGs"),
	        policy = qpdf_oh_get_key(l->q, membership, "/P");
	unsigned shown = 0, hidden = 0;
	if (qpdf_oh_is_dictionary(l->q, groups))
		groups = qpdf_oh_wrap_in_array(l->q, groups);
	int n = qpdf_oh_is_array(l->q, groups) ? qpdf_oh_get_array_n_items(l->q, groups) : 0;
	for (int i = 0; i < n; i++) {
		qpdf_oh one = qpdf_oh_get_array_item(l->q, groups, i);
		if (!qpdf_oh_is_dictionary(l->q, one))
			continue;
		if (is_shown(l, one))
			shown++;
		else
			hidden++;
	}
	if (shown + hidden == 0)
		return true;
	if (is_named(l->q, policy, "/AllOn"))
		return hidden == 0;
	if (is_named(l->q, policy, "/AnyOff"))
		return hidden > 0;
	if (is_named(l->q, policy, "/AllOff"))
		return shown == 0;
	return shown > 0;
}

enum err
layers_hide(const struct layers *l, qpdf_oh what, bool *ret)
{
	int steps = STEPS_MAX;
	bool shown = true;
	if (is_named(l->q, qpdf_oh_get_key_if_dict(l->q, what, "/Type"), "/OCMD")) {
		qpdf_oh expression = qpdf_oh_get_key(l->q, what, "/VE");
		if (qpdf_oh_is_array(l->q, expression))
			TRY(evaluate(l, expression, 0, &steps, &shown));
		else
			shown = policy_shows(l, what);
	} else {
		shown = is_shown(l, what);
	}
	*ret = !shown;
	return OK;
}
