/* The sender's list of contracts. */
#include "app_text.h"
#include "dossier.h"
#include "timestamping.h"

enum { PAGE_ROWS = 50, WORDS_MAX = 3 };

/* A cursor is the time of change and the id of the last row: "1764000000000-id". */
static void
cursor_read(struct str after, int64_t *ret_ms, struct str *ret_id)
{
	struct str head;
	unsigned long long ms;
	*ret_ms = INT64_MAX;
	*ret_id = STR_NONE;
	if (!str_split(&after, '-', &head) || !str_to_u64(head, INT64_MAX, &ms) || after.n != ID_LENGTH)
		return;
	*ret_ms = (int64_t)ms;
	*ret_id = after;
}

/* The first few of those who sign, in words. */
static struct str
counterparties(struct arena *a, const struct row_participant_list *list)
{
	struct str words = STR_NONE;
	unsigned shown = 0, more = 0;
	for (size_t i = 0; i < list->n; i++) {
		if (list->v[i].state == PARTICIPANT_DELEGATED)
			continue;
		struct str one = participant_words(a, &list->v[i]);
		if (one.n == 0)
			continue;
		if (shown == WORDS_MAX) {
			more++;
			continue;
		}
		words = shown++ ? arena_printf(a, "%.*s、%.*s", STR_ARG(words), STR_ARG(one)) : one;
	}
	return more ? arena_printf(a, "%.*s（+%u）", STR_ARG(words), more) : words;
}

static enum err
row_read(struct app *a, struct tx *tx, const struct row_envelope *e, struct envelope_row *ret)
{
	struct row_participant_list list;
	struct timestamping timestamp;
	TRY(timestamping_of(a, tx, e, &timestamp));
	TRY(q_participants_of(tx, a->arena, e->id, &list));
	*ret = (struct envelope_row){.id = e->id,
	    .title = e->title,
	    .state = (enum envelope_state)e->state,
	    .version = (unsigned)e->round,
	    .updated_ms = e->updated_ms,
	    .awaits_timestamp = timestamp.waits,
	    .timestamp_late = timestamp.late,
	    .counterparties = counterparties(a->arena, &list)};
	for (size_t i = 0; i < list.n; i++) {
		ret->participants_n += list.v[i].state != PARTICIPANT_DELEGATED;
		ret->confirmed_n += list.v[i].state == PARTICIPANT_CONFIRMED;
	}
	return OK;
}

enum err
app_envelope_list(struct app *a, const struct user *u, struct str after, struct envelope_list *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_envelope_list page;
	struct str before_id;
	int64_t before_ms;
	cursor_read(after, &before_ms, &before_id);
	TRY(tx_read(a->store, &tx));
	TRY(q_envelope_page(&tx, a->arena, u->organisation, before_ms, before_id, PAGE_ROWS + 1, &page));
	*ret = (struct envelope_list){.n = page.n > PAGE_ROWS ? PAGE_ROWS : page.n};
	ret->rows = ARENA_ARRAY(a->arena, struct envelope_row, ret->n + 1);
	for (size_t i = 0; i < ret->n; i++)
		TRY(row_read(a, &tx, &page.v[i], &ret->rows[i]));
	if (page.n > PAGE_ROWS) {
		const struct row_envelope *last = &page.v[PAGE_ROWS - 1];
		ret->next =
		    arena_printf(a->arena, "%lld-%.*s", (long long)last->updated_ms, STR_ARG(last->id));
	}
	return OK;
}
