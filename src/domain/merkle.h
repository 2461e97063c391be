/* A log that can only grow: the Merkle tree hash of RFC 9162 2.1.1, kept as the few hashes that its next leaf
 * needs. */
#ifndef DOMAIN_MERKLE_H
#define DOMAIN_MERKLE_H

#include "arena.h"
#include "id.h"

#include <stdbool.h>
#include <stdint.h>

enum { MERKLE_LEVELS = 40 };

struct merkle {
	uint64_t size;
	struct sha256 at[MERKLE_LEVELS]; /* of the complete subtree of 2^i leaves, where size has bit i */
};

/* The hash of a leaf: SHA-256 of 0x00 and its bytes. */
struct sha256
merkle_leaf(struct str bytes);
/* Appends a leaf by its hash. */
void
merkle_add(struct merkle *m, const struct sha256 *leaf);
/* The root; of an empty log SHA-256 of nothing. */
struct sha256
merkle_root(const struct merkle *m);
/* "SIZE HEX HEX ...", from the largest subtree to the smallest, and back. False when it is none. */
struct str
merkle_encode(struct arena *a, const struct merkle *m);
bool
merkle_decode(struct str s, struct merkle *ret);

#endif
