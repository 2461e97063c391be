#include "handle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct key_list
keys_of(qpdf_data q, qpdf_oh dict)
{
	struct key_list k = {NULL, 0};
	int room = 0;
	for (qpdf_oh_begin_dict_key_iter(q, dict); qpdf_oh_dict_more_keys(q); k.n++) {
		if (k.n == room) {
			room = room ? 2 * room : 64;
			k.v = realloc(k.v, (size_t)room * sizeof(char *));
		}
		if (!k.v || !(k.v[k.n] = strdup(qpdf_oh_dict_next_key(q))))
			abort();
	}
	return k;
}

void
key_list_free(struct key_list *k)
{
	for (int i = 0; i < k->n; i++)
		free(k->v[i]);
	free(k->v);
	*k = (struct key_list){0};
}

qpdf_oh
own_copy(qpdf_data q, qpdf_oh dict)
{
	qpdf_oh copy = qpdf_oh_new_dictionary(q);
	if (!qpdf_oh_is_dictionary(q, dict))
		return copy;
	struct key_list k = keys_of(q, dict);
	for (int i = 0; i < k.n; i++)
		qpdf_oh_replace_key(q, copy, k.v[i], qpdf_oh_get_key(q, dict, k.v[i]));
	key_list_free(&k);
	return copy;
}

bool
is_named(qpdf_data q, qpdf_oh name, const char *text)
{
	return qpdf_oh_is_name(q, name) && strcmp(qpdf_oh_get_name(q, name), text) == 0;
}

bool
numbers_of(qpdf_data q, qpdf_oh array, int n, double *ret)
{
	if (!qpdf_oh_is_array(q, array) || qpdf_oh_get_array_n_items(q, array) != n)
		return false;
	for (int i = 0; i < n; i++)
		if (!qpdf_oh_get_value_as_number(q, qpdf_oh_get_array_item(q, array, i), &ret[i]) ||
		    !isfinite(ret[i]))
			return false;
	return true;
}

bool
box_of(qpdf_data q, qpdf_oh array, double ret[4])
{
	double v[4];
	if (!numbers_of(q, array, 4, v))
		return false;
	ret[0] = fmin(v[0], v[2]);
	ret[1] = fmin(v[1], v[3]);
	ret[2] = fmax(v[0], v[2]);
	ret[3] = fmax(v[1], v[3]);
	return true;
}

qpdf_oh
stream_of(qpdf_data q, struct str content)
{
	qpdf_oh s = qpdf_oh_new_stream(q);
	qpdf_oh_replace_stream_data(
	    q, s, (const unsigned char *)content.p, content.n, qpdf_oh_new_null(q), qpdf_oh_new_null(q));
	return s;
}
