/* What one 合意証明書 is put together from, and how. */
#ifndef APP_CERTIFICATE_FILL_H
#define APP_CERTIFICATE_FILL_H

#include "dossier.h"

/* One version (round) of the contract, and what happened to it. */
struct issuing_round {
	struct row_envelope e;
	struct row_audit_list audit;
	struct row_participant_list people;
};

struct issuing {
	struct app *a;
	struct dossier d;
	struct row_document doc;
	struct row_consent_list consents;
	struct issuing_round *rounds; /* oldest first; the last one is being concluded */
	size_t rounds_n;
	struct row_request_list requests;
	struct row_submission_list submissions;
	struct row_mails_sent_list mails;
	struct row_checkpoint checkpoint; /* the newest; size 0 = none */
	struct str *impressions;          /* by participant */
	/* of the files */
	size_t sent_bytes, concluded_bytes;
	struct seal_mark *marks;
	size_t marks_n;
};

/* Everything but the attached JSON. */
MUST_CHECK enum err
certificate_fill(const struct issuing *w, struct certificate *ret);
/* The attached JSON (docs/certificate-json.md): the same once more for programs, and this version's audit
 * rows as the text that their hashes were made from. */
struct str
certificate_json(const struct issuing *w, const struct certificate *c);

#endif
