/* R0: the certification signature over the empty seal fields; then the links exist and those whose turn it is
 * are told. */
#include "app_text.h"
#include "app_token.h"
#include "buf.h"
#include "post.h"
#include "seal_field.h"

struct str
seal_field(struct arena *a, const struct row_participant *p, unsigned number)
{
	return arena_printf(a, "kp-%lld-%u", (long long)p->position, number);
}

static enum err
certify(struct app *a, struct str job, const struct dossier *d, struct sha256 *ret)
{
	struct buf file CLEANUP(buf_free) = {0};
	struct seal_place *places = ARENA_ARRAY(a->arena, struct seal_place, d->n * PLACES_MAX + 1);
	struct sha256 source;
	struct str pdf;
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++) {
		struct place where[PLACES_MAX];
		unsigned count = d->p[i].seal_required ? places_decode(d->p[i].places, where) : 0;
		if (count == 0)
			places[n++] = (struct seal_place){.field = seal_field(a->arena, &d->p[i], 0)};
		for (unsigned k = 0; k < count; k++)
			places[n++] = (struct seal_place){.field = seal_field(a->arena, &d->p[i], k + 1),
			    .page = where[k].page,
			    .x_mm = where[k].x_mm,
			    .y_mm = where[k].y_mm,
			    .w_mm = where[k].size_mm,
			    .h_mm = where[k].size_mm};
	}
	TRY(digest_read(d->e.source_sha256, &source));
	TRY(blob_get(a->blobs, &source, a->arena, &pdf));
	buf_put(&file, pdf);
	TRY(sealer_certify(a->sealer, job, places, n, a->now_ms, &file));
	return blob_put(a->blobs, buf_str(&file), ret);
}

static enum err
links_add(struct change *c, const struct dossier *d)
{
	struct app *a = c->a;
	int64_t n;
	for (size_t i = 0; i < d->n; i++) {
		const struct row_participant *p = &d->p[i];
		if (p->entry & ENTRY_MAIL)
			TRY(q_link_add(&c->tx,
			    token_hash(a->arena, token_link(a, LINK_MAIL, p->id, p->generation)), d->e.id,
			    p->id, LINK_MAIL, &n));
		if (p->entry & ENTRY_URL)
			TRY(q_link_add(&c->tx,
			    token_hash(a->arena, token_link(a, LINK_SHARED, p->id, p->generation)), d->e.id,
			    p->id, LINK_SHARED, &n));
	}
	return OK;
}

/* The version that came back is replaced in the same transaction that sends its successor. */
static enum err
supersede(struct change *c, const struct row_envelope *old)
{
	struct change s CLEANUP(change_end) = {0};
	TRY(change_start(&s, c->a, old, ENVELOPE_ACT_SUPERSEDE));
	change_event(
	    &s, &(struct change_what){.kind = AUDIT_SUPERSEDED, .actor = STR("システム"), .detail = c->e.id});
	TRY(change_begin_within(&s, c));
	return change_one(&s, q_envelope_set_superseded(&s.tx, old->id, c->e.id, &s.n));
}

static enum err
certify_once(struct app *a, struct str job, struct str envelope, struct str *digest)
{
	struct change c CLEANUP(change_end) = {0};
	struct dossier d, old = {0};
	struct turns turns;
	struct sha256 sealed;
	TRY(dossier_load(a, envelope, &d));
	if (d.e.state != ENVELOPE_PREPARING)
		return OK; /* done before */
	if (d.e.previous_id.n)
		TRY(dossier_load(a, d.e.previous_id, &old));
	if (digest->n == 0) { /* the swap failed last time; the file is good */
		TRY(certify(a, job, &d, &sealed));
		*digest = sha256_hex(a->arena, &sealed);
	}
	TRY(change_start(&c, a, &d.e, ENVELOPE_ACT_CERTIFIED));
	change_event(
	    &c, &(struct change_what){.kind = AUDIT_SENT, .actor = STR("システム"), .detail = *digest});
	turns_note(&c, &d, d.parties, &turns);

	TRY(change_begin(&c));
	TRY(change_one(&c, q_envelope_set_sent(&c.tx, d.e.id, *digest, a->now_ms, &c.n)));
	TRY(change_one(
	    &c, q_revision_add(&c.tx, d.e.id, 0, STR("certification"), STR_NONE, *digest, a->now_ms, &c.n)));
	TRY(links_add(&c, &d));
	TRY(turns_apply(&c, &d, &turns));
	if (old.e.state == ENVELOPE_RETURNED)
		TRY(supersede(&c, &old.e));
	return change_commit(&c);
}

enum err
app_job_certify(struct app *a, struct str job, struct str payload)
{
	struct str digest = STR_NONE;
	AGAIN(certify_once(a, job, payload, &digest));
}
