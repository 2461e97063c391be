#include "dossier.h"

#include "app_text.h"

static enum err
fill(struct app *a, struct tx *tx, struct dossier *d)
{
	struct row_participant_list list;
	TRY(q_participants_of(tx, a->arena, d->e.id, &list));
	d->p = list.v;
	d->n = list.n;
	d->parties = ARENA_ARRAY(a->arena, struct party, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		d->parties[i] = (struct party){
		    .state = (enum participant_state)list.v[i].state, .order = (unsigned)list.v[i].turn};
	return OK;
}

enum err
dossier_read(struct app *a, struct tx *tx, struct str envelope, struct dossier *ret)
{
	struct dossier d = {0};
	TRY(q_envelope_get(tx, a->arena, envelope, &d.e));
	TRY(fill(a, tx, &d));
	*ret = d;
	return OK;
}

enum err
dossier_load(struct app *a, struct str envelope, struct dossier *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	TRY(tx_read(a->store, &tx));
	return dossier_read(a, &tx, envelope, ret);
}

enum err
dossier_load_of(struct app *a, const struct user *u, struct str envelope, struct dossier *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct dossier d = {0};
	TRY(tx_read(a->store, &tx));
	TRY(q_envelope_of(&tx, a->arena, u->organisation, envelope, &d.e));
	TRY(fill(a, &tx, &d));
	*ret = d;
	return OK;
}

size_t
dossier_find(const struct dossier *d, struct str participant)
{
	size_t i = 0;
	while (i < d->n && !str_eq(d->p[i].id, participant))
		i++;
	return i;
}

struct str
participant_company(const struct row_participant *p)
{
	return p->signer_mail.n ? p->signer_company : p->company;
}

struct str
participant_name(const struct row_participant *p)
{
	return p->signer_name.n ? p->signer_name : p->name;
}

struct str
participant_mail(const struct row_participant *p)
{
	return p->signer_mail.n ? p->signer_mail : p->mail;
}

struct str
participant_words(struct arena *a, const struct row_participant *p)
{
	return who_words(a, participant_company(p), participant_name(p));
}
