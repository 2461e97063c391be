/* Signed texts: a detached CAdES-B-T signature, as sealer_note() makes it. */
#ifndef EVIDENCE_NOTE_H
#define EVIDENCE_NOTE_H

#include "arena.h"

#include <stdint.h>

/* Checks the signature (DER) over the text and the timestamp over the signature. trust_pem: anchors both must
 * lead to, or empty. ret_time_ms: of the timestamp. ERR_INVALID, with a reason in words; also when trust_pem
 * holds no certificate. */
MUST_CHECK enum err
note_check(struct arena *a, struct str text, struct str der, struct str trust_pem, int64_t *ret_time_ms,
    const char **ret_problem);

#endif
