#ifndef PROC_SUPERVISOR_H
#define PROC_SUPERVISOR_H

#include "config.h"

/* Prepares the data folder, opens the listening sockets, starts the roles and keeps them running (restarts
 * with backoff) until SIGTERM or SIGINT. Never parses anything from outside. Returns the exit status. */
int
supervisor_run(struct arena *a, const struct config *c);

#endif
