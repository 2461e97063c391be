/* Port: reading the local outbox, where mails lie until SMTP is configured. Implemented by src/mail. */
#ifndef PORT_OUTBOX_H
#define PORT_OUTBOX_H

#include "arena.h"

#include <stdint.h>

struct outbox;

struct outbox_row {
	struct str id, to, subject;
	int64_t at_ms;
};
struct outbox_mail {
	struct str to, subject, text, html;
	int64_t at_ms;
};

/* Newest first. */
MUST_CHECK enum err
outbox_list(struct outbox *o, struct arena *a, struct outbox_row **ret, size_t *ret_n);
/* ERR_NOT_FOUND for any id that is not in the list. */
MUST_CHECK enum err
outbox_read(struct outbox *o, struct arena *a, struct str id, struct outbox_mail *ret);

#endif
