#include "wiring.h"
#include "blob_fs.h"
#include "client.h"
#include "data_dir.h"
#include "lockdown.h"
#include "log.h"
#include "mailer_new.h"
#include "roles.h"
#include "store_open.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static void
kick(void *self)
{
	uint64_t one = 1;
	if (write(ROLE_FD_KICK, &one, sizeof(one)) < 0)
		log_event(LOG_DEBUG, "kick", "the counter is full: the jobs will look anyway");
}

enum err
wiring_make(struct arena *a, const struct config *c, struct wiring *ret)
{
	*ret =
	    (struct wiring){.config = {.base_url = c->base_url,
	                        .product_name = c->product_name,
	                        .mail_from = c->mail_from,
	                        .temp_dir = data_path(a, c, "tmp"),
	                        .archive_after_ms = (int64_t)c->archive_after * 1000,
	                        .timestamp_alarm_ms = (int64_t)c->tsa_alarm_after * 1000,
	                        .checkpoint_every_ms =
	                            (int64_t)(c->checkpoint_every > 0 ? c->checkpoint_every : 3600) * 1000}};
	struct app *app = &ret->app;
	if (!certificate_language_read(c->certificate_language, &ret->config.certificate_language))
		return ERR_CONFIG;
	TRY(data_link_key(a, c, ret->config.link_key));
	TRY(data_root_pem(a, c, &ret->config.root_pem));
	TRY(store_open(data_path(a, c, "store"), &app->store));
	TRY(blobs_open_fs(a, data_path(a, c, "blobs"), &app->blobs));
	TRY(pdfd_client_new(a, ROLE_FD_PDFD, &app->documents));
	TRY(outbox_open(a, data_path(a, c, "outbox"), &app->outbox));
	app->config = &ret->config;
	app->kick = kick;
	return OK;
}

enum err
wiring_worker_app(void *self, struct app *ret)
{
	const struct wiring *w = self;
	*ret = w->app;
	return OK;
}

enum err
wiring_lock_down(struct arena *a, const struct config *c)
{
	/* fonts and their cache, certificates of other servers, name resolution */
	static const char *const read_only[] = {"/etc", "/usr", "/lib", "/var/cache/fontconfig",
	    "/run/systemd/resolve", "/dev/null", "/dev/urandom", "/proc/self", "/proc/sys/vm",
	    "/sys/devices/system/cpu", NULL};
	const char *const read_write[] = {data_path(a, c, "store"), data_path(a, c, "blobs"),
	    data_path(a, c, "outbox"), data_path(a, c, "tmp"), NULL};
	return lockdown_paths(read_only, read_write);
}

void
wiring_block_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void
wiring_serve_until_told(void)
{
	sigset_t set;
	int sig;
	if (write(ROLE_FD_READY, "r", 1) != 1)
		log_event(LOG_WARN, "ready", "the supervisor does not listen");
	close(ROLE_FD_READY);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	/* Ctrl+C reaches every process of the terminal; the supervisor alone decides, and tells in order */
	do {
		if (sigwait(&set, &sig))
			break;
	} while (sig != SIGTERM);
}

enum err
wiring_read_file(struct arena *a, const char *path, struct str *ret)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	char *p =
	    fstat(fd, &st) == 0 && st.st_size < (1 << 20) ? arena_alloc(a, (size_t)st.st_size + 1) : NULL;
	ssize_t n = p ? read(fd, p, (size_t)st.st_size) : -1;
	close(fd);
	if (n < 0)
		return ERR_IO;
	*ret = str_make(p, (size_t)n);
	return OK;
}
