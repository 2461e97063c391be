/* Every so often the root of the log of all events is signed and timestamped: whoever keeps such a checkpoint
 * can tell later whether an event before it was altered or taken away. */
#include "app_text.h"
#include "change.h"
#include "hex.h"
#include "ledger.h"

enum { LEAVES_AT_ONCE = 2000 };

/* In one read view: the tree as of the last event. */
static enum err
read_tree(struct app *a, struct merkle *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_checkpoint last;
	struct merkle m = {0};
	TRY(tx_read(a->store, &tx));
	enum err e = q_checkpoint_last(&tx, a->arena, &last);
	if (e == OK && !merkle_decode(last.tree, &m))
		return BUG("a checkpoint's tree cannot be read");
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	for (;;) {
		struct arena some CLEANUP(arena_free) = {0};
		struct row_ledger_hashes_list leaves;
		TRY(q_ledger_hashes(&tx, &some, (int64_t)m.size, LEAVES_AT_ONCE, &leaves));
		for (size_t i = 0; i < leaves.n; i++) {
			struct sha256 leaf = ledger_leaf(leaves.v[i].hash);
			if (leaves.v[i].position != (int64_t)m.size + 1)
				return BUG("the log of events has a gap");
			merkle_add(&m, &leaf);
		}
		if (leaves.n < LEAVES_AT_ONCE)
			break;
	}
	*ret = m;
	return OK;
}

static enum err
is_new(struct app *a, uint64_t size, bool *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_checkpoint last;
	TRY(tx_read(a->store, &tx));
	enum err e = q_checkpoint_last(&tx, a->arena, &last);
	*ret = size > 0 && (e == ERR_NOT_FOUND || (e == OK && last.size < (int64_t)size));
	return e == ERR_NOT_FOUND ? OK : e;
}

/* The job of the next period; ordering it twice orders it once. */
static enum err
order_next(struct app *a, struct tx *tx)
{
	int64_t every = a->config->checkpoint_every_ms, next = (a->now_ms / every + 1) * every, n;
	return q_job_add(tx, id_new(a->arena), STR("checkpoint"),
	    arena_printf(a->arena, "checkpoint %lld", (long long)next), STR("ledger"), next, &n);
}

enum err
app_checkpoint_plan(struct app *a)
{
	struct tx tx CLEANUP(tx_end) = {0};
	TRY(tx_write(a->store, &tx));
	TRY(order_next(a, &tx));
	return tx_commit(&tx);
}

enum err
app_job_checkpoint(struct app *a, struct str job, struct str payload)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct str note = STR_NONE, signature;
	struct merkle m;
	bool fresh;
	int64_t n;
	TRY(read_tree(a, &m));
	TRY(is_new(a, m.size, &fresh));
	struct sha256 digest = merkle_root(&m);
	struct str root = sha256_hex(a->arena, &digest);
	if (fresh) {
		note = ledger_note(a->arena, a->config->base_url, m.size, root, a->now_ms);
		TRY(sealer_note(a->sealer, job, note, a->arena, &signature));
	}
	TRY(tx_write(a->store, &tx));
	if (fresh)
		TRY(q_checkpoint_add(&tx, (int64_t)m.size, a->now_ms, root, merkle_encode(a->arena, &m), note,
		    base64_encode(a->arena, signature, 0), &n));
	TRY(order_next(a, &tx));
	return tx_commit(&tx);
}
