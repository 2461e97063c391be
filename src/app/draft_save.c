/* The draft's form is kept: as it is, so that work can go on later; what cannot be kept at all is pointed
 * out. */
#include "app_text.h"
#include "draft.h"

static const double SEAL_MIN_MM = 5, SEAL_MAX_MM = 60;

struct sheet_sizes {
	double *width_mm, *height_mm;
	unsigned n;
};

static bool
place_fits(const struct place *p, const struct sheet_sizes *s)
{
	if (p->page < 1 || p->page > s->n)
		return false;
	bool size = p->size_mm >= SEAL_MIN_MM && p->size_mm <= SEAL_MAX_MM;
	return size && p->x_mm >= 0 && p->y_mm >= 0 && p->x_mm + p->size_mm <= s->width_mm[p->page - 1] &&
	       p->y_mm + p->size_mm <= s->height_mm[p->page - 1];
}

static void
check_participant(struct app *a, struct faults *f, unsigned number, const struct draft_participant *d,
    const struct sheet_sizes *sheets, struct draft_participant *ret)
{
	struct str company = arena_printf(a->arena, "p%u-company", number),
	           name = arena_printf(a->arena, "p%u-name", number);
	struct str mail = arena_printf(a->arena, "p%u-mail", number),
	           places = arena_printf(a->arena, "p%u-places", number);
	*ret = *d;
	check_line(a, f, company, d->company, NAME_MAX, false, &ret->company);
	check_line(a, f, name, d->name, NAME_MAX, false, &ret->name);
	ret->mail = STR_NONE;
	if (str_trim(d->mail).n)
		check_mail(a, f, mail, d->mail, &ret->mail);
	ret->entry = d->entry & (ENTRY_MAIL | ENTRY_URL);
	if (ret->entry == 0)
		fault_add(f, mail, "メールか締結用URLのどちらかを選んでください。",
		    "Choose mail, a signing URL, or both.");
	if (!d->seal_required)
		ret->places_n = 0;
	for (unsigned i = 0; i < ret->places_n; i++)
		if (!place_fits(&ret->places[i], sheets)) {
			fault_add(f, places,
			    "印影の位置がページからはみ出しています。ページと位置を確認してください。",
			    "A place for the seal is not on the page. Please check page and position.");
			break;
		}
	ret->requests_n = 0;
	for (unsigned i = 0; i < d->requests_n; i++) {
		struct document_request *r = &ret->requests[ret->requests_n];
		struct str field = arena_printf(a->arena, "p%u-request%u-name", number, i + 1);
		*r = d->requests[i];
		check_line(a, f, field, d->requests[i].name, NAME_MAX, false, &r->name);
		check_text(a, f, field, d->requests[i].note, MESSAGE_MAX, &r->note);
		ret->requests_n += r->name.n > 0;
	}
}

static enum err
sheets_load(struct app *a, const struct dossier *d, struct sheet_sizes *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_document doc;
	TRY(tx_read(a->store, &tx));
	TRY(q_document_get(&tx, a->arena, d->e.source_sha256, &doc));
	ret->n = (unsigned)doc.pages;
	sizes_decode(a->arena, doc.sizes, ret->n, &ret->width_mm, &ret->height_mm);
	return OK;
}

static enum err
save_once(struct app *a, const struct user *u, const struct draft_cmd *cmd, struct faults *faults)
{
	struct change c CLEANUP(change_end) = {0};
	struct draft_participant kept[PARTICIPANTS_MAX];
	struct sheet_sizes sheets;
	struct dossier d;
	struct str title, message;
	int64_t n;
	faults->n = 0;
	TRY(dossier_load_of(a, u, cmd->envelope, &d));
	TRY(change_start(&c, a, &d.e, ENVELOPE_ACT_EDIT));
	TRY(sheets_load(a, &d, &sheets));
	check_line(a, faults, STR("title"), cmd->title, TITLE_MAX, true, &title);
	check_text(a, faults, STR("message"), cmd->message, MESSAGE_MAX, &message);
	if (cmd->participants_n > PARTICIPANTS_MAX)
		return ERR_INVALID;
	for (unsigned i = 0; i < cmd->participants_n; i++)
		check_participant(a, faults, i + 1, &cmd->participants[i], &sheets, &kept[i]);
	TRY(faults_result(faults));

	TRY(change_begin(&c));
	TRY(change_one(&c, q_envelope_set_words(&c.tx, d.e.id, title, message, &c.n)));
	TRY(q_requests_clear(&c.tx, d.e.id, &n));
	TRY(q_participants_clear(&c.tx, d.e.id, &n));
	TRY(draft_participants_add(a, &c.tx, d.e.id, kept, cmd->participants_n));
	return change_commit(&c);
}

enum err
app_draft_save(struct app *a, const struct user *u, const struct draft_cmd *cmd, struct faults *faults)
{
	AGAIN(save_once(a, u, cmd, faults));
}
