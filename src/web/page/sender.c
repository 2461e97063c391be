/* What the sender's screens have in common. */
#include "page.h"
#include "sender_pages.h"

void
sender_top_fill(struct http_ctx *c, enum sender_nav nav, struct sender_top *ret)
{
	*ret = (struct sender_top){.nav = nav};
	ret->top.product = c->app->config->product_name;
	ret->top.path = c->req->method == HTTP_GET ? c->req->path : STR("/");
	ret->user_name = c->req->user.name;
	ret->organisation = c->req->user.organisation;
}

void
sender_faults_take(struct http_ctx *c, const struct faults *from, struct page_faults *ret)
{
	for (unsigned i = 0; i < from->n && ret->n < sizeof(ret->v) / sizeof(ret->v[0]); i++)
		ret->v[ret->n++] = (struct page_fault){
		    .field = from->v[i].field,
		    .message = c->req->english ? from->v[i].message_en : from->v[i].message_ja,
		};
}

struct str
sender_state_tone(enum envelope_state s)
{
	switch (s) {
	case ENVELOPE_COMPLETED: return STR("success");
	case ENVELOPE_RETURNED: return STR("warning");
	case ENVELOPE_SENT:
	case ENVELOPE_PARTIALLY_SIGNED:
	case ENVELOPE_PREPARING:
	case ENVELOPE_SEALING: return STR("progress");
	case ENVELOPE_DRAFT:
	case ENVELOPE_SUPERSEDED:
	case ENVELOPE_WITHDRAWN: break;
	}
	return STR("");
}

struct str
sender_state_label(const struct http_ctx *c, enum envelope_state s, bool awaits_timestamp)
{
	if (awaits_timestamp)
		return page_pick(c, STR("タイムスタンプ待ち"), STR("Waiting for timestamp"));
	return app_state_label(s, c->req->english);
}

static size_t
marks_on(unsigned page, const struct draft_participant *const *participants, size_t n, struct edit_mark *ret)
{
	size_t found = 0;
	for (size_t i = 0; i < n; i++) {
		for (unsigned j = 0; j < participants[i]->places_n; j++) {
			const struct place *p = &participants[i]->places[j];
			if (p->page != page)
				continue;
			double radius = p->size_mm / 2;
			ret[found++] = (struct edit_mark){.x_mm = p->x_mm + radius,
			    .y_mm = p->y_mm + radius,
			    .radius_mm = radius,
			    .label_y_mm = p->y_mm + radius + 1.8,
			    .number = (unsigned)i + 1};
		}
	}
	return found;
}

void
sender_sheets(struct http_ctx *c, const struct envelope_view *v,
    const struct draft_participant *const *participants, size_t n, struct edit_sheet **ret, size_t *ret_n)
{
	struct edit_sheet *sheets = ARENA_ARRAY(c->app->arena, struct edit_sheet, v->pages);
	for (unsigned i = 0; i < v->pages; i++) {
		struct edit_mark *marks = ARENA_ARRAY(c->app->arena, struct edit_mark, n * PLACES_MAX);
		sheets[i] = (struct edit_sheet){.id = v->id,
		    .number = i + 1,
		    .of = v->pages,
		    .width_mm = v->page_width_mm[i],
		    .height_mm = v->page_height_mm[i],
		    .marks = marks,
		    .marks_n = marks_on(i + 1, participants, n, marks),
		    .first = i == 0};
	}
	*ret = sheets;
	*ret_n = v->pages;
}
