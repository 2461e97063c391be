/* Whoever is at the other end of a signer session. */
#ifndef APP_SIGNER_H
#define APP_SIGNER_H

#include "change.h"

struct signer {
	struct row_signer_session s;
	struct dossier d;
	size_t i;                         /* of the participant in d */
	struct row_participant *p;        /* &d.p[i] */
	struct row_request_list requests; /* of the whole envelope; signer_requests() picks */
	struct row_submission_list submissions;
};

/* ERR_LOGIN for unknown or old sessions. Says nothing of what the signer may still do. */
MUST_CHECK enum err
signer_load(struct app *a, struct str session, struct signer *ret);
/* The same, and the signer may act now: participant_may_act(). */
MUST_CHECK enum err
signer_load_acting(struct app *a, struct str session, struct signer *ret);
/* A new session; the token goes into the cookie. */
MUST_CHECK enum err
signer_session_start(struct app *a, struct tx *tx, const struct row_signer_session *s, struct str *ret_token);
/* The submission for a request, NULL when there is none. */
const struct row_submission *
signer_submission(const struct signer *s, struct str request);
struct progress
signer_progress(const struct signer *s);
/* An audit row of this signer: entry and authentication come from the session. */
struct str
signer_event(struct change *c, const struct signer *s, enum audit_kind kind, struct str detail);
/* The signer in words, by the session: the recorded party. */
struct str
signer_words(struct app *a, const struct signer *s);
struct str
signer_company(const struct signer *s);
struct str
signer_name(const struct signer *s);
struct str
signer_mail(const struct signer *s);

struct str
entry_words(int64_t entry, bool english);
struct str
authentication_words(int64_t entry, bool english);
struct str
consent_words(struct app *a, const struct row_envelope *e, bool english);

#endif
