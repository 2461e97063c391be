/* The steps of a signer on the way to the consent: each is one small transaction, and doing it again changes
 * nothing. */
#include "signer.h"
#include "utf8.h"

static const size_t SEAL_BYTES_MAX = 1 << 20;
enum { SEAL_TEXT_MAX = 20 };

static enum err
seen_all_once(struct app *a, struct str session)
{
	struct change c CLEANUP(change_end) = {0};
	struct signer s = {0};
	TRY(signer_load_acting(a, session, &s));
	if (s.p->seen_all_ms)
		return OK;
	TRY(change_start(&c, a, &s.d.e, ENVELOPE_ACT_SIGNER));
	signer_event(&c, &s, AUDIT_SEEN_ALL, STR_NONE);
	TRY(change_begin(&c));
	TRY(change_one(&c, q_participant_set_seen_all(&c.tx, s.p->id, a->now_ms, &c.n)));
	return change_commit(&c);
}

enum err
app_sign_seen_all(struct app *a, struct str session)
{
	AGAIN(seen_all_once(a, session));
}

static enum err
reviewed_once(struct app *a, struct str session)
{
	struct change c CLEANUP(change_end) = {0};
	struct signer s = {0};
	TRY(signer_load_acting(a, session, &s));
	if (s.p->reviewed_ms)
		return OK;
	TRY(change_start(&c, a, &s.d.e, ENVELOPE_ACT_SIGNER));
	signer_event(&c, &s, AUDIT_REVIEWED, s.d.e.document_sha256);
	TRY(change_begin(&c));
	TRY(change_one(
	    &c, q_participant_set_reviewed(&c.tx, s.p->id, PARTICIPANT_REVIEWED, a->now_ms, &c.n)));
	return change_commit(&c);
}

enum err
app_sign_reviewed(struct app *a, struct str session)
{
	AGAIN(reviewed_once(a, session));
}

static enum err
documents_once(struct app *a, struct str session)
{
	struct change c CLEANUP(change_end) = {0};
	struct signer s = {0};
	TRY(signer_load_acting(a, session, &s));
	if (!s.p->reviewed_ms)
		return ERR_WRONG_STATE;
	for (size_t i = 0; i < s.requests.n; i++) {
		const struct row_request *r = &s.requests.v[i];
		if (str_eq(r->participant_id, s.p->id) && r->required && !signer_submission(&s, r->id))
			return ERR_DOCUMENT_MISSING;
	}
	if (s.p->documents_ms)
		return OK;
	TRY(change_start(&c, a, &s.d.e, ENVELOPE_ACT_SIGNER));
	TRY(change_begin(&c));
	TRY(change_one(&c, q_participant_set_documents(&c.tx, s.p->id, a->now_ms, &c.n)));
	return change_commit(&c);
}

enum err
app_sign_documents_done(struct app *a, struct str session)
{
	AGAIN(documents_once(a, session));
}

struct seal_cmd {
	struct str seal, method, text;
	unsigned face;
};

static enum err
seal_once(struct app *a, struct str session, const struct seal_cmd *cmd)
{
	struct change c CLEANUP(change_end) = {0};
	struct signer s = {0};
	TRY(signer_load_acting(a, session, &s));
	struct progress g = signer_progress(&s);
	if (!g.has_seal || progress_reached(&g) < STEP_SEAL)
		return ERR_WRONG_STATE;
	if (str_eq(cmd->method, STR("ink")) && !s.p->handwriting_allowed)
		return ERR_FORBIDDEN;
	TRY(change_start(&c, a, &s.d.e, ENVELOPE_ACT_SIGNER));
	struct sha256 digest = sha256_of(cmd->seal);
	signer_event(&c, &s, AUDIT_SEAL_MADE,
	    arena_printf(
	        a->arena, "%.*s %.*s", STR_ARG(cmd->method), STR_ARG(sha256_hex(a->arena, &digest))));
	TRY(change_begin(&c));
	TRY(change_one(&c, q_participant_set_seal(&c.tx, s.p->id, cmd->method, cmd->text, cmd->face, &c.n)));
	TRY(change_one(&c, q_impression_put(&c.tx, s.p->id, cmd->seal, &c.n)));
	return change_commit(&c);
}

static enum err
seal_again(struct app *a, struct str session, const struct seal_cmd *cmd)
{
	AGAIN(seal_once(a, session, cmd));
}

enum err
app_sign_seal(
    struct app *a, struct str session, struct str seal, struct str method, struct str text, unsigned face)
{
	struct seal_cmd cmd = {.seal = seal, .method = method, .face = face};
	bool known =
	    str_eq(method, STR("text")) || str_eq(method, STR("image")) || str_eq(method, STR("ink"));
	if (!known || face > 100)
		return ERR_INVALID;
	if (seal.n == 0)
		return ERR_SEAL_MISSING;
	if (seal.n > SEAL_BYTES_MAX)
		return ERR_TOO_LARGE;
	if (!utf8_valid(seal))
		return ERR_INVALID;
	TRY(utf8_line(a->arena, text, SEAL_TEXT_MAX, &cmd.text));
	return seal_again(a, session, &cmd);
}
