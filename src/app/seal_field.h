#ifndef APP_SEAL_FIELD_H
#define APP_SEAL_FIELD_H

#include "dossier.h"

/* The signature field of a participant's n-th place: "kp-<position>-<n>"; 0 is the invisible one of a
 * participant who stamps nowhere. Successors take over the position. */
struct str
seal_field(struct arena *a, const struct row_participant *p, unsigned number);

#endif
