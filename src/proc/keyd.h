/* The role that holds the private keys, and its client.  One question: sign this digest for this job. */
#ifndef PROC_KEYD_H
#define PROC_KEYD_H

#include "keys.h"

/* Serves questions of the role that seals until its socket closes, and, between them, those of the role that
 * strangers talk to (keyd_public.h; -1: none). Loads the keys, then gives up files, network and new
 * programs. */
int
keyd_serve(int sock, int public_sock, const char *key_dir);

struct keyd_client;
/* A signer that asks over the socket; usable from several threads. Lives in the arena. */
struct signer
keyd_signer(struct arena *a, int sock);

#endif
