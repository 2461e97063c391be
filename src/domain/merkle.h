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
/* An inclusion proof (RFC 9162 2.1.3): the nodes beside the way from a leaf up to the root. */
struct merkle_path {
	uint64_t index; /* of the leaf, from 0 */
	unsigned n;
	struct sha256 node[MERKLE_LEVELS];
};
/* Appends a leaf as merkle_add() does and gives each path what becomes known of it. For paths to leaves that
 * were not there before the first call, with n = 0. */
void
merkle_add_for(struct merkle *m, const struct sha256 *leaf, struct merkle_path *paths, size_t paths_n);
/* Ends the paths, each to a leaf of the tree as it is now. */
void
merkle_end_paths(const struct merkle *m, struct merkle_path *paths, size_t paths_n);
/* The root of a tree of so many leaves that has this leaf at the path's index (RFC 9162 2.1.3.2). False when
 * a path in such a tree has another length. */
bool
merkle_path_root(
    const struct merkle_path *p, uint64_t size, const struct sha256 *leaf, struct sha256 *ret_root);
/* The root; of an empty log SHA-256 of nothing. */
struct sha256
merkle_root(const struct merkle *m);
/* "SIZE HEX HEX ...", from the largest subtree to the smallest, and back. False when it is none. */
struct str
merkle_encode(struct arena *a, const struct merkle *m);
bool
merkle_decode(struct str s, struct merkle *ret);

#endif
