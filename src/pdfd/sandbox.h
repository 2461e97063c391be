/* What a child that reads a document from outside may still do: use its memory, read and write what is open,
 * end. */
#ifndef PDFD_SANDBOX_H
#define PDFD_SANDBOX_H

#include "err.h"

#include <stdbool.h>

/* For the fork server itself: no files, no network, no new programs; it forks, reaps and passes descriptors.
 */
MUST_CHECK enum err
sandbox_server(void);
/* For a child, after fork: rlimits, landlock without any path, seccomp. Nothing but memory and open
 * descriptors is left. */
MUST_CHECK enum err
sandbox_child(void);

#endif
