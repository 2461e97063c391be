#include "mailer_new.h"
#include "message.h"
#include "outbox_store.h"
#include "smtp.h"

#include <stdlib.h>

struct mailer {
	struct str from;
	struct smtp *smtp; /* or */
	struct outbox *outbox;
};

enum err
mailer_new(struct arena *a, const struct mail_settings *settings, struct mailer **ret)
{
	struct mailer *m = ARENA_NEW(a, struct mailer);
	if (!message_address_ok(settings->from))
		return ERR_CONFIG;
	m->from = arena_str(a, settings->from);
	if (settings->smtp_url.n)
		TRY(smtp_open(settings, &m->smtp));
	else
		TRY(outbox_open(a, arena_cstr(a, settings->outbox), &m->outbox));
	*ret = m;
	return OK;
}

void
mailer_free(struct mailer *m)
{
	if (m->smtp)
		smtp_close(m->smtp);
	m->smtp = NULL;
}

static void
free_bytes(struct buf *b)
{
	buf_free(b);
}

enum err
mailer_send(struct mailer *m, const struct mail *mail, struct arena *a, struct str *ret_answer)
{
	struct buf bytes CLEANUP(free_bytes) = {0};
	*ret_answer = STR("the mail is not valid");
	TRY(message_build(a, mail, m->from, &bytes));
	if (m->smtp)
		return smtp_send(m->smtp, mail->to, buf_str(&bytes), a, ret_answer);
	*ret_answer = STR("kept in the local outbox");
	return outbox_keep(m->outbox, mail, buf_str(&bytes));
}
