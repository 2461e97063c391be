#include "clock.h"
#include "token.h"
#include "verify_impl.h"

#include <stdio.h>
#include <time.h>

enum { CLOCKS_DIFFER_MS = 10 * 60 * 1000 };

/* The oldest sound timestamp over the i-th signature or timestamp; n when there is none. */
size_t
verify_first_over(const struct verifying *w, size_t i)
{
	for (size_t k = i + 1; k < w->n; k++)
		if (w->times_ms[k])
			return k;
	return w->n;
}

/* What was stamped is proven as of the next timestamp over it; the newest has to stand by itself, now. */
static void
check_alive(struct verifying *w, size_t i, const struct signed_data *stamp, struct verified_signature *r)
{
	size_t over = verify_first_over(w, i);
	bool complete, newest = over == w->n;
	const char *why;

	if (signed_data_check_chain(stamp, newest ? w->now_ms : w->times_ms[over], &complete, &why) == OK)
		return;
	if (newest)
		verify_problem(r, "the newest timestamp's certificate is no longer valid");
	else
		verify_problem(r, "the timestamp's certificate was no longer valid at the next timestamp");
}

struct evident
verify_material(
    const struct verifying *w, const struct signed_data *s, int64_t at_ms, struct verified_signature *r)
{
	enum material_word word = material_of_chain(&w->material, s, at_ms);

	if (word == MATERIAL_REVOKED)
		verify_problem(r, "a certificate had been revoked at the time");
	return (struct evident){
	    word == MATERIAL_GOOD, material_of_chain(&w->stamped, s, at_ms) == MATERIAL_GOOD};
}

/* Clocks of authorities agree closely: what was stamped later cannot have a much earlier time. */
static void
check_order(const struct verifying *w, size_t i, int64_t at_ms, struct verified_signature *r)
{
	size_t over = verify_first_over(w, i);

	if (over < w->n && w->times_ms[over] < at_ms - CLOCKS_DIFFER_MS)
		verify_problem(r, "a later timestamp tells an earlier time");
}

void
verify_stamped_at(const struct verifying *w, int64_t at_ms, struct verified_signature *r)
{
	r->timestamp_ms = at_ms;
	r->timestamp = clock_iso(w->a, at_ms);
}

void
verify_timestamp(struct verifying *w, size_t i, struct str der, struct verified_signature *r)
{
	struct signed_data data CLEANUP(signed_data_free) = {0};
	const char *why = "";
	struct sha256 imprint;
	struct token token;
	unsigned n;

	r->level = STR("DTS");
	if (!verify_digest(w, i, EVP_sha256(), imprint.b, &n) ||
	    token_check(w->a, der, &imprint, w->anchors, &token, &why) != OK) {
		verify_problem(r, why);
		return;
	}
	verify_anchor(w, token.trusted, "the timestamp's chain does not end in a given anchor", r);
	verify_stamped_at(w, token.time_ms, r);
	r->trusted = token.trusted;
	if (signed_data_read(der, &data, &why) != OK) {
		verify_problem(r, why);
		return;
	}
	verify_describe_certificate(w, data.leaf, r);
	r->valid_until = clock_iso(w->a, signed_data_until_ms(&data));
	check_alive(w, i, &data, r);
	check_order(w, i, token.time_ms, r);
	w->evident[i] = verify_material(w, &data, token.time_ms, r);
	if (!r->problem.n)
		w->times_ms[i] = token.time_ms;
}

/* "D:20261124030405Z" or with an offset; 0 when it is none. */
int64_t
verify_date_ms(struct str d)
{
	struct tm tm = {0};
	int hours = 0, minutes = 0;
	char sign = 'Z', text[40];

	if (d.n < 16 || d.n >= sizeof(text) || !str_starts(d, STR("D:")))
		return 0;
	memcpy(text, d.p, d.n);
	text[d.n] = 0;
	if (sscanf(text, "D:%4d%2d%2d%2d%2d%2d%c%2d'%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
	        &tm.tm_min, &tm.tm_sec, &sign, &hours, &minutes) < 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	int64_t offset = (hours * 60 + minutes) * 60;
	return ((int64_t)timegm(&tm) - (sign == '+' ? offset : sign == '-' ? -offset : 0)) * 1000;
}

int64_t
verify_own_token(struct verifying *w, size_t i, const struct signed_data *data, struct evident *ret_evident,
    struct verified_signature *r)
{
	struct signed_data stamp CLEANUP(signed_data_free) = {0};
	const char *why = "";
	struct sha256 imprint = sha256_of(data->signature);
	struct token token;

	if (!data->token.n)
		return 0;
	if (token_check(w->a, data->token, &imprint, w->anchors, &token, &why) != OK) {
		verify_problem(r, why);
		return 0;
	}
	verify_anchor(w, token.trusted, "the timestamp's chain does not end in a given anchor", r);
	if (signed_data_read(data->token, &stamp, &why) != OK) {
		verify_problem(r, why);
		return 0;
	}
	r->has_own_timestamp = true;
	check_alive(w, i, &stamp, r);
	check_order(w, i, token.time_ms, r);
	*ret_evident = verify_material(w, &stamp, token.time_ms, r);
	return token.time_ms;
}

void
verify_read_material(struct verifying *w)
{
	size_t end = 0;

	for (size_t i = 0; i < w->n; i++)
		if (w->found[i].is_timestamp && w->found[i].range_n == 4 && w->found[i].range[2] > 0 &&
		    w->found[i].range[3] > 0 &&
		    w->found[i].range[2] + w->found[i].range[3] <= (int64_t)w->bytes.n)
			end = (size_t)(w->found[i].range[2] + w->found[i].range[3]);
	/* a store that cannot be read proves nothing, and says nothing against the rest */
	if (material_read(w->a, w->pdf, &w->material) != OK)
		w->material = (struct material){0};
	for (size_t i = 0; i < w->revisions_n; i++)
		if (w->revisions[i].end == end && w->views[i] &&
		    material_read(w->a, w->views[i], &w->stamped) != OK)
			w->stamped = (struct material){0};
}
