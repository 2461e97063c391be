#include "post.h"

static const struct {
	const char *name, *ja, *en;
} posts[POST_COUNT] = {
    [POST_REQUEST] = {"request", "署名の依頼", "Request to sign"},
    [POST_CODE] = {"code", "認証コード", "Code"},
    [POST_RETURNED] = {"returned", "差し戻しの通知", "Notice of return"},
    [POST_RETURN_RECEIPT] = {"return-receipt", "差し戻しの受付", "Receipt of return"},
    [POST_FORWARDED] = {"forwarded", "転送による署名の依頼", "Forwarded request to sign"},
    [POST_FORWARD_NOTICE] = {"forward-notice", "転送の通知", "Notice of forwarding"},
    [POST_SIGNED] = {"signed", "合意の通知", "Notice of agreement"},
    [POST_COMPLETED] = {"completed", "締結完了", "Concluded"},
    [POST_WITHDRAWN] = {"withdrawn", "取り下げの通知", "Notice of withdrawal"},
    [POST_RESEND] = {"resend", "リンクの再送", "Links sent again"},
};

struct str
post_name(enum post post)
{
	return str_c(posts[post].name);
}

struct str
post_words(struct str name, bool english)
{
	for (size_t i = 0; i < POST_COUNT; i++)
		if (str_eq(name, str_c(posts[i].name)))
			return str_c(english ? posts[i].en : posts[i].ja);
	return name;
}

enum err
post_order(struct app *a, struct tx *tx, const struct post_order *o)
{
	struct str payload = arena_printf(a->arena, "%s %.*s %.*s %.*s", posts[o->post].name,
	    STR_ARG(o->envelope), STR_ARG(o->participant.n ? o->participant : STR("-")),
	    STR_ARG(o->extra.n ? o->extra : STR("-")));
	return job_order(a, tx, "mail", arena_printf(a->arena, "mail %.*s", STR_ARG(payload)), payload);
}

enum err
change_post(struct change *c, enum post post, struct str participant)
{
	c->jobs = true;
	return post_order(c->a, &c->tx,
	    &(struct post_order){.post = post, .envelope = c->e.id, .participant = participant});
}

enum err
post_parse(struct str payload, struct post_order *ret)
{
	struct str part[4];
	for (unsigned i = 0; i < 4; i++)
		if (!str_split(&payload, ' ', &part[i]))
			return ERR_INVALID;
	for (unsigned i = 0; i < POST_COUNT; i++)
		if (str_eq(part[0], str_c(posts[i].name))) {
			*ret = (struct post_order){.post = (enum post)i,
			    .envelope = part[1],
			    .participant = str_eq(part[2], STR("-")) ? STR_NONE : part[2],
			    .extra = str_eq(part[3], STR("-")) ? STR_NONE : part[3]};
			return OK;
		}
	return ERR_INVALID;
}

void
turns_note(struct change *c, const struct dossier *d, const struct party *parties, struct turns *ret)
{
	ret->n = d->n < PARTICIPANT_ROWS_MAX ? d->n : PARTICIPANT_ROWS_MAX;
	if (!party_turns(parties, ret->n, ret->come))
		return;
	for (size_t i = 0; i < ret->n; i++)
		if (ret->come[i])
			change_event(c, &(struct change_what){.kind = AUDIT_NOTIFIED,
			                    .participant = d->p[i].id,
			                    .actor = STR("システム"),
			                    .detail = participant_words(c->a->arena, &d->p[i])});
}

enum err
turns_apply(struct change *c, const struct dossier *d, const struct turns *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (!t->come[i])
			continue;
		TRY(change_one(c, q_participant_set_state(&c->tx, d->p[i].id, PARTICIPANT_NOTIFIED, &c->n)));
		if (d->p[i].entry & ENTRY_MAIL)
			TRY(change_post(c, POST_REQUEST, d->p[i].id));
	}
	return OK;
}
