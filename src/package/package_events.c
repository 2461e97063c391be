#include "judging.h"

#include "hex.h"
#include "ledger.h"

#include <jansson.h>

/* Text in the arena; empty when it is absent. */
static struct str
text_of(struct arena *a, json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);
	return json_is_string(v) ? arena_str(a, str_make(json_string_value(v), json_string_length(v)))
	                         : STR_NONE;
}

static void
take(struct judging *j, size_t i, json_t *o)
{
	struct arena *a = j->a;
	json_t *e = json_object_get(o, "event");
	json_int_t position = json_integer_value(json_object_get(o, "position"));
	j->positions[i] = position > 0 ? (uint64_t)position : 0;
	j->hashes[i] = text_of(a, o, "hash");
	j->events[i] = (struct audit_event){text_of(a, e, "envelope"),
	    json_integer_value(json_object_get(e, "seq")), json_integer_value(json_object_get(e, "at_ms")),
	    text_of(a, e, "event"), text_of(a, e, "participant"), text_of(a, e, "actor"),
	    text_of(a, e, "detail"), text_of(a, e, "entry"), text_of(a, e, "authentication"),
	    text_of(a, e, "ip"), text_of(a, e, "user_agent"), text_of(a, e, "prev")};
}

static bool
check_event(struct judging *j, size_t i)
{
	const struct audit_event *e = &j->events[i];
	struct arena scratch CLEANUP(arena_free) = {0};
	if (!str_eq(audit_hash(&scratch, e), j->hashes[i]))
		return judging_fault_at(j, PACKAGE_EVENT_ALTERED, i + 1);
	if (e->seq != (int64_t)i + 1 || (i && j->positions[i] <= j->positions[i - 1]))
		return judging_fault_at(j, PACKAGE_EVENT_MISSING, i + 1);
	if (i ? !str_eq(e->prev, j->hashes[i - 1]) || !str_eq(e->envelope, j->events[0].envelope)
	      : e->prev.n != 0)
		return judging_fault_at(j, PACKAGE_EVENT_UNCHAINED, i + 1);
	return true;
}

/* One text for one event: exactly as the export writes it, and no other spelling of the same. */
static bool
read_line(struct judging *j, size_t i, struct str line)
{
	struct buf again CLEANUP(buf_free) = {0};
	json_t *o = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	if (o)
		take(j, i, o);
	json_decref(o);
	if (!o)
		return judging_fault_at(j, PACKAGE_EVENT_UNREADABLE, i + 1);
	if (!check_event(j, i))
		return false;
	ledger_event_line(j->positions[i], &j->events[i], j->hashes[i], &again);
	return str_eq(str_slice(buf_str(&again), 0, again.n - 1), line) ||
	       judging_fault_at(j, PACKAGE_EVENT_UNREADABLE, i + 1);
}

static size_t
count_lines(struct str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

bool
judging_read_events(struct judging *j)
{
	struct str rest = j->p.events, line;
	size_t n = count_lines(rest);
	if (n == 0 || !str_ends(rest, STR("\n")))
		return judging_fault_at(j, PACKAGE_EVENT_UNREADABLE, n + 1);
	j->events = ARENA_ARRAY(j->a, struct audit_event, n);
	j->hashes = ARENA_ARRAY(j->a, struct str, n);
	j->positions = ARENA_ARRAY(j->a, uint64_t, n);
	for (; str_split(&rest, '\n', &line); j->events_n++)
		if (!read_line(j, j->events_n, line))
			return false;
	j->v->events_n = j->events_n;
	return true;
}

/* The nodes of a proof's line, when it is one about this event. */
static bool
read_proof(struct judging *j, size_t i, struct str line, struct merkle_path *ret)
{
	struct str rest = line, word, nodes[MERKLE_LEVELS], again;
	if (!str_split(&rest, ' ', &word) || !str_split(&rest, ' ', &word))
		return false;
	*ret = (struct merkle_path){.index = j->positions[i] - 1};
	while (str_split(&rest, ' ', &word)) {
		if (ret->n == MERKLE_LEVELS || base64_decode(j->a, word, &nodes[ret->n]) != OK ||
		    nodes[ret->n].n != SHA256_LENGTH)
			return false;
		memcpy(ret->node[ret->n].b, nodes[ret->n].p, SHA256_LENGTH);
		ret->n++;
	}
	again = package_proof_line(j->a, j->positions[i], j->hashes[i], nodes, ret->n);
	return str_eq(str_slice(again, 0, again.n - 1), line);
}

static bool
is_proven(struct judging *j, size_t i, struct str line, uint64_t size, struct str root)
{
	struct merkle_path path;
	struct sha256 leaf = ledger_leaf(j->hashes[i]), got;
	if (!read_proof(j, i, line, &path) || !merkle_path_root(&path, size, &leaf, &got))
		return false;
#ifdef MUTANT_PROOF
	return true;
#endif
	return str_eq(sha256_hex(j->a, &got), root);
}

bool
judging_check_proofs(struct judging *j, uint64_t size, struct str root)
{
	struct str rest = j->p.proofs, line;
	for (size_t i = 0; i < j->events_n; i++)
		if (!str_split(&rest, '\n', &line) || !is_proven(j, i, line, size, root))
			return judging_fault_at(j, PACKAGE_EVENT_UNPROVEN, i + 1);
	return rest.n == 0 || judging_fault_at(j, PACKAGE_EVENT_UNPROVEN, j->events_n + 1);
}
