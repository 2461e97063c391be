#include "exchange.h"
#include "assets.h"
#include "clock.h"
#include "hex.h"
#include "id.h"
#include "log.h"
#include "urlencoded.h"
#include "utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

enum { FIELDS_MAX = 512, GZIP_FROM = 1024, TOKEN_BYTES = 32 };

/* ---- cookies ---- */
static void
read_cookies(struct exchange *x)
{
	struct str rest = x->raw_cookies, one, name;
	while (x->cookies_n < 32 && str_split(&rest, ';', &one)) {
		one = str_trim(one);
		if (str_split(&one, '=', &name) && str_starts(name, STR("__Host-")))
			x->cookies[x->cookies_n++] = (struct http_field){str_slice(name, 7, name.n), one};
	}
}

static struct str
cookie(const struct exchange *x, struct str name)
{
	for (unsigned i = 0; i < x->cookies_n; i++)
		if (str_eq(x->cookies[i].name, name))
			return x->cookies[i].value;
	return STR_NONE;
}

static void
set_cookie(struct exchange *x, struct str name, struct str value, int64_t max_age_s)
{
	if (x->set_cookies_n == 8)
		return;
	x->set_cookies[x->set_cookies_n++] =
	    arena_printf(&x->arena, "__Host-%.*s=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%lld",
	        STR_ARG(name), STR_ARG(value), (long long)(value.n ? max_age_s : 0));
}

/* ---- who and in which language ---- */
static void
choose_language(struct exchange *x)
{
	struct str chosen = cookie(x, STR("lang")), accepted = x->req.accept_language;
	if (chosen.n) {
		x->req.english = str_eq(chosen, STR("en"));
		return;
	}
	ptrdiff_t ja = str_find(accepted, STR("ja")), en = str_find(accepted, STR("en"));
	x->req.english = en >= 0 && (ja < 0 || en < ja);
}

/* The csrf token is bound to the session; without one, to a random cookie that only pages of ours can have
 * read back. */
static void
choose_csrf(struct exchange *x, const struct http_server_config *config)
{
	struct str bound = x->req.session;
	if (bound.n == 0) {
		x->anonymous = cookie(x, STR("anon"));
		if (x->anonymous.n < 32) {
			unsigned char secret[TOKEN_BYTES];
			random_bytes(secret, sizeof(secret));
			x->anonymous = base64url_encode(&x->arena, str_make(secret, sizeof(secret)));
			if (x->req.method == HTTP_GET)
				set_cookie(x, STR("anon"), x->anonymous, 12 * 3600);
		}
		bound = x->anonymous;
	}
	struct sha256 d = hmac_sha256(config->csrf_key, bound);
	x->req.csrf = base64url_encode(&x->arena, str_make(d.b, sizeof(d.b)));
}

static void
choose_session(struct exchange *x)
{
	if (!x->route)
		return;
	if (x->route->who == ROUTE_SIGNER)
		x->req.session = cookie(x, arena_printf(&x->arena, "s-%.*s", STR_ARG(x->req.args[0])));
	else if (x->route->who != ROUTE_LINK)
		x->req.session = cookie(x, STR("user"));
}

static const struct asset *
asset_find(struct str path)
{
	for (size_t i = 0; i < assets_n; i++)
		if (str_eq(path, str_c(assets[i].path)))
			return &assets[i];
	return NULL;
}

void
exchange_prepare(struct exchange *x, const struct http_server_config *config)
{
	struct str path = x->req.path;
	x->began_ms = clock_monotonic_ms();
	x->res.fd = -1;
	if (x->refused != OK)
		return;
	if (x->req.method == HTTP_GET && str_starts(path, STR("/assets/"))) {
		x->asset = asset_find(str_slice(path, 8, path.n));
		x->refused = x->asset ? OK : ERR_NOT_FOUND;
		return;
	}
	read_cookies(x);
	choose_language(x);
	x->refused = route_find(x->req.method, path, &x->route, x->req.args);
	choose_session(x);
	choose_csrf(x, config);
	if (x->refused != OK || x->req.method != HTTP_POST)
		return;
	x->is_multipart =
	    x->route->body == ROUTE_UPLOAD && str_starts(x->content_type, STR("multipart/form-data"));
	if (x->is_multipart)
		x->refused = multipart_begin(&x->parts, &x->arena, config->temp_dir, x->content_type);
	else
		x->form.limit = x->route->body == ROUTE_UPLOAD ? 64 * 1024 : x->route->limit;
}

