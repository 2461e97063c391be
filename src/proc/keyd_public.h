/* What keyd answers to the role that strangers talk to: only what it makes whole by itself, so that whoever
 * takes that role over can have nothing signed that says something else. */
#ifndef PROC_KEYD_PUBLIC_H
#define PROC_KEYD_PUBLIC_H

#include "authority_new.h"
#include "ipc.h"

struct keyd_public; /* what keyd needs for it */
/* stamps: what signs tokens, and refuses to. */
MUST_CHECK enum err
keyd_public_new(
    struct arena *a, struct keys *keys, struct signer stamps, const char *key_dir, struct keyd_public **ret);
/* Answers one frame. What is no question is not answered. */
void
keyd_public_answer(struct keyd_public *p, int sock, struct str question, struct arena *a);
/* One of each, thrown away: for keyd before it locks itself down. */
MUST_CHECK enum err
keyd_public_warm_up(struct keyd_public *p, struct arena *a);

/* The other end; usable from several threads. Lives in the arena. */
struct authority_keeper
keyd_keeper(struct arena *a, int sock);

#endif
