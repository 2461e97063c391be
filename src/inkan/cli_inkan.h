/* keiin inkan --text 山田 -o out.png|svg|pdf [--face kointai|gyosho|kaisho|mincho] [--size 12] */
#ifndef INKAN_CLI_INKAN_H
#define INKAN_CLI_INKAN_H

#include "err.h"

/* argv[0] is "inkan". Answers the exit status: 0 done, 1 not possible, 2 wrong usage or the file cannot be
 * written. */
int
cli_inkan(int argc, char **argv);
/* Says on stderr why this text makes no impression. Answers 1, the exit status. */
int
cli_inkan_refused(const char *text, enum err e);

#endif
