/* The data folder: its layout, and what is made in it at first run. */
#ifndef PROC_DATA_DIR_H
#define PROC_DATA_DIR_H

#include "config.h"
#include "keys.h"

/* Makes folders (0700), the sealing keys, the link key and the server's own TLS certificate where they are
 * missing. Repeating it changes nothing. Refuses, with the reason on stderr, keys that are not fit to seal or
 * stamp with. */
MUST_CHECK enum err
data_dir_prepare(struct arena *a, const struct config *c);
/* data/NAME as C string. */
char *
data_path(struct arena *a, const struct config *c, const char *name);
MUST_CHECK enum err
data_link_key(struct arena *a, const struct config *c, unsigned char ret_key[32]);
/* Where this configuration has the private keys. */
struct keys_source
data_keys_source(struct arena *a, const struct config *c);
/* The certificate of the platform's own root, and the chains of the keys for seals that come, or came, from
 * outside. */
MUST_CHECK enum err
data_root_pem(struct arena *a, const struct config *c, struct str *ret);

#endif