void
exchange_body(struct exchange *x, const struct http_server_config *config, struct str bytes)
{
	if (x->refused != OK)
		return; /* read and dropped: the connection stays usable for the answer */
	if (x->is_multipart) {
		x->body_n += bytes.n;
		x->refused = x->body_n > x->route->limit ? ERR_TOO_LARGE : multipart_feed(&x->parts, bytes);
		return;
	}
	buf_put(&x->form, bytes);
	if (x->form.overflow)
		x->refused = ERR_TOO_LARGE;
}

/* ---- serving ---- */
static enum err
read_form(struct exchange *x)
{
	if (x->req.method != HTTP_POST)
		return OK;
	if (x->is_multipart) {
		TRY(multipart_end(&x->parts));
		for (unsigned i = 0; i < x->parts.parts_n; i++)
			if (!utf8_valid(x->parts.parts[i].value) || !utf8_valid(x->parts.parts[i].file_name))
				return ERR_INVALID;
		x->req.form = x->parts.parts;
		x->req.form_n = x->parts.parts_n;
		return OK;
	}
	struct http_field *fields;
	size_t n;
	if (x->route->body == ROUTE_RAW) {
		x->req.body = buf_str(&x->form);
		x->req.content_type = x->content_type;
		return OK;
	}
	TRY(urlencoded_parse(&x->arena, buf_str(&x->form), FIELDS_MAX, &fields, &n));
	x->req.form = ARENA_ARRAY(&x->arena, struct http_part, n);
	x->req.form_n = n;
	for (size_t i = 0; i < n; i++)
		x->req.form[i] =
		    (struct http_part){.name = fields[i].name, .value = fields[i].value, .fd = -1};
	return OK;
}

static enum err
check_csrf(const struct exchange *x)
{
	/* what is taken raw acts for nobody: programs without a session ask */
	if (x->req.method != HTTP_POST || x->route->body == ROUTE_RAW)
		return OK;
#ifdef MUTANT_NO_CSRF
	return OK;
#endif
	if (!x->same_origin)
		return ERR_CSRF;
	return bytes_equal_const(http_form(&x->req, "csrf"), x->req.csrf) ? OK : ERR_CSRF;
}

static enum err
check_user(struct exchange *x, struct app *app)
{
	if (x->req.session.n && x->route->who == ROUTE_ANYONE) {
		/* pages for anyone may greet who is logged in */
		if (app_session(app, x->req.session, &x->req.user) != OK)
			x->req.user = (struct user){0};
		return OK;
	}
	if (x->route->who != ROUTE_USER)
		return OK;
	return x->req.session.n ? app_session(app, x->req.session, &x->req.user) : ERR_LOGIN;
}

static enum err
handle(struct exchange *x, struct app *app, struct rate *rate)
{
	if (x->refused != OK)
		return x->refused;
	if (!rate_take(rate, x->route->rate, x->req.ip, x->began_ms))
		return ERR_RATE;
	TRY(read_form(x));
	TRY(check_csrf(x));
	TRY(check_user(x, app));
	struct http_ctx c = {app, &x->req, &x->res};
	return x->route->handler(&c);
}

static void
show_error(struct exchange *x, const struct http_server_config *config, struct app *app, enum err e)
{
	x->res.body.n = 0;
	x->res.mime = STR_NONE;
	x->res.location = STR_NONE;
	x->res.cacheable_etag = STR_NONE;
	x->res.headers_n = 0;
	if (x->res.fd >= 0)
		close(x->res.fd);
	x->res.fd = -1;
	x->res.status = err_info(e)->http_status;
	struct http_ctx c = {app, &x->req, &x->res};
	if (e == ERR_LOGIN && x->route && x->route->who == ROUTE_USER && x->req.method == HTTP_GET) {
		if (http_redirect(
		        &c, x->req.path.n > 1 ? "/login?next=%.*s" : "/login", STR_ARG(x->req.path)) == OK)
			return;
	}
	config->error_page(&c, e);
}

