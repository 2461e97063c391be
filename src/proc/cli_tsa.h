#ifndef PROC_CLI_TSA_H
#define PROC_CLI_TSA_H

/* keiin tsa status|test|use: the timestamp authorities. Answers the exit status. */
int
cli_tsa(int argc, char **argv);

#endif
