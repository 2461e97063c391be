/* When the last consent is in: every approval signature in the order of the consents, then the document
 * timestamp, in one go. No partly signed file is ever stored. A run that was killed leaves nothing behind but
 * perhaps a blob that nobody names. */
#include "app_text.h"
#include "buf.h"
#include "issued.h"
#include "post.h"
#include "seal_field.h"
#include "signer.h"
#include "timestamping.h"

struct revisions {
	struct str sha256[PARTICIPANTS_MAX + 1]; /* one a consent, then the timestamp's */
	struct str participant[PARTICIPANTS_MAX + 1];
	unsigned n;
	struct seal_stamp stamp; /* of the conclusion */
};

struct sealing {
	struct dossier d;
	struct row_consent_list consents;
	struct str *impressions; /* by consent */
};

static enum err
sealing_load(struct app *a, struct str envelope, struct sealing *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	TRY(tx_read(a->store, &tx));
	TRY(dossier_read(a, &tx, envelope, &ret->d));
	TRY(q_consents_of(&tx, a->arena, envelope, &ret->consents));
	ret->impressions = ARENA_ARRAY(a->arena, struct str, ret->consents.n + 1);
	for (size_t i = 0; i < ret->consents.n; i++) {
		struct row_impression_get seal;
		size_t p = dossier_find(&ret->d, ret->consents.v[i].participant_id);
		if (p == ret->d.n)
			return BUG("a consent of somebody outside the envelope");
		if (!ret->d.p[p].seal_required)
			continue;
		TRY(q_impression_get(&tx, a->arena, ret->d.p[p].id, &seal));
		ret->impressions[i] = seal.seal;
	}
	return OK;
}

/* One signature an impression; the invisible field for those who stamp nowhere. */
static enum err
approve_one(struct app *a, struct str job, const struct row_participant *p, const struct row_consent *c,
    struct str impression, struct sha256_prefix *hashed, struct buf *file)
{
	struct place places[PLACES_MAX];
	unsigned n = impression.n ? places_decode(p->places, places) : 0;
	struct seal_approval what = {.impression = n ? impression : STR_NONE,
	    .name = participant_words(a->arena, p),
	    .reason = arena_printf(
	        a->arena, "合意 %.*s %.*s", STR_ARG(participant_mail(p)), STR_ARG(c->authentication)),
	    .at_ms = c->at_ms};
	for (unsigned k = 0; k < (n ? n : 1); k++) {
		what.field = seal_field(a->arena, p, n ? k + 1 : 0);
		TRY(sealer_approve(a->sealer, job, &what, hashed, file));
	}
	return OK;
}

static enum err
seal_file(struct app *a, struct str job, const struct sealing *s, struct revisions *ret)
{
	struct buf file CLEANUP(buf_free) = {0};
	struct sha256_prefix hashed CLEANUP(sha256_prefix_free) = {0};
	struct sha256 digest;
	struct str pdf, authority;
	TRY(digest_read(s->d.e.document_sha256, &digest));
	TRY(blob_get(a->blobs, &digest, a->arena, &pdf));
	buf_put(&file, pdf);
	for (size_t i = 0; i < s->consents.n; i++) {
		const struct row_consent *c = &s->consents.v[i];
		if (!str_eq(c->document_sha256, s->d.e.document_sha256))
			return BUG("a consent to other bytes");
		TRY(approve_one(a, job, &s->d.p[dossier_find(&s->d, c->participant_id)], c, s->impressions[i],
		    &hashed, &file));
		sha256_prefix_extend(&hashed, buf_str(&file));
		digest = sha256_prefix_digest(&hashed, STR_NONE, STR_NONE);
		ret->participant[ret->n] = c->participant_id;
		ret->sha256[ret->n++] = sha256_hex(a->arena, &digest);
	}
	TRY(timestamping_authority(a, s->d.e.organisation_id, &authority));
	TRY(timestamping_result(
	    a, &s->d.e, sealer_timestamp(a->sealer, job, authority, &hashed, &file, a->arena, &ret->stamp)));
	TRY(blob_put(a->blobs, buf_str(&file), &digest));
	ret->sha256[ret->n++] = sha256_hex(a->arena, &digest);
	return OK;
}

static enum err
approve_once(struct app *a, struct str job, struct str envelope, struct revisions *r)
{
	struct change c CLEANUP(change_end) = {0};
	struct sealing s = {0};
	TRY(sealing_load(a, envelope, &s));
	if (s.d.e.state != ENVELOPE_SEALING || s.d.e.concluded_sha256.n)
		return OK; /* consents are missing, or it is done */
	if (s.consents.n > PARTICIPANTS_MAX)
		return BUG("more consents than participants");
	if (r->n == 0) /* else the swap failed last time; the file is good */
		TRY(seal_file(a, job, &s, r));
	struct str final = r->sha256[r->n - 1];
	TRY(change_start(&c, a, &s.d.e, ENVELOPE_ACT_SEALED));
	change_event(
	    &c, &(struct change_what){.kind = AUDIT_SEALED, .actor = STR("システム"), .detail = final});
	TRY(change_begin(&c));
	for (unsigned i = 0; i < r->n; i++)
		TRY(change_one(&c,
		    q_revision_add(&c.tx, envelope, i + 1, i + 1 < r->n ? STR("approval") : STR("timestamp"),
		        r->participant[i], r->sha256[i], a->now_ms, &c.n)));
	TRY(change_one(
	    &c, q_envelope_set_concluded(&c.tx, envelope, final, r->stamp.time_ms, r->stamp.by, &c.n)));
	TRY(q_issued_file_add(&c.tx, final, ISSUED_CONTRACT, envelope, &c.n));
	TRY(change_job(
	    &c, "certificate", arena_printf(a->arena, "certificate %.*s", STR_ARG(envelope)), envelope));
	return change_commit(&c);
}

static enum err
approve(struct app *a, struct str job, struct str envelope, struct revisions *r)
{
	AGAIN(approve_once(a, job, envelope, r));
}

enum err
app_job_approve(struct app *a, struct str job, struct str payload)
{
	struct revisions *r = ARENA_NEW(a->arena, struct revisions);
	return approve(a, job, payload, r);
}

/* Approvals and timestamp are one run, so there is one piece of work whichever name it is ordered by. */
enum err
app_job_conclude(struct app *a, struct str job, struct str payload)
{
	return app_job_approve(a, job, payload);
}
