/* The only place that knows libmicrohttpd: connections and TLS are its, requests are handed to workers and
 * answers handed back. */
#include "acceptor.h"
#include "clock.h"
#include "exchange.h"
#include "gate.h"
#include "http_server.h"
#include "log.h"
#include "reaper.h"
#include "urlencoded.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HEADER_DEADLINE_MS = 10000,
	BODY_DEADLINE_MS = 120000,
	IDLE_S = 30,
	CONNECTIONS_MAX = 4000,
	PER_ADDRESS_MAX = 400,
	QUERY_MAX = 64
};

/* 256-bit AEAD only (TLS 1.3 and 1.2), as the guide promises its readers. */
static const char tls_priorities[] =
    "NONE:+VERS-TLS1.3:+VERS-TLS1.2:+AES-256-GCM:+CHACHA20-POLY1305:+AEAD:+ECDHE-ECDSA:+ECDHE-RSA:"
    "+GROUP-X25519:+GROUP-SECP384R1:+GROUP-SECP256R1:+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SHA384:+SIGN-ECDSA-"
    "SECP256R1-SHA256:"
    "+SIGN-ECDSA-SECP384R1-SHA384:+SIGN-EDDSA-ED25519:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-PSS-RSAE-SHA384:+"
    "SIGN-RSA-SHA256:"
    "+SIGN-RSA-SHA384:+CTYPE-X509:+COMP-NULL:%SERVER_PRECEDENCE";

static const char csp[] = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
                          "font-src 'self'; connect-src 'self'; "
                          "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
                          "require-trusted-types-for 'script'; trusted-types 'none'";

struct http_server {
	struct http_server_config config;
	struct MHD_Daemon *daemon;
	struct acceptor *acceptor;
	struct reaper *reaper;
	struct rate *rate;
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	struct exchange *first, **last;
	unsigned queued, busy;
	bool stop;
	pthread_t workers[64];
	unsigned workers_n;
};

/* ---- workers ---- */
static struct exchange *
next_exchange(struct http_server *s)
{
	pthread_mutex_lock(&s->lock);
	while (!s->first && !s->stop)
		pthread_cond_wait(&s->filled, &s->lock);
	struct exchange *x = s->first;
	if (x) {
		s->first = x->next;
		if (!s->first)
			s->last = &s->first;
		s->queued--;
		s->busy++;
	}
	pthread_mutex_unlock(&s->lock);
	return x;
}

static void *
work(void *arg)
{
	struct http_server *s = arg;
	struct app app = {0};
	struct exchange *x;
	if (s->config.worker_app(s->config.self, &app) != OK) {
		log_event(LOG_ERROR, "worker", "cannot be set up");
		return NULL;
	}
	while ((x = next_exchange(s))) {
		exchange_serve(x, &s->config, &app, s->rate);
		x->answered = true;
		MHD_resume_connection(x->connection);
		pthread_mutex_lock(&s->lock);
		s->busy--;
		pthread_cond_signal(&s->emptied);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

static bool
enqueue(struct http_server *s, struct exchange *x)
{
	pthread_mutex_lock(&s->lock);
	bool room = s->queued < s->config.queue_max && !s->stop;
	if (room) {
		/* suspended before a worker can see it: resuming one that is not suspended is undefined */
		MHD_suspend_connection(x->connection);
		x->next = NULL;
		*s->last = x;
		s->last = &x->next;
		s->queued++;
		pthread_cond_signal(&s->filled);
	}
	pthread_mutex_unlock(&s->lock);
	return room;
}

/* ---- reading requests ---- */
static int
socket_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	return info ? info->connect_fd : -1;
}

static struct str
address_of(struct MHD_Connection *c, struct arena *a)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char text[INET6_ADDRSTRLEN] = "";
	if (info && info->client_addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr,
		    text, sizeof(text));
	else if (info && info->client_addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6,
		    &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, text,
		    sizeof(text));
	return arena_str(a, str_c(text));
}