static void
serve_asset(struct exchange *x)
{
	struct http_response *r = &x->res;
	bool packed = x->accepts_gzip;
	r->status = 200;
	r->mime = str_c(x->asset->mime);
	r->immutable = true;
	buf_put(&r->body, packed ? x->asset->gzip : x->asset->plain);
	if (packed)
		r->headers[r->headers_n++] = (struct http_field){STR("Content-Encoding"), STR("gzip")};
}

static bool
compressible(const struct http_response *r)
{
	return r->fd < 0 && r->body.n >= GZIP_FROM && str_starts(r->mime, STR("text/")) && r->headers_n < 8;
}

/* Level 1: a page of 12 KB costs some 60 µs and leaves a quarter. */
static void
pack(struct http_response *r)
{
	z_stream z = {0};
	if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	struct buf out = {0};
	buf_reserve(&out, deflateBound(&z, r->body.n));
	z.next_in = (Bytef *)r->body.p;
	z.avail_in = (uInt)r->body.n;
	z.next_out = (Bytef *)out.p;
	z.avail_out = (uInt)out.cap;
	bool whole = deflate(&z, Z_FINISH) == Z_STREAM_END;
	out.n = z.total_out;
	deflateEnd(&z);
	if (!whole) {
		buf_free(&out);
		return;
	}
	buf_free(&r->body);
	r->body = out;
	r->headers[r->headers_n++] = (struct http_field){STR("Content-Encoding"), STR("gzip")};
}

static void
finish(struct exchange *x)
{
	struct http_response *r = &x->res;
	if (r->status == 0)
		r->status = 200;
	if (!r->mime.p)
		r->mime = STR("text/html; charset=utf-8");
	if (r->cacheable_etag.n && str_eq(r->cacheable_etag, x->req.if_none_match)) {
		r->status = 304;
		r->body.n = 0;
	}
	if (!x->asset && x->accepts_gzip && compressible(r))
		pack(r);
}

/* The line never holds a token: paths that carry one are logged by their pattern. */
static void
access_line(const struct exchange *x)
{
	log_event(LOG_INFO, "http", "method=%s route=%s status=%d ms=%lld bytes=%zu",
	    x->req.method == HTTP_POST ? "POST" : "GET",
	    x->asset   ? "/assets/"
	    : x->route ? x->route->path
	               : "-",
	    x->res.status, (long long)(clock_monotonic_ms() - x->began_ms),
	    x->res.fd >= 0 ? x->res.fd_size : x->res.body.n);
}

void
exchange_serve(
    struct exchange *x, const struct http_server_config *config, struct app *app, struct rate *rate)
{
	app->arena = &x->arena;
	app->now_ms = clock_utc_ms();
	app->origin = (struct origin){x->req.ip, x->req.user_agent, x->req.english ? STR("en") : STR("ja")};
	if (x->asset) {
		serve_asset(x);
	} else {
		enum err e = handle(x, app, rate);
		/* two who changed the same thing at the same moment: the second sees the new state */
		if (e == ERR_DB_BUSY && x->refused == OK)
			e = handle(x, app, NULL);
		if (e != OK)
			show_error(x, config, app, e);
	}
	finish(x);
	if (!x->asset)
		access_line(x);
}

void
exchange_free(struct exchange *x)
{
	if (x->is_multipart)
		multipart_free(&x->parts);
	buf_free(&x->form);
	buf_free(&x->res.body);
	if (x->res.fd >= 0)
		close(x->res.fd);
	arena_free(&x->arena);
	free(x);
}

/* ---- http.h, the handlers' side ---- */
static struct exchange *
exchange_of(const struct http_request *r)
{
	return (struct exchange *)(void *)((char *)(uintptr_t)r - offsetof(struct exchange, req));
}

struct str
http_form(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->form_n; i++)
		if (r->form[i].fd < 0 && str_eq(r->form[i].name, str_c(name)))
			return r->form[i].value.p ? r->form[i].value : STR("");
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

const struct http_part *
http_file(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->form_n; i++)
		if (r->form[i].fd >= 0 && str_eq(r->form[i].name, str_c(name)))
			return &r->form[i];
	return NULL;
}

