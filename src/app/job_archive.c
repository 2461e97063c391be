/* Some time after the conclusion, and again before the last timestamp's certificate ends: what is needed to
 * judge the signatures is put into the contract and into its certificate, and a timestamp over that. The
 * bytes that were agreed to stay; the files grow at their end. */
#include "app_text.h"
#include "buf.h"
#include "change.h"
#include "dossier.h"
#include "issued.h"
#include "timestamping.h"

enum { CHECKPOINT_SOON_MS = 60000 };

struct archiving {
	struct row_envelope e;
	struct str contract, certificate; /* SHA-256 of the new files */
	int64_t renew_after_ms;
};

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static enum err
file_read(struct app *a, struct str job, struct str sha256, struct buf *ret)
{
	struct sha256 digest;
	struct str pdf;
	TRY(digest_read(sha256, &digest));
	TRY(blob_get(a->blobs, &digest, a->arena, &pdf));
	buf_put(ret, pdf);
	return sealer_material(a->sealer, job, ret);
}

static enum err
file_stamp(struct app *a, struct str job, struct str authority, struct buf *file, struct str *ret_sha256,
    int64_t *ret_renew_ms)
{
	struct sha256 digest;
	TRY(sealer_archive(a->sealer, job, authority, file, ret_renew_ms));
	TRY(blob_put(a->blobs, buf_str(file), &digest));
	*ret_sha256 = sha256_hex(a->arena, &digest);
	return OK;
}

static struct str
newest(struct str archived, struct str first)
{
	return archived.n ? archived : first;
}

/* Timestamps may cost money: none is asked for before both files are ready for theirs. */
static enum err
archive_files(struct app *a, struct str job, struct archiving *r)
{
	struct buf contract CLEANUP(buf_free) = {0}, certificate CLEANUP(buf_free) = {0};
	int64_t contract_ms, certificate_ms;
	struct str authority;
	TRY(timestamping_authority(a, r->e.organisation_id, &authority));
	TRY(file_read(a, job, newest(r->e.archived_sha256, r->e.concluded_sha256), &contract));
	TRY(file_read(
	    a, job, newest(r->e.archived_certificate_sha256, r->e.certificate_sha256), &certificate));
	TRY(file_stamp(a, job, authority, &contract, &r->contract, &contract_ms));
	TRY(file_stamp(a, job, authority, &certificate, &r->certificate, &certificate_ms));
	r->renew_after_ms = least(contract_ms, certificate_ms);
	return OK;
}

/* With a checkpoint over all its events the evidence is complete, and 証拠一式 can be given out: within a
 * minute, and one for all that are archived in it. */
static enum err
order_checkpoint(struct change *c)
{
	struct arena *a = c->a->arena;
	int64_t every = least(CHECKPOINT_SOON_MS, c->a->config->checkpoint_every_ms),
	        next = (c->a->now_ms / every + 1) * every;
	return change_job_at(
	    c, "checkpoint", arena_printf(a, "checkpoint %lld", (long long)next), STR("ledger"), next);
}

static enum err
archive_once(struct app *a, struct str job, struct str envelope)
{
	struct change c CLEANUP(change_end) = {0};
	struct archiving r = {0};
	struct dossier d;
	TRY(dossier_load(a, envelope, &d));
	r.e = d.e;
	if (r.e.state != ENVELOPE_COMPLETED || r.e.renew_after_ms > a->now_ms)
		return OK; /* done before */
	TRY(archive_files(a, job, &r));
	TRY(change_start(&c, a, &r.e, ENVELOPE_ACT_ARCHIVE));
	change_event(&c,
	    &(struct change_what){.kind = AUDIT_ARCHIVED, .actor = STR("システム"), .detail = r.contract});
	TRY(change_begin(&c));
	TRY(change_one(
	    &c, q_envelope_set_archived(&c.tx, envelope, r.contract, r.certificate, r.renew_after_ms, &c.n)));
	TRY(q_issued_file_add(&c.tx, r.contract, ISSUED_CONTRACT, envelope, &c.n));
	TRY(q_issued_file_add(&c.tx, r.certificate, ISSUED_CERTIFICATE, envelope, &c.n));
	TRY(change_job_at(&c, "archive",
	    arena_printf(a->arena, "archive %.*s %lld", STR_ARG(envelope), (long long)r.renew_after_ms),
	    envelope, r.renew_after_ms));
	TRY(order_checkpoint(&c));
	return change_commit(&c);
}

enum err
app_job_archive(struct app *a, struct str job, struct str payload)
{
	AGAIN(archive_once(a, job, payload));
}

/* What had been planned finds nothing to do when its time comes. */
enum err
app_archive_order(struct app *a, int64_t until_ms, int64_t *ret_n)
{
	struct tx tx CLEANUP(tx_end) = {0};
	int64_t n, moved;
	TRY(tx_write(a->store, &tx));
	TRY(q_archive_order(&tx, until_ms, a->now_ms, &n));
	TRY(q_archive_bring_forward(&tx, until_ms, a->now_ms, &moved));
	TRY(tx_commit(&tx));
	*ret_n = n;
	return OK;
}
