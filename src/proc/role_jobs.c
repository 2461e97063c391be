#include "clock.h"
#include "data_dir.h"
#include "keyd.h"
#include "log.h"
#include "mailer_new.h"
#include "queue.h"
#include "roles.h"
#include "sealer_new.h"
#include "tsa_list.h"
#include "wiring.h"
#include "worker.h"

/* A server that did not answer keeps no other job waiting for so long. */
enum { OUTSIDE_REST_MS = 60000 };

static enum err
make_sealer(struct arena *a, const struct config *c, struct store *store, struct sealer **ret)
{
	struct certificates *certs = ARENA_NEW(a, struct certificates);
	struct outside *outside = ARENA_NEW(a, struct outside);
	struct signer signer = keyd_signer(a, ROLE_FD_KEYD);
	struct tsa_list list;
	struct tsa *tsa;
	TRY(certificates_load(a, data_path(a, c, "keys"), certs));
	TRY(tsa_list_read(a, c, &list));
	TRY(tsa_list_open(a, &list, signer, certs, store, (int64_t)c->tsa_rest * 1000, &tsa));
	TRY(tsa_list_anchors(a, &list, &outside->certificates, &outside->certificates_n));
	outside->private_allowed = c->tsa_allow_private;
	outside->rest_ms = OUTSIDE_REST_MS;
	return sealer_new(a, signer, certs, tsa, outside, ret);
}

static enum err
start(struct arena *a, const struct config *c, struct wiring *w, struct job_pool **ret)
{
	struct mail_settings mail = {.smtp_url = c->smtp_url,
	    .user = c->smtp_user,
	    .password = c->smtp_password,
	    .starttls = c->smtp_starttls,
	    .from = c->mail_from,
	    .ca_file = c->smtp_ca,
	    .outbox = str_c(data_path(a, c, "outbox"))};
	TRY(wiring_make(a, c, w));
	TRY(make_sealer(a, c, w->app.store, &w->app.sealer));
	TRY(mailer_new(a, &mail, &w->app.mailer));
	TRY(wiring_lock_down(a, c));
	w->app.arena = a;
	w->app.now_ms = clock_utc_ms();
	TRY(app_checkpoint_plan(&w->app));
	TRY(queue_recover(w->app.store)); /* the supervisor starts one such role, after the last has ended */
	struct job_config jobs = {.threads = (unsigned)c->job_threads,
	    .kick_fd = ROLE_FD_KICK,
	    .worker_app = wiring_worker_app,
	    .self = w};
	return job_pool_start(&jobs, ret);
}

int
role_jobs(struct arena *a, const struct config *c)
{
	static struct wiring w;
	struct job_pool *pool;
	wiring_block_signals();
	enum err e = start(a, c, &w, &pool);
	if (e != OK) {
		log_event(LOG_ERROR, "start", "error=%s", err_info(e)->name);
		return 1;
	}
	wiring_serve_until_told();
	job_pool_stop(pool);
	return 0;
}
