/* ZIP files from outside, read in memory; nothing is written to a disk. */
#ifndef PACKAGE_ZIP_READ_H
#define PACKAGE_ZIP_READ_H

#include "arena.h"

enum { ZIP_ENTRIES_MAX = 2000, ZIP_NAME_MAX = 400, ZIP_BYTES_MAX = 256 << 20 };

struct zip_entry {
	struct str name, bytes;
};

/* All files of the archive. ERR_INVALID when it is none, is damaged or ambiguous, has names that are not safe
 * or not unique, or bytes of its own (comments) that belong to no file; ERR_TOO_LARGE past the limits: of
 * files, of their bytes in all, and of what a byte may grow to. */
MUST_CHECK enum err
zip_read(struct arena *a, struct str bytes, struct zip_entry **ret, size_t *ret_n);
/* NULL when there is none of that name. */
struct zip_entry *
zip_find(struct zip_entry *all, size_t n, struct str name);

#endif
