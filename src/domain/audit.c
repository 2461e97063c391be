#include "audit.h"

#include "json.h"

static const struct {
	const char *name, *ja, *en;
} kinds[] = {
#define EVENT(code, name, ja, en) [code] = {name, ja, en},
#include "event.def"
#undef EVENT
};

struct str
audit_name(enum audit_kind kind)
{
	return str_c(kinds[kind].name);
}

struct str
audit_words(struct str name, bool english)
{
	for (size_t i = 0; i < AUDIT_COUNT; i++)
		if (str_eq(name, str_c(kinds[i].name)))
			return str_c(english ? kinds[i].en : kinds[i].ja);
	return name;
}

static void
put_string(struct buf *b, const char *key, struct str s)
{
	buf_printf(b, ",\"%s\":", key);
	json_put_string(b, s);
}

void
audit_canonical(const struct audit_event *e, struct buf *ret)
{
	size_t start = ret->n;
	put_string(ret, "actor", e->actor);
	ret->p[start] = '{'; /* for the comma that every member begins with */
	buf_printf(ret, ",\"at_ms\":%lld", (long long)e->at_ms);
	put_string(ret, "authentication", e->authentication);
	put_string(ret, "detail", e->detail);
	put_string(ret, "entry", e->entry);
	put_string(ret, "envelope", e->envelope);
	put_string(ret, "event", e->event);
	put_string(ret, "ip", e->ip);
	put_string(ret, "participant", e->participant);
	put_string(ret, "prev", e->prev);
	buf_printf(ret, ",\"seq\":%lld", (long long)e->seq);
	put_string(ret, "user_agent", e->user_agent);
	buf_put_byte(ret, '}');
}

struct str
audit_hash(struct arena *a, const struct audit_event *e)
{
	struct buf b CLEANUP(buf_free) = {0};
	audit_canonical(e, &b);
	struct sha256 d = sha256_of(buf_str(&b));
	return sha256_hex(a, &d);
}

int64_t
audit_verify(struct arena *a, const struct audit_event *events, const struct str *hashes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
#ifdef MUTANT_NO_PREV
		bool follows = true; /* for the test that must notice it: each event stands alone */
#else
		bool follows = i == 0 ? events[i].prev.n == 0 : str_eq(events[i].prev, hashes[i - 1]);
#endif
		if (events[i].seq != (int64_t)i + 1 || !follows ||
		    !str_eq(audit_hash(a, &events[i]), hashes[i]))
			return (int64_t)i + 1;
	}
	return 0;
}
