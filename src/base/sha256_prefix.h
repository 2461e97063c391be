/* The SHA-256 of what only grows at its end: no byte is hashed twice, however many digests are taken on the
 * way.
 */
#ifndef BASE_SHA256_PREFIX_H
#define BASE_SHA256_PREFIX_H

#include "id.h"

/* So many bytes from the beginning are hashed. {0}: none yet. */
struct sha256_prefix {
	void *state;
	size_t n;
};

void
sha256_prefix_free(struct sha256_prefix *p);
/* Now of all of these bytes. The first p->n of them must be those that were hashed before. */
void
sha256_prefix_extend(struct sha256_prefix *p, struct str bytes);
/* The digest of the prefix followed by two pieces, either of which may be empty; the prefix stays as it is.
 */
struct sha256
sha256_prefix_digest(const struct sha256_prefix *p, struct str then, struct str last);

#endif
