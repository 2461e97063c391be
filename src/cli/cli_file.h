#ifndef CLI_CLI_FILE_H
#define CLI_CLI_FILE_H

#include "arena.h"

/* A whole file, at most 256 MiB; says on stderr what is wrong. "-" is standard input. */
MUST_CHECK enum err
cli_file_read(struct arena *a, const char *path, struct str *ret);
/* Writes a file whole or not at all; says on stderr what is wrong. "-" is standard output; pipes and devices
 * are written to. */
MUST_CHECK enum err
cli_file_write(const char *path, struct str bytes);

#endif
