/* The role that holds the private keys, and its client.  One question: sign this digest for this job. */
#ifndef PROC_KEYD_H
#define PROC_KEYD_H

#include "keys.h"

struct keyd_settings {
	struct keys_source keys;
	long rate_per_minute;    /* jobs that are signed for; 0: no limit */
	const char *token_files; /* folder that the token's module may work in; NULL or empty: none */
};

/* Serves questions of the role that seals until its socket closes, and, between them, those of the role that
 * strangers talk to (keyd_public.h; -1: none). Signs for the former so often and no more (keyd_limits.h),
 * logs every signature, counts them in the folder of keys (keyd_totals.h), and refuses when a certificate has
 * ended. Loads the keys, then gives up files, network and new programs; with a key in a token only what that
 * does not need: its module may go on reading the system's files and use its own folder. */
int
keyd_serve(int sock, int public_sock, const struct keyd_settings *settings);

struct keyd_client;
/* A signer that asks over the socket; usable from several threads. Lives in the arena. */
struct signer
keyd_signer(struct arena *a, int sock);

#endif
