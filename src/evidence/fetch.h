/* Asking servers that are named from outside: by the operator, or by whoever made a certificate. */
#ifndef EVIDENCE_FETCH_H
#define EVIDENCE_FETCH_H

#include "buf.h"

#include <sys/socket.h>

enum { FETCH_SECONDS = 10 };

struct fetch {
	const char *url;  /* http or https */
	const char *type; /* of the body, which is then posted; NULL: a GET, which may be redirected */
	struct str body;
	const char *user, *password; /* basic authentication; NULL: none */
	struct str certificate, key; /* of the client, PEM; empty: none */
	bool private_allowed; /* else only addresses of the public internet, and no proxy, are gone to */
};

/* What the server answers with status 200, as far as answer->limit lets it; FETCH_SECONDS of the wall clock
 * in all. ERR_NOT_FOUND: it answers otherwise; ERR_PEER: it does not answer. ret_problem: why. */
MUST_CHECK enum err
fetch(const struct fetch *f, struct buf *answer, const char **ret_problem);
/* Whether an address is of the public internet (RFC 6890): of no private, local, or special network. */
bool
fetch_is_public(const struct sockaddr *address);

#endif
