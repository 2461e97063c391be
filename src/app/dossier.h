/* An envelope with its participants, as the rules of the domain want to see it. */
#ifndef APP_DOSSIER_H
#define APP_DOSSIER_H

#include "app.h"
#include "query.h"

struct dossier {
	struct row_envelope e;
	struct row_participant *p;
	size_t n;
	struct party *parties; /* by participant */
};

MUST_CHECK enum err
dossier_read(struct app *a, struct tx *tx, struct str envelope, struct dossier *ret);
/* In a read view of its own. */
MUST_CHECK enum err
dossier_load(struct app *a, struct str envelope, struct dossier *ret);
/* ERR_NOT_FOUND also for envelopes of other organisations. */
MUST_CHECK enum err
dossier_load_of(struct app *a, const struct user *u, struct str envelope, struct dossier *ret);
/* Index of a participant, or n. */
size_t
dossier_find(const struct dossier *d, struct str participant);
/* As the signer wrote it, else as the sender did. */
struct str
participant_company(const struct row_participant *p);
struct str
participant_name(const struct row_participant *p);
struct str
participant_mail(const struct row_participant *p);
struct str
participant_words(struct arena *a, const struct row_participant *p);

#endif
