#include "ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

struct frame_head {
	uint32_t kind, length;
};

enum err
ipc_pair(int ret_fds[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fds) ? ERR_IO : OK;
}

static enum err
peer_error(void)
{
	return errno == EPIPE || errno == ECONNRESET ? ERR_PEER : ERR_IO;
}

enum err
ipc_send(int fd, const struct ipc_frame *f)
{
	struct frame_head head = {(uint32_t)f->kind, (uint32_t)f->payload.n};
	struct iovec parts[2] = {{&head, sizeof(head)}, {(void *)(uintptr_t)f->payload.p, f->payload.n}};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(IPC_FDS_MAX * sizeof(int))];
	} control = {0};
	struct msghdr m = {.msg_iov = parts, .msg_iovlen = f->payload.n ? 2 : 1};
	if (f->payload.n > IPC_FRAME_MAX || f->fds_n > IPC_FDS_MAX)
		return BUG("a frame too large to send");
	if (f->fds_n) {
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(f->fds_n * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(f->fds_n * sizeof(int));
		memcpy(CMSG_DATA(c), f->fds, f->fds_n * sizeof(int));
	}
	while (sendmsg(fd, &m, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return peer_error();
	return OK;
}

static void
take_fds(struct msghdr *m, struct ipc_frame *ret)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (ret->fds_n < IPC_FDS_MAX)
				ret->fds[ret->fds_n++] = fd;
			else
				close(fd);
		}
	}
}

static enum err
wait_readable(int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n;
	if (timeout_ms < 0)
		return OK;
	while ((n = poll(&p, 1, timeout_ms)) < 0)
		if (errno != EINTR)
			return ERR_IO;
	return n ? OK : ERR_PEER;
}

void
ipc_frame_close(struct ipc_frame *f)
{
#ifndef MUTANT_KEPT_FD
	for (unsigned i = 0; i < f->fds_n; i++)
		close(f->fds[i]);
#endif
	f->fds_n = 0;
}

enum err
ipc_recv(int fd, struct arena *a, int timeout_ms, struct ipc_frame *ret)
{
	struct frame_head head;
	static _Thread_local char payload[IPC_FRAME_MAX];
	struct iovec parts[2] = {{&head, sizeof(head)}, {payload, sizeof(payload)}};
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(IPC_FDS_MAX * sizeof(int))];
	} control;
	struct msghdr m = {
	    .msg_iov = parts, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = sizeof(control)};
	ssize_t n;
	TRY(wait_readable(fd, timeout_ms));
	while ((n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC)) < 0)
		if (errno != EINTR)
			return peer_error();
	struct ipc_frame f = {0};
	take_fds(&m, &f);
	bool whole = n >= (ssize_t)sizeof(head) && head.length == (size_t)n - sizeof(head) &&
	             !(m.msg_flags & MSG_TRUNC);
	if (!whole) {
		ipc_frame_close(&f);
		return ERR_PEER;
	}
	f.kind = (enum ipc_kind)head.kind;
	f.payload = arena_str(a, str_make(payload, head.length));
	*ret = f;
	return OK;
}

static bool
write_all(int fd, struct str bytes)
{
	for (size_t at = 0; at < bytes.n;) {
		ssize_t n = write(fd, bytes.p + at, bytes.n - at);
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

enum err
ipc_memfd(const struct str *parts, size_t n, int *ret_fd)
{
	int fd = memfd_create("keiin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return ERR_IO;
	bool whole = true;
	for (size_t i = 0; whole && i < n; i++)
		whole = write_all(fd, parts[i]);
	if (!whole || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)) {
		close(fd);
		return ERR_IO;
	}
	lseek(fd, 0, SEEK_SET);
	*ret_fd = fd;
	return OK;
}
