#ifndef PROC_CLI_RENEW_H
#define PROC_CLI_RENEW_H

/* keiin renew: orders the renewal of archive timestamps. Answers the exit status. */
int
cli_renew(int argc, char **argv);

#endif
