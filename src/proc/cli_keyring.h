#ifndef PROC_CLI_KEYRING_H
#define PROC_CLI_KEYRING_H

/* `keiin keys status|roll`: the server's keys. Returns the exit status. */
int
cli_keyring(int argc, char **argv);

#endif
