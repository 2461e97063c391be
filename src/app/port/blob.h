/* Port: content-addressed storage; a blob's name is the SHA-256 of its bytes. */
#ifndef PORT_BLOB_H
#define PORT_BLOB_H

#include "arena.h"
#include "id.h"

struct blobs;

/* Durable when it answers OK (file and folder synced). Storing the same bytes again is free. */
MUST_CHECK enum err
blob_put(struct blobs *b, struct str bytes, struct sha256 *ret);
/* The whole blob, its digest checked. ERR_NOT_FOUND; ERR_IO when the bytes are not what the name says. */
MUST_CHECK enum err
blob_get(struct blobs *b, const struct sha256 *name, struct arena *a, struct str *ret);
/* An open file for sending; the caller closes it. */
MUST_CHECK enum err
blob_open(struct blobs *b, const struct sha256 *name, int *ret_fd, size_t *ret_size);

#endif
