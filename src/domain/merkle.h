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

/* The proof that leaf `index` is in the log of these leaves (2.1.3.1): at most MERKLE_LEVELS hashes, and how
 * many. */
unsigned
merkle_path(const struct sha256 *leaves, uint64_t n, uint64_t index, struct sha256 *ret);
/* Whether it proves so (2.1.3.2). */
bool
merkle_path_fits(const struct sha256 *leaf, uint64_t index, uint64_t n, const struct sha256 *path,
    unsigned path_n, const struct sha256 *root);

#endif
