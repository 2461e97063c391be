#include "authority_new.h"
#include "data_dir.h"
#include "handlers.h"
#include "http_server.h"
#include "id.h"
#include "keyd_public.h"
#include "log.h"
#include "roles.h"
#include "wiring.h"

#include <errno.h>
#include <fcntl.h>

static enum err
read_certificate(struct arena *a, const struct config *c, struct http_server_config *ret)
{
	struct str certificate, key;
	const char *certificate_path =
	    c->tls_certificate.n ? arena_cstr(a, c->tls_certificate) : data_path(a, c, "tls/own.pem");
	const char *key_path = c->tls_key.n ? arena_cstr(a, c->tls_key) : data_path(a, c, "tls/own.key");
	TRY(wiring_read_file(a, certificate_path, &certificate));
	TRY(wiring_read_file(a, key_path, &key));
	ret->certificate_pem = arena_cstr(a, certificate);
	ret->key_pem = arena_cstr(a, key);
	return OK;
}

static enum err
start(struct arena *a, const struct config *c, struct wiring *w, struct http_server **ret)
{
	struct http_server_config h = {.listen_fd = ROLE_FD_LISTEN,
	    .redirect_fd = fcntl(ROLE_FD_REDIRECT, F_GETFD) < 0 ? -1 : ROLE_FD_REDIRECT,
	    .workers = (unsigned)c->workers,
	    .rate_limits = c->rate_limits,
	    .base_url = c->base_url,
	    .temp_dir = data_path(a, c, "tmp"),
	    .worker_app = wiring_worker_app,
	    .self = w,
	    .error_page = page_error};
	TRY(wiring_make(a, c, w));
	TRY(authority_new(
	    a, keyd_keeper(a, ROLE_FD_KEYD_PUBLIC), w->config.root_pem, c->tsa_serve, &w->app.authority));
	TRY(read_certificate(a, c, &h));
	/* the key of forms follows from the links' key, so that a restart does not spoil open pages */
	struct sha256 csrf = hmac_sha256(w->config.link_key, STR("csrf"));
	memcpy(h.csrf_key, csrf.b, sizeof(h.csrf_key));
	TRY(wiring_lock_down(a, c));
	return http_server_start(&h, ret);
}

int
role_web(struct arena *a, const struct config *c)
{
	static struct wiring w;
	struct http_server *server;
	wiring_block_signals();
	enum err e = start(a, c, &w, &server);
	if (e != OK) {
		log_event(LOG_ERROR, "start", "error=%s", err_info(e)->name);
		return 1;
	}
	wiring_serve_until_told();
	http_server_stop(server);
	return 0;
}
