/* Port: sending one mail. Implemented by src/mail (SMTP by libcurl, or the local outbox). */
#ifndef PORT_MAILER_H
#define PORT_MAILER_H

#include "arena.h"

#include <stdint.h>

struct mailer;

struct mail {
	struct str message_id; /* without <>; derived from the job's id, the same at every retry */
	struct str from_name, to_name, to, reply_to_name,
	    reply_to;                   /* addresses as checked by utf8_mail(); reply_to may be empty */
	struct str subject, text, html; /* UTF-8 */
	struct str language;            /* "ja" or "en" */
	int64_t at_ms;
};

/* ERR_SMTP for whatever may pass (retry), ERR_INVALID when the server refused the mail for good (5xx).
 * ret_answer: the server's words. */
MUST_CHECK enum err
mailer_send(struct mailer *m, const struct mail *mail, struct arena *a, struct str *ret_answer);

#endif
