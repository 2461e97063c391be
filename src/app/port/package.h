/* Port: 証拠一式, everything that proves a concluded contract in one ZIP file, to be checked by anybody with
 * `keiin verify`, or with openssl, sha256sum and a text editor. Implemented by src/package. */
#ifndef PORT_PACKAGE_H
#define PORT_PACKAGE_H

#include "arena.h"

#include <stdint.h>

enum { PACKAGE_FILES_MAX = 1000, PACKAGE_BYTES_MAX = 240 << 20 };

/* A file of the package: its bytes, or a descriptor to read them from. */
struct package_file {
	struct str name, bytes, sha256; /* sha256: hexadecimal */
	int fd;                         /* -1: the bytes are here */
	size_t size;
};

/* A signature or a timestamp as a file of its own, and the bytes it is over: [0, first_n) and then_n bytes
 * from then_at of another file of the package. */
struct package_seal {
	struct str file, of;
	bool is_timestamp;
	size_t first_n, then_at, then_n;
	int64_t at_ms; /* of the timestamp, or of the first one over the signature */
};

struct package {
	struct str title;
	struct str contract, certificate; /* PDF */
	struct package_file *documents;   /* submitted ones; their names are made safe and unique */
	size_t documents_n;
	struct str events, proofs; /* a line an event: as the log exports it; its place, hash and path */
	struct str note, note_signature; /* checkpoint; DER */
	int64_t at_ms;                   /* the files' date */

	struct package_file *files; /* all but the guide and the list of digests */
	size_t files_n;
	struct package_seal *seals;
	size_t seals_n;
	struct str *revocation; /* names of the lists of revoked certificates among the files */
	size_t revocation_n;
	struct str *missing; /* names of authorities whose own certificates are not among the files */
	size_t missing_n;
};

/* Takes the evidence out of the contract, the certificate and the checkpoint and names every file; everything
 * lives in the arena or belongs to the caller. ERR_PDF_*, ERR_INVALID, ERR_TSA: it is not there, or broken.
 * ERR_TOO_LARGE past PACKAGE_BYTES_MAX. */
MUST_CHECK enum err
package_plan(struct arena *a, struct package *p);
/* Writes the ZIP (stored, in a fixed order, dated at_ms: the same contents give the same bytes) with the
 * guide and the list of digests into an empty file that can seek. */
MUST_CHECK enum err
package_write(const struct package *p, struct str guide, int fd, size_t *ret_size);
/* A line of `proofs`. path: SHA-256 values, 32 bytes each. */
struct str
package_proof_line(
    struct arena *a, uint64_t position, struct str event_hash, const struct str *path, size_t path_n);

#endif
