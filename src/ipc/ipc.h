/* Frames between roles over a SOCK_SEQPACKET or SOCK_STREAM socketpair: a fixed header, a bounded payload, up
 * to 4 descriptors. */
#ifndef IPC_IPC_H
#define IPC_IPC_H

#include "arena.h"

#include <stdint.h>

enum ipc_kind { IPC_SIGN = 1, IPC_SIGNED, IPC_PDF_ASK, IPC_PDF_ANSWER, IPC_CONNECT, IPC_KICK, IPC_ERROR };
enum { IPC_FRAME_MAX = 64 * 1024, IPC_FDS_MAX = 4 };

struct ipc_frame {
	enum ipc_kind kind;
	struct str payload;
	int fds[IPC_FDS_MAX]; /* received ones belong to the receiver, CLOEXEC */
	unsigned fds_n;
};

/* ERR_PEER when the other side is gone, ERR_IO otherwise. timeout_ms < 0 waits for ever. */
MUST_CHECK enum err
ipc_send(int fd, const struct ipc_frame *f);
MUST_CHECK enum err
ipc_recv(int fd, struct arena *a, int timeout_ms, struct ipc_frame *ret);
/* Closes what descriptors came with a frame. */
void
ipc_frame_close(struct ipc_frame *f);
MUST_CHECK enum err
ipc_pair(int ret_fds[2]);
/* A sealed memory file holding the parts, one behind the other, for passing on. */
MUST_CHECK enum err
ipc_memfd(const struct str *parts, size_t n, int *ret_fd);

#endif
