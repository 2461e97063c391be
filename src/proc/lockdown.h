/* What each role gives up before it serves. Layers that an old kernel lacks are logged loudly and skipped. */
#ifndef PROC_LOCKDOWN_H
#define PROC_LOCKDOWN_H

#include "arena.h"

/* keyd: no files, no network, no new programs; reads and writes on what is open, memory, time. */
MUST_CHECK enum err
lockdown_keyd(void);
/* web and jobs: files only below these folders (NULL-terminated lists); in particular not the keys. No new
 * programs. */
MUST_CHECK enum err
lockdown_paths(const char *const *read_only, const char *const *read_write);

#endif
