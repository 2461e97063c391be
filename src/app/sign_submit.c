/* Documents that the sender asked for. */
#include "app_text.h"
#include "signer.h"

static const size_t SUBMISSION_BYTES_MAX = 10 << 20;

struct submit_cmd {
	struct str request, file_name, mime, sha256;
	size_t size;
};

/* What the bytes are, by their beginning; the name and what a browser claims do not count. */
static struct str
mime_of(struct str b)
{
	if (str_starts(b, STR("%PDF-")))
		return STR("application/pdf");
	if (str_starts(b, STR("\x89PNG\r\n\x1a\n")))
		return STR("image/png");
	if (str_starts(b, STR("\xff\xd8\xff")))
		return STR("image/jpeg");
	return STR_NONE;
}

static const struct row_request *
request_find(const struct signer *s, struct str id)
{
	for (size_t i = 0; i < s->requests.n; i++)
		if (str_eq(s->requests.v[i].id, id) && str_eq(s->requests.v[i].participant_id, s->p->id))
			return &s->requests.v[i];
	return NULL;
}

static enum err
submit_once(struct app *a, struct str session, const struct submit_cmd *cmd)
{
	struct change c CLEANUP(change_end) = {0};
	struct signer s = {0};
	TRY(signer_load_acting(a, session, &s));
	const struct row_request *r = request_find(&s, cmd->request);
	if (!r)
		return ERR_NOT_FOUND;
	if (!s.p->reviewed_ms)
		return ERR_WRONG_STATE;
	TRY(change_start(&c, a, &s.d.e, ENVELOPE_ACT_SIGNER));
	signer_event(&c, &s, AUDIT_SUBMITTED,
	    arena_printf(a->arena, "%.*s: %.*s %.*s", STR_ARG(r->name), STR_ARG(cmd->file_name),
	        STR_ARG(cmd->sha256)));
	TRY(change_begin(&c));
	TRY(change_one(&c, q_submission_put(&c.tx, id_new(a->arena), r->id, s.p->id, s.d.e.id, cmd->file_name,
	                       cmd->mime, cmd->sha256, (int64_t)cmd->size, a->now_ms, &c.n)));
	return change_commit(&c);
}

static enum err
submit_again(struct app *a, struct str session, const struct submit_cmd *cmd)
{
	AGAIN(submit_once(a, session, cmd));
}

enum err
app_sign_submit(struct app *a, struct str session, struct str request, struct str file_name, struct str bytes)
{
	struct submit_cmd cmd = {.request = request, .mime = mime_of(bytes), .size = bytes.n};
	struct signer s = {0};
	struct sha256 digest;
	if (bytes.n > SUBMISSION_BYTES_MAX)
		return ERR_TOO_LARGE;
	if (cmd.mime.n == 0)
		return ERR_FILE_TYPE;
	TRY(signer_load_acting(a, session, &s)); /* nobody else may fill the disk */
	if (!request_find(&s, request))
		return ERR_NOT_FOUND;
	cmd.file_name = file_name_clean(a->arena, file_name, STR("document"));
	TRY(blob_put(a->blobs, bytes, &digest));
	cmd.sha256 = sha256_hex(a->arena, &digest);
	return submit_again(a, session, &cmd);
}

static enum err
unsubmit_once(struct app *a, struct str session, struct str request)
{
	struct change c CLEANUP(change_end) = {0};
	struct signer s = {0};
	TRY(signer_load_acting(a, session, &s));
	const struct row_request *r = request_find(&s, request);
	const struct row_submission *got = signer_submission(&s, request);
	if (!r)
		return ERR_NOT_FOUND;
	if (!got)
		return OK;
	TRY(change_start(&c, a, &s.d.e, ENVELOPE_ACT_SIGNER));
	signer_event(&c, &s, AUDIT_UNSUBMITTED,
	    arena_printf(a->arena, "%.*s: %.*s %.*s", STR_ARG(r->name), STR_ARG(got->file_name),
	        STR_ARG(got->sha256)));
	TRY(change_begin(&c));
	TRY(change_one(&c, q_submission_drop(&c.tx, request, s.p->id, &c.n)));
	return change_commit(&c);
}

enum err
app_sign_unsubmit(struct app *a, struct str session, struct str request)
{
	AGAIN(unsubmit_once(a, session, request));
}
