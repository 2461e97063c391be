/* A folder with keys for one test program, and other people's tools run on what it makes. */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

#include "buf.h"
#include "keys.h"

struct scratch {
	struct arena a;
	char dir[64], key_dir[72];
	struct keys *keys;
	struct certificates certs;
};

/* False when a folder or keys cannot be made. */
bool
scratch_open(struct scratch *s, enum key_algorithm algorithm);
void
scratch_close(struct scratch *s);
/* The path of a file of this name in the folder. */
const char *
scratch_path(struct scratch *s, const char *name);
/* Puts bytes into a file and answers its path. */
const char *
scratch_write(struct scratch *s, const char *name, struct str bytes);
/* Runs a program (searched in PATH; argv ends in NULL) and answers its exit status, -1 when it did not exit.
 * ret_said: what it wrote to standard output and error. */
int
scratch_run(struct scratch *s, const char *const *argv, struct str *ret_said);

#endif
