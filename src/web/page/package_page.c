/* 証拠一式, made when it is asked for; nothing of it is kept. */
#include "page.h"
#include "templates.h"

static struct str
bytes_command(struct arena *a, const struct package_seal *s)
{
	if (s->then_n == 0)
		return arena_printf(a, "cat %.*s", STR_ARG(s->of));
	struct str then =
	    arena_printf(a, "tail -c +%zu %.*s | head -c %zu", s->then_at + 1, STR_ARG(s->of), s->then_n);
	if (s->first_n == 0)
		return then;
	return arena_printf(a, "{ head -c %zu %.*s; %.*s; }", s->first_n, STR_ARG(s->of), STR_ARG(then));
}

/* Certificates are judged as of the timestamp: they may have ended since. */
static struct str
seal_command(struct arena *a, const struct package_seal *s)
{
	struct str bytes = bytes_command(a, s);
	long long at = (long long)(s->at_ms / 1000);
	if (s->is_timestamp)
		return arena_printf(a,
		    "digest=$(%.*s | openssl dgst -sha256 -r | cut -c1-64)\n"
		    "openssl ts -verify -digest \"$digest\" -token_in -in %.*s -CAfile "
		    "certificates/roots.pem "
		    "-attime %lld",
		    STR_ARG(bytes), STR_ARG(s->file), at);
	return arena_printf(a,
	    "%.*s | openssl cms -verify -binary -inform DER -in %.*s -content /dev/stdin "
	    "-CAfile certificates/roots.pem -purpose any -attime %lld -out /dev/null",
	    STR_ARG(bytes), STR_ARG(s->file), at);
}

static void
guide_fill(struct arena *a, const struct package *p, struct package_guide *ret)
{
	ret->title = p->title;
	ret->seals = ARENA_ARRAY(a, struct package_guide_seal, p->seals_n + 1);
	for (size_t i = 0; i < p->seals_n; i++)
		ret->seals[ret->seals_n++] = (struct package_guide_seal){.file = p->seals[i].file,
		    .of = p->seals[i].of,
		    .command = seal_command(a, &p->seals[i]),
		    .at_ms = p->seals[i].at_ms,
		    .is_timestamp = p->seals[i].is_timestamp};
	ret->revocation = p->revocation;
	ret->revocation_n = p->revocation_n;
	ret->missing = p->missing;
	ret->missing_n = p->missing_n;
	ret->has_documents = p->documents_n > 0;
}

/* Japanese, and English after it. */
static struct str
guide_text(struct http_ctx *c, const struct package *p)
{
	struct arena *a = c->app->arena;
	struct buf text CLEANUP(buf_free) = {0};
	struct package_guide *g = ARENA_NEW(a, struct package_guide);
	struct tmpl t = {.out = &text, .arena = a};

	guide_fill(a, p, g);
	g->product = c->app->config->product_name;
	g->root_url = arena_printf(a, "%.*s/verify/root.pem", STR_ARG(c->app->config->base_url));
	tmpl_package_guide(&t, g);
	t.english = true;
	tmpl_package_body(&t, g);
	tmpl_package_end(&t, g);
	return arena_str(a, buf_str(&text));
}

static void
close_package(struct package *p)
{
	app_package_close(p);
}

static enum err
answer(struct http_ctx *c, const struct package *p)
{
	struct str guide = guide_text(c, p);
	TRY(app_package_file(c->app, p, guide, &c->res->fd, &c->res->fd_size));
	c->res->mime = STR("application/zip");
	http_disposition(c, arena_printf(c->app->arena, "%.*s_証拠一式.zip", STR_ARG(p->title)), true);
	return OK;
}

enum err
page_keep_package(struct http_ctx *c)
{
	struct package p CLEANUP(close_package) = {0};
	struct keep_who who;

	TRY(keep_who(c, &who));
	TRY(app_keep_package(c->app, who.token, who.session, &p));
	return answer(c, &p);
}

enum err
page_package_zip(struct http_ctx *c)
{
	struct package p CLEANUP(close_package) = {0};

	TRY(app_envelope_package(c->app, &c->req->user, c->req->args[0], &p));
	return answer(c, &p);
}
