/* Several authorities: asked in their order until one answers as it should. */
#include "clock.h"
#include "log.h"
#include "tsa_kinds.h"

static bool
is_counted(const struct tsa *t)
{
	return t->settings.url.n > 0;
}

/* Its quota, the question, its rest when it fails. */
static enum err
ask_member(struct tsa *t, struct tsa_member *m, struct str job, const struct sha256 *digest, struct arena *a,
    struct str *ret, int64_t *ret_time_ms)
{
	if (clock_monotonic_ms() < m->rest_until_ms)
		return ERR_TSA;
	if (is_counted(m->tsa) && t->meter.take(t->meter.self, m->name, m->tsa->settings.quota_month) != OK) {
		log_event(LOG_WARN, "tsa", "name=%.*s has no token left this month", STR_ARG(m->name));
		return ERR_TSA;
	}
	enum err e = m->tsa->token(m->tsa, job, digest, a, ret, ret_time_ms);
	if (e == OK)
		return OK;
	m->rest_until_ms = clock_monotonic_ms() + t->rest_ms;
	if (is_counted(m->tsa))
		t->meter.give_back(t->meter.self, m->name);
	return e;
}

static enum err
several_token(struct tsa *t, struct str job, const struct sha256 *digest, struct arena *a, struct str *ret,
    int64_t *ret_time_ms)
{
	enum err e = ERR_TSA;

	for (size_t i = 0; i < t->members_n && e != OK; i++)
		e = ask_member(t, &t->members[i], job, digest, a, ret, ret_time_ms);
	return e;
}

enum err
tsa_several(struct arena *a, const struct tsa_named *all, size_t n, const struct tsa_meter *meter,
    int64_t rest_ms, struct tsa **ret)
{
	struct tsa *t = ARENA_NEW(a, struct tsa);

	*t = (struct tsa){.token = several_token,
	    .members = ARENA_ARRAY(a, struct tsa_member, n),
	    .members_n = n,
	    .meter = *meter,
	    .rest_ms = rest_ms};
	for (size_t i = 0; i < n; i++) {
		t->members[i].tsa = all[i].tsa;
		t->members[i].name = arena_str(a, all[i].name);
		if (t->reserve < all[i].tsa->reserve)
			t->reserve = all[i].tsa->reserve;
	}
	*ret = t;
	return OK;
}

enum err
tsa_choose(struct tsa *t, struct str name, struct arena *a, struct tsa **ret)
{
	*ret = t;
	if (name.n == 0)
		return OK;
	for (size_t i = 0; i < t->members_n; i++)
		if (str_eq(t->members[i].name, name)) {
			struct tsa *one = ARENA_NEW(a, struct tsa);

			*one = *t;
			one->members = &t->members[i];
			one->members_n = 1;
			*ret = one;
			return OK;
		}
	log_event(LOG_ERROR, "tsa", "name=%.*s is chosen and not among the authorities", STR_ARG(name));
	return ERR_TSA;
}
