/* The roles, and the descriptors each finds open.
 *
 * Three programs that stand beside each other: keiin is the supervisor and keyd and holds no parser of
 * anything from outside; keiin-workers is web, jobs and the subcommands that work on documents; keiin-pdfd is
 * the sandbox, the only one that holds the libraries that read documents. */
#ifndef PROC_ROLES_H
#define PROC_ROLES_H

#include "config.h"

enum role_fd {
	ROLE_FD_CONFIG = 3,      /* config_encode() text; not for pdfd */
	ROLE_FD_READY = 4,       /* one byte is written when the role serves */
	ROLE_FD_LISTEN = 5,      /* web */
	ROLE_FD_REDIRECT = 6,    /* web: plain http, or closed */
	ROLE_FD_PDFD = 7,        /* pdfd: its end; web, jobs: the other */
	ROLE_FD_KEYD = 8,        /* keyd: its end; jobs: the other */
	ROLE_FD_KICK = 9,        /* web, jobs: an eventfd that wakes the jobs */
	ROLE_FD_KEYD_PUBLIC = 10 /* keyd: its end; web: the other */
};

/* Each serves until told to stop (SIGTERM) and returns the exit status. */
int
role_web(struct arena *a, const struct config *c);
int
role_jobs(struct arena *a, const struct config *c);
int
role_keyd(struct arena *a, const struct config *c);

struct role {
	const char *name;
	int (*serve)(struct arena *a, const struct config *c);
};

/* `role NAME`: reads ROLE_FD_CONFIG and becomes that one of the roles. Returns the exit status. */
int
role_main(const char *name, const struct role *roles, size_t n);
/* Becomes the program of that name beside this one, with these arguments; returns only when it is missing. */
void
program_exec(const char *name, char *const *argv);
/* Becomes keiin-pdfd, which serves at ROLE_FD_PDFD; returns only when it is missing. */
void
pdfd_exec(void);

#endif