struct header_walk {
	struct exchange *x;
	struct gate gate;
	bool expects_more;
};

static enum MHD_Result
header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct header_walk *w = cls;
	struct exchange *x = w->x;
	struct str n = str_c(name), v = arena_str(&x->arena, str_c(value ? value : ""));
	gate_header(&w->gate, name, value ? value : "");
	if (str_ieq(n, STR("Cookie")))
		x->raw_cookies = v;
	else if (str_ieq(n, STR("Host")))
		x->host = v;
	else if (str_ieq(n, STR("Origin")))
		x->origin = v;
	else if (str_ieq(n, STR("Sec-Fetch-Site")))
		x->fetch_site = v;
	else if (str_ieq(n, STR("Content-Type")))
		x->content_type = v;
	else if (str_ieq(n, STR("User-Agent")))
		x->req.user_agent = str_slice(v, 0, 512);
	else if (str_ieq(n, STR("Accept-Language")))
		x->req.accept_language = v;
	else if (str_ieq(n, STR("If-None-Match")))
		x->req.if_none_match = v;
	else if (str_ieq(n, STR("Range")))
		x->req.range = v;
	else if (str_ieq(n, STR("Accept-Encoding")))
		x->accepts_gzip = str_find(v, STR("gzip")) >= 0;
	return MHD_YES;
}

/* Browsers send Origin with every POST; one that names another place is refused. Under our no-referrer policy
 * it says "null" for our own forms too: then Sec-Fetch-Site tells, where the browser has it; the form's token
 * is asked for in any case. */
static bool
same_origin(const struct exchange *x)
{
	static const struct str scheme = {"https://", 8};
	if (x->origin.n == 0)
		return true;
	if (str_eq(x->origin, STR("null")))
		return x->fetch_site.n == 0 || str_eq(x->fetch_site, STR("same-origin"));
	return str_starts(x->origin, scheme) && str_ieq(str_slice(x->origin, scheme.n, x->origin.n), x->host);
}

static enum err
read_target(struct exchange *x, struct str target)
{
	struct str path;
	if (!str_split(&target, '?', &path))
		return ERR_NOT_FOUND;
	TRY(urlencoded_decode(&x->arena, path, false, &x->req.path));
	return urlencoded_parse(&x->arena, target, QUERY_MAX, &x->req.query, &x->req.query_n);
}

static enum err
read_head(struct exchange *x, struct MHD_Connection *c, const char *method)
{
	struct header_walk w = {.x = x};
	struct str m = str_c(method);
	/* the raw target was kept by note_target(); MHD's own is unescaped into a C string and cannot be
	 * trusted */
	struct str raw = x->req.path;
	x->req.path = STR("/");
	MHD_get_connection_values(c, MHD_HEADER_KIND, header, &w);
	x->req.ip = address_of(c, &x->arena);
	x->same_origin = same_origin(x);
	x->head = str_eq(m, STR("HEAD"));
	x->req.method = str_eq(m, STR("POST")) ? HTTP_POST : HTTP_GET;
	if (!raw.p || !gate_pass(&w.gate))
		return ERR_INVALID;
	if (!x->head && x->req.method == HTTP_GET && !str_eq(m, STR("GET")))
		return ERR_METHOD;
	return read_target(x, raw);
}

/* Called with the request line's target before anything else; what it returns becomes the request's *con_cls.
 */
static void *
note_target(void *cls, const char *uri, struct MHD_Connection *c)
{
	struct exchange *x = calloc(1, sizeof(*x));
	if (!x)
		return NULL;
	x->connection = c;
	x->res.fd = -1;
	x->req.path = gate_target(uri) ? arena_str(&x->arena, str_c(uri)) : STR_NONE;
	return x;
}

