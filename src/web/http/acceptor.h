/* Takes new connections, tells TLS from plain http by the first byte, and answers plain http with a redirect.
 */
#ifndef WEB_HTTP_ACCEPTOR_H
#define WEB_HTTP_ACCEPTOR_H

#include "str.h"
#include "err.h"

#include <sys/socket.h>

struct acceptor_config {
	int listen_fd, redirect_fd; /* redirect_fd may be -1 */
	struct str base_url;
	unsigned first_byte_ms; /* how long a connection may stay silent at first */
	/* Takes over a connection whose first byte is TLS's. */
	void (*take)(void *self, int fd, const struct sockaddr *address, socklen_t n);
	void *self;
};

struct acceptor;
MUST_CHECK enum err
acceptor_start(const struct acceptor_config *config, struct acceptor **ret);
/* No more connections are taken; those taken live on. */
void
acceptor_stop(struct acceptor *a);

#endif
