/* The list of contracts. */
#include "handlers.h"
#include "page.h"
#include "sender_pages.h"
#include "templates.h"

enum err
page_home(struct http_ctx *c)
{
	struct envelope_list list;
	struct str after = http_query(c->req, "after");
	TRY(app_envelope_list(c->app, &c->req->user, after, &list));
	struct home_page p = {.rows_n = list.n, .next = list.next, .first_page = after.n == 0};
	sender_top_fill(c, NAV_HOME, &p.top);
	p.rows = ARENA_ARRAY(c->app->arena, struct home_row, list.n);
	for (size_t i = 0; i < list.n; i++) {
		const struct envelope_row *r = &list.rows[i];
		p.rows[i] = (struct home_row){.id = r->id,
		    .title = r->title,
		    .counterparties = r->counterparties,
		    .state = sender_state_label(c, r->state, r->awaits_timestamp),
		    .tone = sender_state_tone(r->state),
		    .version = r->version,
		    .confirmed_n = r->confirmed_n,
		    .participants_n = r->participants_n,
		    .updated_ms = r->updated_ms};
		p.returned_n += r->state == ENVELOPE_RETURNED;
		p.late_n += r->timestamp_late;
	}
	struct tmpl t = page_tmpl(c);
	tmpl_home(&t, &p);
	return OK;
}

enum err
page_sample(struct http_ctx *c)
{
	struct str envelope;
	TRY(app_draft_sample(c->app, &c->req->user, &envelope));
	return http_redirect(c, "/c/%.*s/edit", STR_ARG(envelope));
}
