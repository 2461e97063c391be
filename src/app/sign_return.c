/* 差し戻し: back to the sender with a reason. Ends the round: nobody can sign this version any more. */
#include "app_text.h"
#include "post.h"
#include "signer.h"
#include "utf8.h"

static enum err
return_once(struct app *a, struct str session, struct str reason)
{
	struct change c CLEANUP(change_end) = {0};
	struct signer s = {0};
	TRY(signer_load_acting(a, session, &s));
	TRY(change_start(&c, a, &s.d.e, ENVELOPE_ACT_RETURN));
	signer_event(&c, &s, AUDIT_RETURNED, reason);
	TRY(change_begin(&c));
	TRY(change_one(&c, q_envelope_set_returned(&c.tx, s.d.e.id, reason,
	                       who_words(a->arena, signer_company(&s), signer_name(&s)), &c.n)));
	TRY(change_one(&c, q_participant_set_state(&c.tx, s.p->id, PARTICIPANT_RETURNED, &c.n)));
	TRY(change_post(&c, POST_RETURNED, s.p->id));
	if (signer_mail(&s).n)
		TRY(change_post(&c, POST_RETURN_RECEIPT, s.p->id));
	return change_commit(&c);
}

enum err
app_sign_return(struct app *a, struct str session, struct str reason)
{
	struct str clean;
	if (utf8_text(a->arena, reason, REASON_MAX, &clean) != OK)
		return ERR_INVALID;
	if (clean.n == 0)
		return ERR_REASON;
	AGAIN(return_once(a, session, clean));
}
