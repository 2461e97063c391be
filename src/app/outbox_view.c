/* The local outbox: what would have been mailed. */
#include "app.h"

enum err
app_outbox_list(struct app *a, const struct user *u, struct outbox_row **ret, size_t *ret_n)
{
	if (!a->outbox)
		return ERR_NOT_FOUND;
	return outbox_list(a->outbox, a->arena, ret, ret_n);
}

enum err
app_outbox_mail(struct app *a, const struct user *u, struct str id, struct outbox_mail *ret)
{
	if (!a->outbox)
		return ERR_NOT_FOUND;
	return outbox_read(a->outbox, a->arena, id, ret);
}
