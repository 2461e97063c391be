/* The sealer of the port, over PAdES signatures. */
#ifndef EVIDENCE_SEALER_NEW_H
#define EVIDENCE_SEALER_NEW_H

#include "gather.h"
#include "keys.h"
#include "sealer.h"
#include "tsa.h"

/* Lives in the arena, as long as certs, tsa and outside do; several threads may use it. */
MUST_CHECK enum err
sealer_new(struct arena *a, struct signer signer, const struct certificates *certs, struct tsa *tsa,
    struct outside *outside, struct sealer **ret);

#endif
