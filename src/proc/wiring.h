/* What the roles web and jobs share: the same store, blobs and sandbox behind the ports. */
#ifndef PROC_WIRING_H
#define PROC_WIRING_H

#include "app.h"
#include "config.h"

struct wiring {
	struct app app; /* the shared part; arenas and times are each worker's own */
	struct app_config config;
};

MUST_CHECK enum err
wiring_make(struct arena *a, const struct config *c, struct wiring *ret);
/* Copies the shared part for one worker. Shape of the callbacks of http_server and job_pool; self is a struct
 * wiring. */
MUST_CHECK enum err
wiring_worker_app(void *self, struct app *ret);
/* Keeps the role away from the private keys and from other folders. Call before threads start. */
MUST_CHECK enum err
wiring_lock_down(struct arena *a, const struct config *c);
/* Says once that the role serves, and blocks until SIGTERM. */
void
wiring_serve_until_told(void);
/* Blocks the signals that wiring_serve_until_told() waits for; call before threads start. */
void
wiring_block_signals(void);
/* A file's whole text in the arena. */
MUST_CHECK enum err
wiring_read_file(struct arena *a, const char *path, struct str *ret);

#endif
