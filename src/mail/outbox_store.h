#ifndef MAIL_OUTBOX_STORE_H
#define MAIL_OUTBOX_STORE_H

#include "mailer.h"
#include "outbox.h"

/* Keeps the bytes of a mail; durable when it answers OK. The same message id and time replace what was there.
 */
MUST_CHECK enum err
outbox_keep(struct outbox *o, const struct mail *m, struct str bytes);

#endif