/* ---- sending answers ---- */
static void
put(struct MHD_Response *r, const char *name, struct str value)
{
	char text[2048];
	if (value.n >= sizeof(text) || str_chr(value, '\r') >= 0 || str_chr(value, '\n') >= 0) {
		log_event(LOG_WARN, "header", "name=%s dropped", name);
		return;
	}
	memcpy(text, value.p, value.n);
	text[value.n] = 0;
	MHD_add_response_header(r, name, text);
}

static void
security_headers(struct MHD_Response *r)
{
	MHD_add_response_header(r, "Content-Security-Policy", csp);
	MHD_add_response_header(r, "Strict-Transport-Security", "max-age=63072000; includeSubDomains");
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(r, "Referrer-Policy", "no-referrer");
	MHD_add_response_header(r, "X-Frame-Options", "DENY");
	MHD_add_response_header(r, "Cross-Origin-Opener-Policy", "same-origin");
	MHD_add_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
	MHD_add_response_header(r, "Permissions-Policy", "camera=(), microphone=(), geolocation=()");
	MHD_add_response_header(r, "X-Robots-Tag", "noindex, nofollow");
}

static enum MHD_Result
send_answer(struct exchange *x, struct MHD_Connection *c)
{
	struct http_response *a = &x->res;
	struct MHD_Response *r;
	if (a->fd >= 0) {
		r = MHD_create_response_from_fd64(a->fd_size, a->fd);
		a->fd = -1; /* MHD closes it */
	} else {
		r = MHD_create_response_from_buffer(a->body.n, a->body.p, MHD_RESPMEM_PERSISTENT);
	}
	if (!r)
		return MHD_NO;
	security_headers(r);
	put(r, "Content-Type", a->mime);
	if (a->location.n)
		put(r, "Location", a->location);
	if (a->immutable) {
		MHD_add_response_header(r, "Cache-Control", "public, max-age=31536000, immutable");
	} else if (a->cacheable_etag.n) {
		MHD_add_response_header(r, "Cache-Control", "private, no-cache");
		put(r, "ETag", a->cacheable_etag);
	} else {
		MHD_add_response_header(r, "Cache-Control", "no-store");
	}
	MHD_add_response_header(r, "Vary", "Accept-Encoding, Cookie");
	for (unsigned i = 0; i < a->headers_n; i++) {
		char name[64];
		snprintf(name, sizeof(name), "%.*s", STR_ARG(a->headers[i].name));
		put(r, name, a->headers[i].value);
	}
	for (unsigned i = 0; i < x->set_cookies_n; i++)
		put(r, "Set-Cookie", x->set_cookies[i]);
	if (a->status == 503 || a->status == 429)
		MHD_add_response_header(r, "Retry-After", "5");
	enum MHD_Result result = MHD_queue_response(c, (unsigned)a->status, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result
overloaded(struct exchange *x, struct MHD_Connection *c)
{
	static const char text[] = "混み合っています。しばらくしてからもう一度お試しください。/ Busy. Please "
	                           "try again a little later.\n";
	x->res.status = 503;
	x->res.mime = STR("text/plain; charset=utf-8");
	x->res.body.n = 0;
	buf_put_c(&x->res.body, text);
	return send_answer(x, c);
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
    const char *data, size_t *data_n, void **con_cls)
{
	struct http_server *s = cls;
	struct exchange *x = *con_cls;
	if (!x)
		return MHD_NO;
	if (x->answered)
		return send_answer(x, c);
	if (!x->began_ms) {
		x->refused = read_head(x, c, method);
		exchange_prepare(x, &s->config);
		reaper_set(s->reaper, socket_of(c), s->config.body_deadline_ms);
		if (x->refused == ERR_INVALID)
			goto serve; /* where this request ends cannot be known: answer and close */
		return MHD_YES;
	}
	if (*data_n) {
		exchange_body(x, &s->config, str_make(data, *data_n));
		*data_n = 0;
		return MHD_YES;
	}
serve:
	reaper_set(s->reaper, socket_of(c), 0);
	return enqueue(s, x) ? MHD_YES : overloaded(x, c);
}

static void
on_completed(void *cls, struct MHD_Connection *c, void **con_cls, enum MHD_RequestTerminationCode why)
{
	struct http_server *s = cls;
	struct exchange *x = *con_cls;
	*con_cls = NULL;
	if (x)
		exchange_free(x);
	reaper_set(s->reaper, socket_of(c), (int64_t)IDLE_S * 1000);
}

static void
on_connection(
    void *cls, struct MHD_Connection *c, void **socket_context, enum MHD_ConnectionNotificationCode what)
{
	struct http_server *s = cls;
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		reaper_set(s->reaper, socket_of(c), s->config.header_deadline_ms);
	else
		reaper_forget(s->reaper, socket_of(c));
}

static void
on_log(void *cls, const char *fmt, va_list ap)
{
	char text[512];
	vsnprintf(text, sizeof(text), fmt, ap);
	log_event(LOG_DEBUG, "mhd", "%s", text);
}

static void
take_connection(void *self, int fd, const struct sockaddr *address, socklen_t n)
{
	struct http_server *s = self;
	if (MHD_add_connection(s->daemon, fd, address, n) != MHD_YES)
		log_event(LOG_WARN, "connection", "refused errno=%d", errno);
}

/* ---- start and stop ---- */
static enum err
start_daemon(struct http_server *s)
{
	const struct MHD_OptionItem tls[] = {
	    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)s->config.key_pem},
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)s->config.certificate_pem},
	    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities}, {MHD_OPTION_END, 0, NULL}};
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TLS |
	                 MHD_USE_ITC | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG;
	s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log,
	    NULL, MHD_OPTION_ARRAY, tls, MHD_OPTION_URI_LOG_CALLBACK, note_target, s,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
	    (unsigned)PER_ADDRESS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32 * 1024, MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_END);
	return s->daemon ? OK : ERR_IO;
}

