/* 証拠一式 of a contract: its files as they are stored, its events, and for each the proof that a signed and
 * timestamped checkpoint of the whole log holds it. */
#include "package_make.h"

#include "app_text.h"
#include "envelope_files.h"
#include "hex.h"
#include "ledger.h"
#include "log.h"

#include <fcntl.h>
#include <unistd.h>

enum { LEAVES_AT_ONCE = 2000 };

static enum err
not_yet(enum err e)
{
	return e == ERR_NOT_FOUND ? ERR_WRONG_STATE : e;
}

enum err
package_is_ready(struct app *a, struct tx *tx, const struct row_envelope *e, bool *ret)
{
	struct row_checkpoint over;
	*ret = false;
	if (e->state != ENVELOPE_COMPLETED)
		return OK;
	enum err found = q_checkpoint_over(tx, a->arena, e->id, &over);
	*ret = found == OK;
	return found == ERR_NOT_FOUND ? OK : found;
}

/* ---- proofs of inclusion ---- */

/* The tree as of the last checkpoint before the first event: the leaves up to there need not be read. */
static enum err
tree_before(struct app *a, struct tx *tx, int64_t position, struct merkle *ret)
{
	struct row_checkpoint c;
	*ret = (struct merkle){0};
	enum err e = q_checkpoint_before(tx, a->arena, position, &c);
	if (e == OK && !merkle_decode(c.tree, ret))
		return BUG("a checkpoint's tree cannot be read");
	return e == ERR_NOT_FOUND ? OK : e;
}

static enum err
grow_to(struct tx *tx, const struct row_checkpoint *c, struct merkle *m, struct merkle_path *paths, size_t n)
{
	while (m->size < (uint64_t)c->size) {
		struct arena some CLEANUP(arena_free) = {0};
		struct row_ledger_hashes_list leaves;
		TRY(q_ledger_hashes(tx, &some, (int64_t)m->size, LEAVES_AT_ONCE, &leaves));
		for (size_t i = 0; i < leaves.n && m->size < (uint64_t)c->size; i++) {
			struct sha256 leaf = ledger_leaf(leaves.v[i].hash);
			merkle_add_for(m, &leaf, paths, n);
		}
		if (leaves.n == 0)
			break;
	}
	merkle_end_paths(m, paths, n);
	return OK;
}

static enum err
prove(struct app *a, struct tx *tx, const struct row_checkpoint *c,
    const struct row_ledger_event_list *events, struct merkle_path *paths)
{
	struct merkle m;
	for (size_t i = 0; i < events->n; i++)
		paths[i].index = (uint64_t)events->v[i].position - 1;
	TRY(tree_before(a, tx, events->v[0].position, &m));
	TRY(grow_to(tx, c, &m, paths, events->n));
	struct sha256 root = merkle_root(&m);
	if (str_eq(sha256_hex(a->arena, &root), c->root))
		return OK;
	log_event(LOG_ERROR, "package", "the log of events does not fit its checkpoint of %lld",
	    (long long)c->size);
	return ERR_IO;
}

static void
put_event(struct app *a, const struct row_ledger_event *r, const struct merkle_path *path, struct buf *events,
    struct buf *proofs)
{
	struct audit_event e = {r->envelope_id, r->seq, r->at_ms, r->event, r->participant_id, r->actor,
	    r->detail, r->entry, r->authentication, r->ip, r->user_agent, r->prev};
	struct str nodes[MERKLE_LEVELS];
	for (unsigned i = 0; i < path->n; i++)
		nodes[i] = str_make(path->node[i].b, SHA256_LENGTH);
	ledger_event_line((uint64_t)r->position, &e, r->hash, events);
	buf_put(proofs, package_proof_line(a->arena, (uint64_t)r->position, r->hash, nodes, path->n));
}

static enum err
take_events(struct app *a, const struct row_envelope *e, struct package *ret)
{
	struct buf events CLEANUP(buf_free) = {0}, proofs CLEANUP(buf_free) = {0};
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_ledger_event_list list;
	struct row_checkpoint c;
	TRY(tx_read(a->store, &tx));
	TRY(not_yet(q_checkpoint_over(&tx, a->arena, e->id, &c)));
	TRY(q_ledger_events_of(&tx, a->arena, e->id, &list));
	struct merkle_path *paths = ARENA_ARRAY(a->arena, struct merkle_path, list.n + 1);
	TRY(prove(a, &tx, &c, &list, paths));
	for (size_t i = 0; i < list.n; i++)
		put_event(a, &list.v[i], &paths[i], &events, &proofs);
	ret->events = arena_str(a->arena, buf_str(&events));
	ret->proofs = arena_str(a->arena, buf_str(&proofs));
	ret->note = c.note;
	ret->at_ms = c.at_ms;
	return base64_decode(a->arena, c.signature, &ret->note_signature) == OK
	           ? OK
	           : BUG("a checkpoint's signature");
}

/* ---- files ---- */

static enum err
take_file(struct app *a, const struct row_envelope *e, enum download what, struct str *ret)
{
	struct file_ref f;
	TRY(envelope_file(a, e, what, &f));
	return blob_get(a->blobs, &f.blob, a->arena, ret);
}

/* Read once to see that it is what it was, and then from the disk as it is written. */
static enum err
take_document(struct app *a, const struct row_submission *s, struct package_file *ret)
{
	struct arena once CLEANUP(arena_free) = {0};
	struct sha256 digest;
	struct str bytes;
	TRY(digest_read(s->sha256, &digest));
	TRY(blob_get(a->blobs, &digest, &once, &bytes));
	*ret = (struct package_file){.name = s->file_name, .sha256 = s->sha256};
	return blob_open(a->blobs, &digest, &ret->fd, &ret->size);
}

static enum err
take_documents(struct app *a, const struct row_envelope *e, struct package *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_submission_list list;
	TRY(tx_read(a->store, &tx));
	TRY(q_submissions_of(&tx, a->arena, e->id, &list));
	TRY(tx_commit(&tx));
	ret->documents = ARENA_ARRAY(a->arena, struct package_file, list.n + 1);
	for (; ret->documents_n < list.n; ret->documents_n++)
		TRY(take_document(a, &list.v[ret->documents_n], &ret->documents[ret->documents_n]));
	return OK;
}

static enum err
fill(struct app *a, const struct row_envelope *e, struct package *ret)
{
	TRY(take_file(a, e, DOWNLOAD_CONTRACT, &ret->contract));
	TRY(take_file(a, e, DOWNLOAD_CERTIFICATE, &ret->certificate));
	TRY(take_documents(a, e, ret));
	return package_plan(a->arena, ret);
}

enum err
package_make(struct app *a, const struct row_envelope *e, struct package *ret)
{
	struct package p = {.title = e->title};
	if (e->state != ENVELOPE_COMPLETED)
		return ERR_WRONG_STATE;
	TRY(take_events(a, e, &p));
	enum err made = fill(a, e, &p);
	if (made != OK) {
		app_package_close(&p);
		return made;
	}
	*ret = p;
	return OK;
}

void
app_package_close(struct package *p)
{
	for (; p->documents_n; p->documents_n--)
		close(p->documents[p->documents_n - 1].fd);
}

enum err
app_package_file(struct app *a, const struct package *p, struct str guide, int *ret_fd, size_t *ret_size)
{
	int fd = open(a->config->temp_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return ERR_IO;
	enum err e = package_write(p, guide, fd, ret_size);
	if (e != OK) {
		close(fd);
		return e;
	}
	*ret_fd = fd;
	return OK;
}
