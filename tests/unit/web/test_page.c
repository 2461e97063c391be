/* The signer's handlers against an application that is a few variables. */
#include "page.h"
#include "seal_draft.h"

enum err
page_sign_return_post(struct http_ctx *c);
enum err
page_language(struct http_ctx *c);

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct world {
	struct arena arena;
	struct app_config config;
	struct app app;
	struct http_request req;
	struct http_response res;
	struct http_ctx ctx;
	struct http_field query[4];
	struct http_part form[8];
};

static struct sign_view fake_view;
static enum err fake_view_err;
static struct str fake_reason;
static unsigned fake_returns;
static const struct sign_page *shown_return;

/* ---- the application ---- */
enum err
app_sign_view(struct app *a, struct str session, struct sign_view *ret)
{
	*ret = fake_view;
	return fake_view_err;
}

enum err
app_sign_return(struct app *a, struct str session, struct str reason)
{
	fake_reason = reason;
	fake_returns++;
	return OK;
}

/* ---- the HTTP seam ---- */
struct str
http_form(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->form_n; i++)
		if (str_eq(r->form[i].name, str_c(name)))
			return r->form[i].value;
	return STR_NONE;
}

struct str
http_query(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->query_n; i++)
		if (str_eq(r->query[i].name, str_c(name)))
			return r->query[i].value;
	return STR_NONE;
}

enum err
http_redirect(struct http_ctx *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	c->res->status = 303;
	c->res->location = arena_vprintf(c->app->arena, fmt, ap);
	va_end(ap);
	return OK;
}

void
http_set_cookie(struct http_ctx *c, const char *name, struct str value, int64_t max_age_s)
{
}

/* ---- the templates ---- */
void
tmpl_sign_return(struct tmpl *t, const struct sign_page *v)
{
	shown_return = v;
}

void
tmpl_error(struct tmpl *t, const struct error_page *v)
{
}

/* ---- tests ---- */
static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->app.arena = &w->arena;
	w->app.config = &w->config;
	w->req.session = STR("session");
	w->req.args[0] = STR("p1");
	w->req.path = STR("/s/p1/review");
	w->req.query = w->query;
	w->req.form = w->form;
	w->res.status = 200;
	w->ctx = (struct http_ctx){&w->app, &w->req, &w->res};
	memset(&fake_view, 0, sizeof(fake_view));
	fake_view.participant = STR("p1");
	fake_view.name = STR("山田 太郎");
	fake_view_err = OK;
	fake_returns = 0;
	shown_return = NULL;
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	arena_free(&w->arena);
	free(w);
	return 0;
}

static void
form_add(struct world *w, const char *name, const char *value)
{
	w->form[w->req.form_n++] = (struct http_part){.name = str_c(name), .value = str_c(value), .fd = -1};
}

