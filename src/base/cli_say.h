/* How the subcommands speak to whoever typed them. */
#ifndef BASE_CLI_SAY_H
#define BASE_CLI_SAY_H

#include "err.h"

#include <stdbool.h>

/* As LC_ALL, LC_MESSAGES or LANG say, the first of them that says something. */
bool
cli_speaks_japanese(void);
/* Says on stderr that it is refused and why, in the reader's language. Answers 1, the exit status. */
int
cli_refused(const char *what, enum err e);
/* Says on stderr what is wrong with the command, and how it is used. Answers 2, the exit status. */
__attribute__((format(printf, 2, 3))) int
cli_misused(const char *usage, const char *format, ...);
/* The same after getopt_long() answered ':' (a value is missing) or '?' with opterr = 0. */
int
cli_bad_option(const char *usage, int answer, char *const *argv);
/* The usage, because it was asked for. Answers 0, the exit status. */
int
cli_help(const char *usage);

#endif
