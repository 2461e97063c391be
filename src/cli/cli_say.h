/* How the subcommands speak to whoever typed them. */
#ifndef CLI_CLI_SAY_H
#define CLI_CLI_SAY_H

#include "err.h"

#include <getopt.h>
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
/* An exit status, or this: nothing stands in the way. */
enum { CLI_GO_ON = -1 };

struct cli_options {
	const char *usage, *letters;   /* letters as for getopt(3), beginning with ':' and with h */
	const struct option *known;    /* for getopt_long(3) */
	int (*take)(int c, void *arg); /* one option, its value in optarg: CLI_GO_ON or the exit status */
};
/* Takes every option; optind is then the first operand. Help, unknown options and missing values are answered
 * here. CLI_GO_ON or the exit status. */
int
cli_options_read(const struct cli_options *o, int argc, char **argv, void *arg);

#endif
