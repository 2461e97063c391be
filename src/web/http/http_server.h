/* The server behind http.h: accepts connections, reads requests whole, hands them to workers, sends what they
 * answer. */
#ifndef WEB_HTTP_HTTP_SERVER_H
#define WEB_HTTP_HTTP_SERVER_H

#include "http.h"

struct http_server_config {
	int listen_fd;   /* TLS; plain http on it is answered with a redirect to base_url */
	int redirect_fd; /* plain http that is redirected, or -1 */
	const char *certificate_pem, *key_pem; /* texts */
	unsigned workers, queue_max; /* requests waiting past queue_max are answered 503 with Retry-After */
	bool rate_limits;
	struct str base_url;
	const char *temp_dir; /* uploads are spooled here, unlinked */
	unsigned char csrf_key[32];
	unsigned header_deadline_ms, body_deadline_ms; /* 0: 10 s; 120 s */
	/* Makes each worker's application: store, blobs, documents... Its arena, time and origin are set for
	 * each request. */
	enum err (*worker_app)(void *self, struct app *ret);
	void *self;
	/* Shows an error page into res, whose status is set. */
	void (*error_page)(struct http_ctx *c, enum err e);
};

struct http_server;
MUST_CHECK enum err
http_server_start(const struct http_server_config *config, struct http_server **ret);
/* Finishes what is under way, then stops. */
void
http_server_stop(struct http_server *s);

#endif
