#ifndef PROC_CLI_KEYS_H
#define PROC_CLI_KEYS_H

#include "keys.h"

/* The keys that the command line seals with, made when they are missing. folder: NULL for
 * $XDG_DATA_HOME/keiin/keys. algorithm: NULL to take the keys as they are (new ones are P-256). Says on
 * stderr what is wrong; the caller frees the keys with keys_free(). */
MUST_CHECK enum err
cli_keys_open(struct arena *a, const char *folder, const enum key_algorithm *algorithm, struct keys **ret,
    struct certificates *ret_certificates);

#endif
