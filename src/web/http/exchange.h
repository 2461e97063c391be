/* One request and its answer, on its way from the connection through a worker and back. */
#ifndef WEB_HTTP_EXCHANGE_H
#define WEB_HTTP_EXCHANGE_H

#include "http.h"
#include "http_server.h"
#include "multipart.h"
#include "route.h"

struct exchange {
	struct exchange *next; /* in the workers' queue */
	struct arena arena;
	struct http_request req;
	struct http_response res;
	const struct route *route;
	const struct asset *asset;
	enum err refused; /* decided before the body was read */
	struct buf form;  /* urlencoded body */
	struct multipart parts;
	size_t body_n; /* bytes of a multipart body so far */
	bool is_multipart, head, accepts_gzip, same_origin, answered;
	struct str raw_cookies, host, content_type, origin, fetch_site;
	struct http_field cookies[32];
	unsigned cookies_n;
	struct str set_cookies[8];
	unsigned set_cookies_n;
	struct str anonymous; /* the double-submit secret of those without a session */
	int64_t began_ms;
	void *connection;
};

/* The request line and headers are known: route, cookies, session, language, csrf. */
void
exchange_prepare(struct exchange *x, const struct http_server_config *config);
/* A piece of the body; remembers what is wrong with it. */
void
exchange_body(struct exchange *x, const struct http_server_config *config, struct str bytes);
/* On a worker: checks, calls the handler or shows the error, and completes the answer. */
void
exchange_serve(
    struct exchange *x, const struct http_server_config *config, struct app *app, struct rate *rate);
void
exchange_free(struct exchange *x);

#endif
