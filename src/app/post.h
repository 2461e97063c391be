/* Ordering mails: a job row each, in the transaction of what they tell about. */
#ifndef APP_POST_H
#define APP_POST_H

#include "change.h"

enum post {
	POST_REQUEST,  /* participant: 【署名依頼】, or 【修正版】 from the second version on */
	POST_CODE,     /* participant, extra = challenge */
	POST_RETURNED, /* participant = who returned; to the sender */
	POST_RETURN_RECEIPT, /* to that participant */
	POST_FORWARDED,      /* participant = the new one */
	POST_FORWARD_NOTICE, /* participant = the new one; to the sender */
	POST_SIGNED,         /* participant = who agreed; to the sender */
	POST_COMPLETED,      /* participant, or empty: the sender */
	POST_WITHDRAWN,      /* participant */
	POST_RESEND,         /* participant, extra = anything that makes it unique */
	POST_COUNT
};

/* A job's payload: which mail about what. Ids only, never tokens. */
struct post_order {
	enum post post;
	struct str envelope, participant, extra;
};

MUST_CHECK enum err
post_order(struct app *a, struct tx *tx, const struct post_order *o);
/* Within a change of that envelope. */
MUST_CHECK enum err
change_post(struct change *c, enum post post, struct str participant);
/* "request" and so on, as in payloads. */
struct str
post_name(enum post post);
/* Words for a stored name; the name itself when it is unknown. */
struct str
post_words(struct str name, bool english);
/* ERR_INVALID when it is none. */
MUST_CHECK enum err
post_parse(struct str payload, struct post_order *ret);

/* Whose turn has come: the audit rows (before change_begin), then states and mails (after). parties: as they
 * will be. */
struct turns {
	bool come[PARTICIPANT_ROWS_MAX];
	size_t n;
};
void
turns_note(struct change *c, const struct dossier *d, const struct party *parties, struct turns *ret);
MUST_CHECK enum err
turns_apply(struct change *c, const struct dossier *d, const struct turns *t);

#endif
