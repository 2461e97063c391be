/* Subcommands about sealed documents. argv[0] is the subcommand's name; the answer is the exit status. */
#ifndef EVIDENCE_CLI_H
#define EVIDENCE_CLI_H

/* keiin seal: 0 sealed, 1 refused, 2 wrong usage, or a file that cannot be read or written. */
int
cli_seal(int argc, char **argv);
/* keiin verify: 0 sound, 1 not, 2 unreadable or wrong usage. */
int
cli_verify(int argc, char **argv);

#endif
