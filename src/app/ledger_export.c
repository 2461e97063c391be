/* The log of all events as text, a JSON object a line: what `keiin audit verify` reads. */
#include "app_text.h"
#include "app.h"
#include "ledger.h"

#include "query.h"

enum { EVENTS_AT_ONCE = 500 };

static void
put_event(const struct row_ledger_event *r, struct buf *b)
{
	struct audit_event e = {r->envelope_id, r->seq, r->at_ms, r->event, r->participant_id, r->actor,
	    r->detail, r->entry, r->authentication, r->ip, r->user_agent, r->prev};
	ledger_event_line((uint64_t)r->position, &e, r->hash, b);
}

/* Notes hold nothing that JSON would have to escape but their line ends. */
static void
put_checkpoint(const struct row_checkpoint *r, struct buf *b)
{
	buf_printf(b, "{\"size\":%lld,\"root\":\"%.*s\",\"note\":\"", (long long)r->size, STR_ARG(r->root));
	for (size_t i = 0; i < r->note.n; i++) {
		if (r->note.p[i] == '\n')
			buf_put_c(b, "\\n");
		else
			buf_put_byte(b, (unsigned char)r->note.p[i]);
	}
	buf_printf(b, "\",\"signature\":\"%.*s\"}\n", STR_ARG(r->signature));
}

enum err
app_ledger_export(struct app *a, enum err (*put)(void *self, struct str text), void *self)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_checkpoint next;
	int64_t position = 0;
	TRY(tx_read(a->store, &tx));
	enum err e = q_checkpoint_after(&tx, a->arena, 0, &next);
	for (size_t n = EVENTS_AT_ONCE; n == EVENTS_AT_ONCE;) {
		struct arena some CLEANUP(arena_free) = {0};
		struct buf b CLEANUP(buf_free) = {0};
		struct row_ledger_event_list events;
		TRY(q_ledger_events(&tx, &some, position, EVENTS_AT_ONCE, &events));
		n = events.n;
		for (size_t i = 0; i < n; i++) {
			put_event(&events.v[i], &b);
			position = events.v[i].position;
			if (e == OK && next.size == position) {
				put_checkpoint(&next, &b);
				e = q_checkpoint_after(&tx, a->arena, position, &next);
			}
		}
		TRY(put(self, buf_str(&b)));
	}
	return e == ERR_NOT_FOUND ? OK : e;
}
