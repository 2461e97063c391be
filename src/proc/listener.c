#include "listener.h"

#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static enum err
split_address(struct str address, struct str *ret_host, struct str *ret_port)
{
	ptrdiff_t colon = str_find_last(address, STR(":"));
	if (colon < 0)
		return ERR_CONFIG;
	struct str host = str_slice(address, 0, (size_t)colon);
	if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = str_slice(host, 1, host.n - 1);
	*ret_port = str_slice(address, (size_t)colon + 1, address.n);
	*ret_host = host;
	return OK;
}

enum err
listener_port(struct str address, unsigned *ret)
{
	struct str host = STR_NONE, port = STR_NONE;
	unsigned long long n;
	TRY(split_address(address, &host, &port));
	if (!str_to_u64(port, 65535, &n))
		return ERR_CONFIG;
	*ret = (unsigned)n;
	return OK;
}

static int
open_one(const struct addrinfo *ai)
{
	int one = 1;
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, ai->ai_protocol);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) || listen(fd, 1024)) {
		close(fd);
		return -1;
	}
	return fd;
}

enum err
listener_open(struct str address, int *ret_fd)
{
	struct str host = {0}, port = {0};
	char host_c[256], port_c[8];
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
	enum err e = split_address(address, &host, &port);
	snprintf(host_c, sizeof(host_c), "%.*s", STR_ARG(host));
	snprintf(port_c, sizeof(port_c), "%.*s", STR_ARG(port));
	if (e != OK || getaddrinfo(host.n ? host_c : NULL, port_c, &hints, &found)) {
		fprintf(stderr, "keiin: not an address to listen on: %.*s\n", STR_ARG(address));
		return ERR_CONFIG;
	}
	int fd = -1;
	for (struct addrinfo *ai = found; ai && fd < 0; ai = ai->ai_next)
		fd = open_one(ai);
	freeaddrinfo(found);
	if (fd < 0) {
		fprintf(stderr, "keiin: cannot listen on %.*s: %m\n", STR_ARG(address));
		return ERR_IO;
	}
	*ret_fd = fd;
	return OK;
}
