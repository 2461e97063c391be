#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H

#include "mailer_new.h"

struct smtp;

MUST_CHECK enum err
smtp_open(const struct mail_settings *s, struct smtp **ret);
void
smtp_close(struct smtp *s);
/* One mail. ERR_SMTP for what may pass, ERR_INVALID when recipient or contents were refused for good.
 * ret_answer: the server's last words, or what kept us from hearing any; written in both cases. */
MUST_CHECK enum err
smtp_send(struct smtp *s, struct str to, struct str bytes, struct arena *a, struct str *ret_answer);

#endif
