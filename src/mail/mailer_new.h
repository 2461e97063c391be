/* Making the mailer and opening the outbox: for the composition root and for tests. */
#ifndef MAIL_MAILER_NEW_H
#define MAIL_MAILER_NEW_H

#include "mailer.h"
#include "outbox.h"

struct mail_settings {
	struct str from;           /* the address every mail comes from */
	struct str smtp_url;       /* smtp://host:587 or smtps://host:465; empty: mails go to the outbox */
	struct str user, password; /* empty: no AUTH */
	bool starttls;             /* smtp:// only: no mail and no password without it */
	struct str ca_file;        /* PEM with the trust anchors; empty: the system's */
	struct str outbox;         /* folder, which must exist; used without smtp_url */
};

/* Safe to use from several threads; each keeps a connection of its own. ERR_CONFIG when the settings cannot
 * work. */
MUST_CHECK enum err
mailer_new(struct arena *a, const struct mail_settings *settings, struct mailer **ret);
void
mailer_free(struct mailer *m);

/* For reading what the mailer of another role has left there. */
MUST_CHECK enum err
outbox_open(struct arena *a, const char *folder, struct outbox **ret);

#endif
