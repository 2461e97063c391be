#ifndef PROC_TLS_OWN_H
#define PROC_TLS_OWN_H

#include "err.h"

/* The server's own TLS certificate (P-256, self-signed, two years) for localhost and this host's name, unless
 * both files are there and it is good for another 30 days. */
MUST_CHECK enum err
tls_own_create(const char *certificate_path, const char *key_path);

#endif
