/* Subcommands about sealed documents. argv[0] is the subcommand's name; the answer is the exit status. */
#ifndef EVIDENCE_CLI_H
#define EVIDENCE_CLI_H

#include "arena.h"

/* keiin seal: 0 sealed, 1 refused, 2 wrong usage, or a file that cannot be read or written. */
int
cli_seal(int argc, char **argv);
/* How an evidence package is judged; whoever starts the subcommand brings it along. ret_status: of the
 * process. ERR_INVALID: the anchors hold no certificate. */
typedef enum err
cli_judge(struct arena *a, struct str zip, struct str trust_pem, bool json, bool english,
    struct str *ret_text, int *ret_status);
/* keiin verify: 0 sound, 1 not, 2 unreadable or wrong usage. */
int
cli_verify(int argc, char **argv, cli_judge *judge_package);

#endif
