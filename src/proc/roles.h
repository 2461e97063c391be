/* The roles the binary re-executes itself into, and the descriptors each finds open. */
#ifndef PROC_ROLES_H
#define PROC_ROLES_H

#include "config.h"

enum role_fd {
	ROLE_FD_CONFIG = 3,   /* config_encode() text */
	ROLE_FD_READY = 4,    /* one byte is written when the role serves */
	ROLE_FD_LISTEN = 5,   /* web */
	ROLE_FD_REDIRECT = 6, /* web: plain http, or closed */
	ROLE_FD_PDFD = 7,     /* pdfd: its end; web, jobs: the other */
	ROLE_FD_KEYD = 8,     /* keyd: its end; jobs: the other */
	ROLE_FD_KICK = 9      /* web, jobs: an eventfd that wakes the jobs */
};

/* Each serves until told to stop (SIGTERM) and returns the exit status. */
int
role_web(struct arena *a, const struct config *c);
int
role_jobs(struct arena *a, const struct config *c);
int
role_keyd(struct arena *a, const struct config *c);
int
role_pdfd(struct arena *a, const struct config *c);

/* `keiin role NAME`: reads ROLE_FD_CONFIG and becomes the role. */
int
role_main(const char *name);

#endif
