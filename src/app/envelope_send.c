/* Draft -> preparing: checked for completeness; the rest is the work of app_job_certify(). */
#include "app_text.h"
#include "draft.h"

static void
check_complete(struct app *a, struct faults *f, unsigned number, const struct row_participant *p)
{
	if (p->name.n == 0)
		fault_add(f, arena_printf(a->arena, "p%u-name", number), "氏名を入力してください。",
		    "Please enter a name.");
	if (p->mail.n == 0 && (p->entry & ENTRY_MAIL))
		fault_add(f, arena_printf(a->arena, "p%u-mail", number), "メールアドレスを入力してください。",
		    "Please enter a mail address.");
	if (p->seal_required && p->places.n == 0)
		fault_add(f, arena_printf(a->arena, "p%u-places", number), "印影の位置を指定してください。",
		    "Please say where the seal goes.");
}

static enum err
send_once(struct app *a, const struct user *u, struct str envelope, struct faults *faults)
{
	struct change c CLEANUP(change_end) = {0};
	struct dossier d;
	faults->n = 0;
	TRY(dossier_load_of(a, u, envelope, &d));
	TRY(change_start(&c, a, &d.e, ENVELOPE_ACT_SEND));
	if (d.e.title.n == 0)
		fault_add(faults, STR("title"), "題名を入力してください。", "Please enter a title.");
	if (d.n == 0)
		fault_add(faults, STR("p1-name"), "署名者を1人以上入力してください。",
		    "Please enter at least one signer.");
	for (size_t i = 0; i < d.n; i++)
		check_complete(a, faults, (unsigned)i + 1, &d.p[i]);
	TRY(faults_result(faults));
	change_event(&c, &(struct change_what){.kind = AUDIT_SEND_ORDERED, .actor = user_words(a, u)});

	TRY(change_begin(&c));
	TRY(change_job(&c, "certify", arena_printf(a->arena, "certify %.*s", STR_ARG(envelope)), envelope));
	return change_commit(&c);
}

enum err
app_envelope_send(struct app *a, const struct user *u, struct str envelope, struct faults *faults)
{
	AGAIN(send_once(a, u, envelope, faults));
}
