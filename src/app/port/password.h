/* Port: passwords (argon2id). Implemented by src/ident. */
#ifndef PORT_PASSWORD_H
#define PORT_PASSWORD_H

#include "arena.h"

/* The string form of argon2id with its salt and costs (OWASP's 19 MiB, 2 passes or stronger). */
MUST_CHECK enum err
password_hash(struct arena *a, struct str password, struct str *ret);
/* ERR_BAD_LOGIN when it does not match. An empty hash costs the same time and never matches. */
MUST_CHECK enum err
password_check(struct str hash, struct str password);

#endif
