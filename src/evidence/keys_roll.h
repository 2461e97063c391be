/* New keys in the place of old ones, under the same root: what the old ones signed stays as it is, what comes
 * is signed by the new ones. For a folder that no server uses at the time. */
#ifndef EVIDENCE_KEYS_ROLL_H
#define EVIDENCE_KEYS_ROLL_H

#include "keys.h"

/* New keys and certificates for seals and for timestamps; the old ones are kept in the folder old, named by
 * the serial number. algorithm: NULL for that of the old ones. destroy_old: of the old ones only the
 * certificates are kept, of earlier ones, too. All or nothing: a run that was cut off is finished, or begun
 * again, by the next. ERR_NOT_FOUND when the root's key was taken away; ERR_CONFIG as of keys_issue(). */
MUST_CHECK enum err
keys_roll(const char *dir, const enum key_algorithm *algorithm, bool destroy_old);
/* Finishes a run that was cut off after its point of no return. */
MUST_CHECK enum err
keys_roll_finish(const char *dir);

#endif
