/* Level B-LTA and its renewal (EN 319 142-1 5.5), in two steps, so that no timestamp is bought before what it
 * is to cover is there. */
#ifndef EVIDENCE_ARCHIVE_H
#define EVIDENCE_ARCHIVE_H

#include "gather.h"
#include "pades.h"

/* Puts into the DSS the certificates of everything that is signed or stamped in the file, these lists of
 * revoked certificates, DER, and, unless outside is NULL, what authorities that are not ours say about
 * theirs. The lists should be made after the newest timestamp of the file, by every root that issued to it.
 * *file grows by one revision or stays as it was. ERR_TSA: what is needed may come later. */
MUST_CHECK enum err
archive_material(struct outside *outside, const struct str *crls, size_t crls_n, struct buf *file);
/* A document timestamp over all that. ret_time_ms: its time; ret_until_ms: when its certificate ends. *file
 * grows by one revision or stays as it was. */
MUST_CHECK enum err
archive_timestamp(const struct pades *p, struct buf *file, int64_t *ret_time_ms, int64_t *ret_until_ms);

#endif