enum err
http_file_bytes(struct http_ctx *c, const struct http_part *part, size_t max, struct str *ret)
{
	void *p;
	size_t n = 0;
	if (part->size > max)
		return ERR_TOO_LARGE;
	TRY(arena_try(c->app->arena, part->size + 1, 1, &p));
	while (n < part->size) {
		ssize_t got = pread(part->fd, (char *)p + n, part->size - n, (off_t)n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return ERR_IO;
		n += (size_t)got;
	}
	*ret = str_make(p, n);
	return OK;
}

enum err
http_redirect(struct http_ctx *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str to = arena_vprintf(c->app->arena, fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < to.n; i++)
		if ((unsigned char)to.p[i] <= 0x20 || (unsigned char)to.p[i] >= 0x7f)
			return ERR_INVALID;
	if (to.n == 0 || to.p[0] != '/')
		return BUG("redirect to a foreign place");
	c->res->status = 303;
	c->res->location = to;
	return OK;
}

void
http_set_cookie(struct http_ctx *c, const char *name, struct str value, int64_t max_age_s)
{
	set_cookie(exchange_of(c->req), str_c(name), value, max_age_s);
}

void
http_set_signer(struct http_ctx *c, struct str participant, struct str session)
{
	set_cookie(exchange_of(c->req), arena_printf(c->app->arena, "s-%.*s", STR_ARG(participant)), session,
	    12 * 3600);
}

struct str
http_cookie(const struct http_request *r, const char *name)
{
	return cookie(exchange_of(r), str_c(name));
}

static void
add_header(struct http_response *r, struct str name, struct str value)
{
	if (r->headers_n < 8)
		r->headers[r->headers_n++] = (struct http_field){name, value};
}

void
http_disposition(struct http_ctx *c, struct str file_name, bool attachment)
{
	struct buf b CLEANUP(buf_free) = {0};
	/* for readers that know no other: the ASCII of the name, under one of ours so that it is never empty
	 * or hidden */
	buf_printf(&b, "%s; filename=\"keiin_", attachment ? "attachment" : "inline");
	for (size_t i = 0; i < file_name.n; i++) {
		char ch = file_name.p[i];
		bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
		             (ch >= '0' && ch <= '9') || ch == '.' || ch == '-';
		if ((unsigned char)ch < 0x80)
			buf_put_byte(&b, plain ? (unsigned char)ch : '_');
	}
	buf_put_c(&b, "\"; filename*=UTF-8''");
	for (size_t i = 0; i < file_name.n; i++) {
		unsigned char ch = (unsigned char)file_name.p[i];
		bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
		             (ch >= '0' && ch <= '9') || ch == '.' || ch == '-';
		if (plain)
			buf_put_byte(&b, ch);
		else
			buf_printf(&b, "%%%02X", ch);
	}
	add_header(c->res, STR("Content-Disposition"), arena_str(c->app->arena, buf_str(&b)));
}

/* "bytes=a-b", one range; false when it is none we serve. */
static bool
one_range(struct str header, size_t size, size_t *ret_from, size_t *ret_to)
{
	unsigned long long from, to = size - 1;
	struct str unit, first;
	if (size == 0 || !str_split(&header, '=', &unit) || !str_eq(unit, STR("bytes")) ||
	    str_chr(header, ',') >= 0)
		return false;
	if (!str_split(&header, '-', &first) || !str_to_u64(first, size - 1, &from))
		return false;
	if (header.n && !str_to_u64(header, UINT64_MAX / 20, &to))
		return false;
	*ret_from = (size_t)from;
	*ret_to = to >= size ? size - 1 : (size_t)to;
	return *ret_from <= *ret_to;
}

enum err
http_send_file(struct http_ctx *c, const struct file_ref *f, bool attachment)
{
	int fd;
	size_t size, from, to;
	TRY(blob_open(c->app->blobs, &f->blob, &fd, &size));
	c->res->mime = f->mime;
	http_disposition(c, f->file_name, attachment);
	add_header(c->res, STR("Accept-Ranges"), STR("bytes"));
	if (one_range(c->req->range, size, &from, &to)) {
		void *p;
		enum err e = arena_try(c->app->arena, to - from + 1, 1, &p);
		if (e == OK && pread(fd, p, to - from + 1, (off_t)from) != (ssize_t)(to - from + 1))
			e = ERR_IO;
		close(fd);
		TRY(e);
		buf_put(&c->res->body, str_make(p, to - from + 1));
		c->res->status = 206;
		add_header(c->res, STR("Content-Range"),
		    arena_printf(c->app->arena, "bytes %zu-%zu/%zu", from, to, size));
		return OK;
	}
	c->res->fd = fd;
	c->res->fd_size = size;
	return OK;
}
