#ifndef PDFD_CLIENT_H
#define PDFD_CLIENT_H

#include "documents.h"

/* A connection to the fork server over its socket, which several processes may share. Lives in the arena. */
MUST_CHECK enum err
pdfd_client_new(struct arena *a, int sock, struct pdfd **ret);

#endif