enum err
http_server_start(const struct http_server_config *config, struct http_server **ret)
{
	struct http_server *s = calloc(1, sizeof(*s));
	if (!s)
		return ERR_NOMEM;
	s->config = *config;
	if (!s->config.header_deadline_ms)
		s->config.header_deadline_ms = HEADER_DEADLINE_MS;
	if (!s->config.body_deadline_ms)
		s->config.body_deadline_ms = BODY_DEADLINE_MS;
	if (!s->config.queue_max)
		s->config.queue_max = 256;
	s->last = &s->first;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->filled, NULL);
	pthread_cond_init(&s->emptied, NULL);
	s->rate = config->rate_limits ? rate_new() : NULL;
	TRY(reaper_start(&s->reaper));
	while (s->workers_n < config->workers && s->workers_n < sizeof(s->workers) / sizeof(s->workers[0]))
		if (pthread_create(&s->workers[s->workers_n++], NULL, work, s))
			return ERR_NOMEM;
	TRY(start_daemon(s));
	struct acceptor_config accept = {.listen_fd = config->listen_fd,
	    .redirect_fd = config->redirect_fd,
	    .base_url = config->base_url,
	    .first_byte_ms = s->config.header_deadline_ms,
	    .take = take_connection,
	    .self = s};
	TRY(acceptor_start(&accept, &s->acceptor));
	*ret = s;
	return OK;
}

void
http_server_stop(struct http_server *s)
{
	acceptor_stop(s->acceptor);
	pthread_mutex_lock(&s->lock);
	while (s->first || s->busy)
		pthread_cond_wait(&s->emptied, &s->lock);
	s->stop = true;
	pthread_cond_broadcast(&s->filled);
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < s->workers_n; i++)
		pthread_join(s->workers[i], NULL);
	MHD_stop_daemon(s->daemon);
	reaper_stop(s->reaper);
	rate_free(s->rate);
	free(s);
}
