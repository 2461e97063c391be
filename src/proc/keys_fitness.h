/* No server starts with keys that make seals nobody can rely on. */
#ifndef PROC_KEYS_FITNESS_H
#define PROC_KEYS_FITNESS_H

#include "keys.h"

enum { KEYS_SHORT_DAYS = 30, KEYS_WARN_DAYS = 90 };

/* Takes the certificates of a key from outside in, opens all keys and judges them. ERR_CONFIG, with the
 * reason on stderr in two languages, when a certificate is not for this key or this use, is not valid, or
 * ends within KEYS_SHORT_DAYS and allow_short is not set; the log is told of one that ends within
 * KEYS_WARN_DAYS. */
MUST_CHECK enum err
keys_fitness_insist(const struct keys_source *source, bool allow_short);
/* Tells the log, when the certificate ends within KEYS_WARN_DAYS. ERR_CONFIG when it has ended. */
MUST_CHECK enum err
keys_fitness_remind(enum key_id key, int64_t until_ms, int64_t now_ms);

#endif