static void
steps_that_do_not_apply_are_absent(void **state)
{
	struct world *w = *state;
	struct page_top top;

	page_top_sign(&w->ctx, &fake_view, PAGE_STEP_CONFIRM, &top);
	assert_int_equal(top.steps_n, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(top.steps[i].number, i + 1);
	assert_int_equal(top.steps[2].step, PAGE_STEP_CONFIRM);
	assert_true(top.steps[2].now && !top.steps[2].done);
	fake_view.has_seal_step = true;
	page_top_sign(&w->ctx, &fake_view, PAGE_STEP_SEAL, &top);
	assert_int_equal(top.steps_n, 4);
	assert_int_equal(top.steps[2].step, PAGE_STEP_SEAL);
	assert_int_equal(top.steps[2].number, 3);
	fake_view.has_documents_step = true;
	page_top_sign(&w->ctx, &fake_view, PAGE_STEP_SEAL, &top);
	assert_int_equal(top.steps_n, 5);
	assert_int_equal(top.steps[3].number, 4);
}

static void
a_session_opens_only_its_own_contract(void **state)
{
	struct world *w = *state;
	struct sign_view *v;

	assert_int_equal(page_signer(&w->ctx, &v), OK);
	w->req.args[0] = STR("p2");
	assert_int_equal(page_signer(&w->ctx, &v), ERR_LOGIN);
	w->req.args[0] = STR("p1");
	w->req.session = STR_NONE;
	assert_int_equal(page_signer(&w->ctx, &v), ERR_LOGIN);
}

static void
expect_at(struct world *w, enum sign_step step, const char *location)
{
	struct sign_view *v;

	w->res.status = 200;
	assert_int_equal(page_signer_at(&w->ctx, step, &v), OK);
	if (!location) {
		assert_non_null(v);
		return;
	}
	assert_null(v);
	assert_int_equal(w->res.status, 303);
	assert_string_equal(w->res.location.p, location);
}

static void
a_step_is_shown_only_in_its_turn(void **state)
{
	struct world *w = *state;

	fake_view.reached = STEP_REVIEW;
	expect_at(w, STEP_REVIEW, NULL);
	expect_at(w, STEP_CONFIRM, "/s/p1/review");
	fake_view.reached = STEP_DOCUMENTS; /* absent: the next one that applies */
	expect_at(w, STEP_CONFIRM, NULL);
	expect_at(w, STEP_DOCUMENTS, "/s/p1/confirm");
	expect_at(w, STEP_SEAL, "/s/p1/confirm");
	expect_at(w, STEP_REVIEW, NULL);
	fake_view.has_seal_step = true;
	fake_view.reached = STEP_SEAL;
	expect_at(w, STEP_SEAL, NULL);
	expect_at(w, STEP_CONFIRM, "/s/p1/seal");
	assert_int_equal(page_step_before(&fake_view, STEP_CONFIRM), STEP_SEAL);
	assert_int_equal(page_step_before(&fake_view, STEP_SEAL), STEP_REVIEW);
	fake_view.confirmed = true;
	expect_at(w, STEP_CONFIRM, "/s/p1/done");
	expect_at(w, STEP_DONE, NULL);
}

static void
an_image_has_one_of_three_widths(void **state)
{
	struct world *w = *state;
	unsigned page, width;
	static const char *const bad[] = {"", ".png", "0.png", "1001.png", "-1.png", "1", "1.jpg", "+1.png"};

	assert_int_equal(page_image_args(&w->ctx, STR("12.png"), &page, &width), OK);
	assert_int_equal(page, 12);
	assert_int_equal(width, 720);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(page_image_args(&w->ctx, str_c(bad[i]), &page, &width), ERR_NOT_FOUND);
	w->query[0] = (struct http_field){STR("w"), STR("1080")};
	w->req.query_n = 1;
	assert_int_equal(page_image_args(&w->ctx, STR("1.png"), &page, &width), OK);
	assert_int_equal(width, 1080);
	w->query[0].value = STR("1081");
	assert_int_equal(page_image_args(&w->ctx, STR("1.png"), &page, &width), ERR_NOT_FOUND);
	w->query[0].value = STR("99999999999999999999");
	assert_int_equal(page_image_args(&w->ctx, STR("1.png"), &page, &width), ERR_NOT_FOUND);
}

/* S23: a reason is mandatory, also against a browser that does not check. */
static void
a_return_needs_a_reason(void **state)
{
	struct world *w = *state;

	form_add(w, "reason", " \xe3\x80\x80\r\n ");
	assert_int_equal(page_sign_return_post(&w->ctx), OK);
	assert_int_equal(fake_returns, 0);
	assert_int_equal(w->res.status, 422);
	assert_true(shown_return->reason_fault.n > 0);
	assert_int_equal(shown_return->faults.n, 1);

	w->form[0].value = STR("第3条の期間を2年に変更してください。");
	assert_int_equal(page_sign_return_post(&w->ctx), OK);
	assert_int_equal(fake_returns, 1);
	assert_string_equal(w->res.location.p, "/s/p1/returned");
}

static void
a_reason_has_an_end(void **state)
{
	struct world *w = *state;
	static char text[2001 * 3];

	for (size_t i = 0; i < sizeof(text); i += 3)
		memcpy(text + i, "あ", 3);
	form_add(w, "reason", "");
	w->form[0].value = str_make(text, sizeof(text));
	assert_int_equal(page_sign_return_post(&w->ctx), OK);
	assert_int_equal(fake_returns, 0);
	assert_int_equal(w->res.status, 422);
	w->form[0].value.n -= 3;
	assert_int_equal(page_sign_return_post(&w->ctx), OK);
	assert_int_equal(fake_returns, 1);
}

static void
the_language_switch_stays_on_the_site(void **state)
{
	struct world *w = *state;
	static const char *const abroad[] = {"//example.com", "/\\example.com", "https://example.com", "",
	    "/a\r\nX: y", "/%2f/example.com", "/a//b", "example"};

	form_add(w, "lang", "en");
	form_add(w, "to", "/guide?from=abc-_9");
	assert_int_equal(page_language(&w->ctx), OK);
	assert_string_equal(w->res.location.p, "/guide?from=abc-_9");
	for (size_t i = 0; i < sizeof(abroad) / sizeof(abroad[0]); i++) {
		w->form[1].value = str_c(abroad[i]);
		assert_int_equal(page_language(&w->ctx), OK);
		assert_string_equal(w->res.location.p, "/");
	}
}

static void
assert_str(struct str s, const char *expected)
{
	assert_int_equal(s.n, strlen(expected));
	assert_memory_equal(s.p, expected, s.n);
}

static void
the_seal_starts_from_the_name(void **state)
{
	struct world *w = *state;
	struct seal_draft d;

	seal_draft_start(&w->arena, &fake_view, &d);
	assert_str(d.family, "山田");
	assert_str(d.given, "太郎");
	assert_str(seal_draft_text(&w->arena, &d, 0), "山田");
	assert_str(seal_draft_text(&w->arena, &d, SEAL_CHOICE_FULL), "山田太郎");
	fake_view.name = STR("佐々木\xe3\x80\x80一");
	seal_draft_start(&w->arena, &fake_view, &d);
	assert_str(d.family, "佐々木");
	assert_str(d.given, "一");
	fake_view.name = STR("山田");
	seal_draft_start(&w->arena, &fake_view, &d);
	assert_str(d.family, "山田");
	assert_int_equal(d.given.n, 0);
}

static void
the_seal_remembers_what_was_chosen(void **state)
{
	struct world *w = *state;
	struct seal_draft d;

	fake_view.seal_method = STR("text");
	fake_view.seal_text = STR("山田太郎");
	seal_draft_start(&w->arena, &fake_view, &d);
	assert_int_equal(d.choice, SEAL_CHOICE_FULL);
	fake_view.seal_text = STR("山田");
	fake_view.seal_face = INKAN_GYOSHO;
	seal_draft_start(&w->arena, &fake_view, &d);
	assert_int_equal(d.choice, INKAN_GYOSHO);
	fake_view.seal_text = STR("青空");
	seal_draft_start(&w->arena, &fake_view, &d);
	assert_str(d.family, "青空");
	seal_draft_typed(&w->arena, STR("<x>"), STR("a\x01z"), STR("b"), STR("99"), &d);
	assert_str(d.method, "text");
	assert_int_equal(d.family.n, 0);
	assert_int_equal(d.choice, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(steps_that_do_not_apply_are_absent),
	    CASE(a_session_opens_only_its_own_contract),
	    CASE(a_step_is_shown_only_in_its_turn),
	    CASE(an_image_has_one_of_three_widths),
	    CASE(a_return_needs_a_reason),
	    CASE(a_reason_has_an_end),
	    CASE(the_language_switch_stays_on_the_site),
	    CASE(the_seal_starts_from_the_name),
	    CASE(the_seal_remembers_what_was_chosen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
