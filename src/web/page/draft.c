/* The draft: who signs, in which order, what is asked of them and where they stamp. Works without JavaScript:
 * buttons that add or remove a row send the form and get it back changed. */
#include "handlers.h"
#include "page.h"
#include "sender_pages.h"
#include "templates.h"

struct form {
	struct str title, message;
	struct draft_participant participants[PARTICIPANTS_MAX];
	unsigned n;
	/* rows shown, which may be more than those filled in */
	unsigned places_shown[PARTICIPANTS_MAX], requests_shown[PARTICIPANTS_MAX];
};

static struct str
field(struct http_ctx *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static struct str
field(struct http_ctx *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str name = arena_vprintf(c->app->arena, fmt, ap);
	va_end(ap);
	return http_form(c->req, name.p);
}

static unsigned
number(struct str s, unsigned max, unsigned otherwise)
{
	unsigned long long v;
	return str_to_u64(str_trim(s), max, &v) ? (unsigned)v : otherwise;
}

static double
millimetres(struct str s, double otherwise)
{
	double v;
	return str_to_double(str_trim(s), &v) ? v : otherwise;
}

static const double DEFAULT_SIZE_MM = 12;

static void
read_places(struct http_ctx *c, unsigned p, struct form *f, struct draft_participant *d)
{
	for (unsigned i = 1; i <= PLACES_MAX; i++) {
		struct str page = field(c, "p%u-place%u-page", p, i);
		if (!page.p)
			break;
		f->places_shown[p - 1] = i;
		if (str_trim(page).n == 0)
			continue;
		/* a number that cannot be read becomes one that the application refuses, so that it is
		 * pointed out */
		d->places[d->places_n++] = (struct place){.page = number(page, 1000, 0),
		    .x_mm = millimetres(field(c, "p%u-place%u-x", p, i), -1),
		    .y_mm = millimetres(field(c, "p%u-place%u-y", p, i), -1),
		    .size_mm = millimetres(field(c, "p%u-place%u-size", p, i), DEFAULT_SIZE_MM)};
	}
}

static void
read_requests(struct http_ctx *c, unsigned p, struct form *f, struct draft_participant *d)
{
	for (unsigned i = 1; i <= REQUESTS_MAX; i++) {
		struct str name = field(c, "p%u-request%u-name", p, i);
		if (!name.p)
			break;
		f->requests_shown[p - 1] = i;
		if (str_trim(name).n == 0)
			continue;
		d->requests[d->requests_n++] = (struct document_request){
		    .name = name, .required = field(c, "p%u-request%u-required", p, i).n > 0};
	}
}

static void
read_form(struct http_ctx *c, struct form *f)
{
	f->title = http_form(c->req, "title");
	f->message = http_form(c->req, "message");
	for (unsigned p = 1; p <= PARTICIPANTS_MAX; p++) {
		struct str name = field(c, "p%u-name", p);
		if (!name.p)
			break;
		struct draft_participant *d = &f->participants[f->n++];
		d->name = name;
		d->company = field(c, "p%u-company", p);
		d->mail = field(c, "p%u-mail", p);
		d->order = number(field(c, "p%u-order", p), PARTICIPANTS_MAX, p);
		d->entry = (field(c, "p%u-entry-mail", p).n ? ENTRY_MAIL : 0) |
		           (field(c, "p%u-entry-url", p).n ? ENTRY_URL : 0);
		d->seal_required = field(c, "p%u-seal", p).n > 0;
		d->handwriting_allowed = field(c, "p%u-ink", p).n > 0;
		read_places(c, p, f, d);
		read_requests(c, p, f, d);
	}
}

static void
form_of_draft(const struct envelope_view *v, struct form *f)
{
	f->title = v->title;
	f->message = v->message;
	for (unsigned i = 0; i < v->participants_n && f->n < PARTICIPANTS_MAX; i++)
		f->participants[f->n++] = v->participants[i].draft;
	if (f->n == 0)
		f->participants[f->n++] =
		    (struct draft_participant){.order = 1, .entry = ENTRY_MAIL, .seal_required = true};
	for (unsigned i = 0; i < f->n; i++) {
		struct draft_participant *d = &f->participants[i];
		if (d->seal_required && d->places_n == 0 && v->proposed.page)
			d->places[d->places_n++] = v->proposed;
		f->places_shown[i] = d->places_n;
		f->requests_shown[i] = d->requests_n;
	}
}

static struct str
fault_of(struct http_ctx *c, const struct page_faults *f, struct str prefix, const char *what)
{
	return page_fault_of(f, arena_printf(c->app->arena, "%.*s-%s", STR_ARG(prefix), what).p);
}

static struct edit_participant
participant_row(struct http_ctx *c, const struct form *f, unsigned i, const struct page_faults *faults)
{
	struct edit_participant e = {.number = i + 1, .draft = f->participants[i], .removable = f->n > 1};
	struct arena *a = c->app->arena;
	e.prefix = arena_printf(a, "p%u", i + 1);
	e.order = e.draft.order;
	e.by_mail = e.draft.entry & ENTRY_MAIL;
	e.by_url = e.draft.entry & ENTRY_URL;
	unsigned places = f->places_shown[i] > e.draft.places_n ? f->places_shown[i] : e.draft.places_n;
	for (e.places_n = 0; e.places_n < (places ? places : 1); e.places_n++) {
		unsigned k = e.places_n;
		struct edit_place *row = &e.places[k];
		*row = (struct edit_place){
		    .number = k + 1, .size_mm = DEFAULT_SIZE_MM, .empty = k >= e.draft.places_n};
		row->prefix = arena_printf(a, "p%u-place%u", i + 1, k + 1);
		if (!row->empty) {
			row->page = e.draft.places[k].page;
			row->x_mm = e.draft.places[k].x_mm;
			row->y_mm = e.draft.places[k].y_mm;
			row->size_mm = e.draft.places[k].size_mm;
		}
	}
	unsigned requests =
	    f->requests_shown[i] > e.draft.requests_n ? f->requests_shown[i] : e.draft.requests_n;
	for (; e.requests_n < requests; e.requests_n++) {
		unsigned k = e.requests_n;
		e.requests[k] = (struct edit_request){.number = k + 1, .required = true};
		e.requests[k].prefix = arena_printf(a, "p%u-request%u", i + 1, k + 1);
		if (k < e.draft.requests_n) {
			e.requests[k].name = e.draft.requests[k].name;
			e.requests[k].required = e.draft.requests[k].required;
		}
	}
	e.company_fault = fault_of(c, faults, e.prefix, "company");
	e.name_fault = fault_of(c, faults, e.prefix, "name");
	e.mail_fault = fault_of(c, faults, e.prefix, "mail");
	e.places_fault = fault_of(c, faults, e.prefix, "places");
	return e;
}

static void
fill_notes(struct http_ctx *c, const struct envelope_view *v, struct edit_page *p)
{
	struct str *notes = ARENA_ARRAY(c->app->arena, struct str, DOCUMENT_NOTES);
	for (enum document_note n = 0; n < DOCUMENT_NOTES; n++)
		if (v->notes >> n & 1)
			notes[p->notes_n++] = document_note_words(n, c->req->english);
	p->notes = notes;
}

static void
show(struct http_ctx *c, const struct envelope_view *v, const struct form *f, const struct faults *faults,
    bool saved)
{
	struct arena *a = c->app->arena;
	struct edit_page p = {.id = v->id,
	    .title = f->title,
	    .message = f->message,
	    .version = v->version,
	    .participants_n = f->n,
	    .may_add = f->n < PARTICIPANTS_MAX,
	    .saved = saved};
	sender_top_fill(c, NAV_NEW, &p.top);
	fill_notes(c, v, &p);
	if (faults) {
		sender_faults_take(c, faults, &p.faults);
		c->res->status = 422;
	}
	p.title_fault = page_fault_of(&p.faults, "title");
	p.message_fault = page_fault_of(&p.faults, "message");
	p.participants = ARENA_ARRAY(a, struct edit_participant, f->n);
	const struct draft_participant **drafts = ARENA_ARRAY(a, const struct draft_participant *, f->n);
	for (unsigned i = 0; i < f->n; i++) {
		p.participants[i] = participant_row(c, f, i, &p.faults);
		drafts[i] = &f->participants[i];
	}
	sender_sheets(c, v, drafts, f->n, &p.sheets, &p.sheets_n);
	struct tmpl t = page_tmpl(c);
	tmpl_edit(&t, &p);
}

static enum err
load(struct http_ctx *c, struct envelope_view **ret)
{
	struct envelope_view *v = ARENA_NEW(c->app->arena, struct envelope_view);
	TRY(app_envelope_view(c->app, &c->req->user, c->req->args[0], v));
	*ret = v;
	return OK;
}

enum err
page_edit(struct http_ctx *c)
{
	struct envelope_view *v;
	TRY(load(c, &v));
	if (v->state != ENVELOPE_DRAFT)
		return http_redirect(c, "/c/%.*s", STR_ARG(v->id));
	struct form *f = ARENA_NEW(c->app->arena, struct form);
	form_of_draft(v, f);
	show(c, v, f, NULL, http_query(c->req, "saved").n > 0);
	return OK;
}

/* "place-2": the word and the participant's number from 1; false for anything else. */
static bool
row_action(struct str action, const char *word, unsigned n, unsigned *ret)
{
	struct str head;
	unsigned long long v;
	if (!str_split(&action, '-', &head) || !str_eq(head, str_c(word)) || !str_to_u64(action, n, &v) ||
	    v == 0)
		return false;
	*ret = (unsigned)v;
	return true;
}

static void
remove_participant(struct form *f, unsigned number)
{
	for (unsigned i = number - 1; i + 1 < f->n; i++) {
		f->participants[i] = f->participants[i + 1];
		f->places_shown[i] = f->places_shown[i + 1];
		f->requests_shown[i] = f->requests_shown[i + 1];
	}
	f->n--;
}

/* Changes the form's rows; false when the action is another. */
static bool
change_rows(struct form *f, struct str action)
{
	unsigned number;
	if (str_eq(action, STR("add")) && f->n < PARTICIPANTS_MAX) {
		unsigned order = f->n ? f->participants[f->n - 1].order + 1 : 1;
		f->participants[f->n++] =
		    (struct draft_participant){.order = order, .entry = ENTRY_MAIL, .seal_required = true};
		return true;
	}
	if (row_action(action, "place", f->n, &number)) {
		unsigned *shown = &f->places_shown[number - 1];
		*shown += *shown < PLACES_MAX;
		return true;
	}
	if (row_action(action, "request", f->n, &number)) {
		unsigned *shown = &f->requests_shown[number - 1];
		*shown += *shown < REQUESTS_MAX;
		return true;
	}
	if (row_action(action, "remove", f->n, &number) && f->n > 1) {
		remove_participant(f, number);
		return true;
	}
	return false;
}

enum err
page_edit_post(struct http_ctx *c)
{
	struct envelope_view *v;
	TRY(load(c, &v));
	if (v->state != ENVELOPE_DRAFT)
		return ERR_WRONG_STATE;
	struct form *f = ARENA_NEW(c->app->arena, struct form);
	read_form(c, f);
	struct str action = http_form(c->req, "do");
	if (change_rows(f, action)) {
		show(c, v, f, NULL, false);
		return OK;
	}
	struct faults faults = {0};
	struct draft_cmd cmd = {.envelope = v->id,
	    .title = f->title,
	    .message = f->message,
	    .participants = f->participants,
	    .participants_n = f->n};
	enum err e = app_draft_save(c->app, &c->req->user, &cmd, &faults);
	bool send = str_eq(action, STR("send"));
	if (e == OK && send)
		e = app_envelope_send(c->app, &c->req->user, v->id, &faults);
	if (e == ERR_INVALID) {
		show(c, v, f, &faults, false);
		return OK;
	}
	TRY(e);
	return http_redirect(c, send ? "/c/%.*s" : "/c/%.*s/edit?saved=1", STR_ARG(v->id));
}
