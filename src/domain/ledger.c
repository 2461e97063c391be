#include "ledger.h"

#include "clock.h"

struct ledger_contract {
	struct str envelope;
	char hash[2 * SHA256_LENGTH]; /* of its newest event */
	int64_t seq;
};

struct sha256
ledger_leaf(struct str event_hash)
{
	return merkle_leaf(event_hash);
}

void
ledger_event_line(uint64_t position, const struct audit_event *e, struct str hash, struct buf *ret)
{
	buf_printf(ret, "{\"position\":%llu,\"hash\":\"%.*s\",\"event\":", (unsigned long long)position,
	    STR_ARG(hash));
	audit_canonical(e, ret);
	buf_put_c(ret, "}\n");
}

struct str
ledger_note(struct arena *a, struct str origin, uint64_t size, struct str root, int64_t at_ms)
{
	return arena_printf(a, "keiin-checkpoint/1\norigin %.*s\nsize %llu\nroot %.*s\ntime %.*s\n",
	    STR_ARG(origin), (unsigned long long)size, STR_ARG(root), STR_ARG(clock_iso(a, at_ms)));
}

bool
ledger_note_read(struct str note, uint64_t *ret_size, struct str *ret_root)
{
	static const char *const labels[] = {"keiin-checkpoint/1", "origin ", "size ", "root ", "time "};
	struct str line, values[5];
	unsigned long long size;
	if (!str_ends(note, STR("\n")))
		return false;
	for (size_t i = 0; i < 5; i++) {
		struct str label = str_c(labels[i]);
		if (!str_split(&note, '\n', &line) || !str_starts(line, label))
			return false;
		values[i] = str_slice(line, label.n, line.n);
	}
	if (note.n || values[0].n || !str_to_u64(values[2], INT64_MAX, &size) ||
	    values[3].n != 2 * SHA256_LENGTH)
		return false;
	*ret_size = size;
	*ret_root = values[3];
	return true;
}

static bool
fault(struct ledger_check *c, enum ledger_fault what, uint64_t position, struct str envelope, int64_t seq)
{
	c->fault = what;
	c->position = position;
	c->envelope = envelope;
	c->seq = seq;
	return false;
}

static uint64_t
fnv1a(struct str s)
{
	uint64_t h = 14695981039346656037ULL;
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211ULL;
	return h;
}

static struct ledger_contract *
slot_of(struct ledger_contract *all, size_t cap, struct str envelope)
{
	size_t i = (size_t)fnv1a(envelope) & (cap - 1);
	while (all[i].seq && !str_eq(all[i].envelope, envelope))
		i = (i + 1) & (cap - 1);
	return &all[i];
}

static void
grow(struct ledger_check *c)
{
	size_t cap = c->contracts_cap ? c->contracts_cap * 2 : 64;
	struct ledger_contract *all = ARENA_ARRAY(c->a, struct ledger_contract, cap);
	for (size_t i = 0; i < c->contracts_cap; i++)
		if (c->contracts[i].seq)
			*slot_of(all, cap, c->contracts[i].envelope) = c->contracts[i];
	c->contracts = all;
	c->contracts_cap = cap;
}

static bool
check_chain(struct ledger_check *c, uint64_t position, const struct audit_event *e, struct str hash)
{
	if (c->contracts_n * 2 >= c->contracts_cap)
		grow(c);
	struct ledger_contract *last = slot_of(c->contracts, c->contracts_cap, e->envelope);
	if (e->seq > last->seq + 1)
		return fault(c, LEDGER_MISSING, position, e->envelope, e->seq);
	if (e->seq <= last->seq)
		return fault(c, LEDGER_REORDERED, position, e->envelope, e->seq);
#ifndef MUTANT_LEDGER_CHAIN
	if (!str_eq(e->prev, str_make(last->hash, last->seq ? sizeof(last->hash) : 0)))
		return fault(c, LEDGER_UNCHAINED, position, e->envelope, e->seq);
#endif
	if (last->seq == 0) {
		c->contracts_n++;
		last->envelope = arena_str(c->a, e->envelope);
	}
	last->seq = e->seq;
	memcpy(last->hash, hash.p, sizeof(last->hash)); /* it is the event's own, hence of this length */
	return true;
}

bool
ledger_check_event(struct ledger_check *c, uint64_t position, const struct audit_event *e, struct str hash)
{
	struct arena scratch CLEANUP(arena_free) = {0};
	if (c->fault != LEDGER_SOUND)
		return false;
	uint64_t expected = c->tree.size + 1;
	if (position != expected)
		return fault(c, position > expected ? LEDGER_MISSING : LEDGER_REORDERED, position,
		    e->envelope, e->seq);
	if (!str_eq(audit_hash(&scratch, e), hash))
		return fault(c, LEDGER_ALTERED, position, e->envelope, e->seq);
	if (!check_chain(c, position, e, hash))
		return false;
	struct sha256 leaf = ledger_leaf(hash);
	merkle_add(&c->tree, &leaf);
	return true;
}

bool
ledger_check_root(struct ledger_check *c, uint64_t size, struct str root)
{
	struct arena scratch CLEANUP(arena_free) = {0};
	if (c->fault != LEDGER_SOUND)
		return false;
	if (size != c->tree.size)
		return true;
	struct sha256 found = merkle_root(&c->tree);
#ifndef MUTANT_LEDGER_ROOT
	if (!str_eq(sha256_hex(&scratch, &found), root))
		return fault(c, LEDGER_ROOT, size, STR_NONE, 0);
#endif
	c->anchored = size;
	return true;
}

bool
ledger_check_end(struct ledger_check *c, uint64_t largest)
{
	if (c->fault != LEDGER_SOUND)
		return false;
	return largest <= c->tree.size || fault(c, LEDGER_TRUNCATED, c->tree.size + 1, STR_NONE, 0);
}
