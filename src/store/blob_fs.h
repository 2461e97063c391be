#ifndef STORE_BLOB_FS_H
#define STORE_BLOB_FS_H

#include "blob.h"

/* Blobs as files below the folder, which must exist: ab/cdef... by the digest's hexadecimal. */
MUST_CHECK enum err
blobs_open_fs(struct arena *a, const char *folder, struct blobs **ret);

#endif
