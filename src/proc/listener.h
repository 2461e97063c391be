#ifndef PROC_LISTENER_H
#define PROC_LISTENER_H

#include "arena.h"

/* A listening TCP socket at "ADDR:PORT", "[ADDR]:PORT" or ":PORT" (all addresses). Complains on stderr. */
MUST_CHECK enum err
listener_open(struct str address, int *ret_fd);
/* The port of such an address. */
MUST_CHECK enum err
listener_port(struct str address, unsigned *ret);

#endif
