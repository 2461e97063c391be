#include "acceptor.h"
#include "clock.h"
#include "log.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { WAITING_MAX = 1024, TLS_HANDSHAKE = 0x16, LOOK_EVERY_MS = 500 };

/* A connection that has not said anything yet. */
struct newcomer {
	int fd; /* -1: free */
	int64_t deadline_ms;
	struct sockaddr_storage address;
	socklen_t address_n;
};

struct acceptor {
	struct acceptor_config config;
	pthread_t thread;
	int poller, stop_fd;
	struct newcomer waiting[WAITING_MAX];
};

static void
dismiss(struct acceptor *a, struct newcomer *n)
{
	epoll_ctl(a->poller, EPOLL_CTL_DEL, n->fd, NULL);
	close(n->fd);
	n->fd = -1;
}

/* Every path goes to the front page: what a plain request asked for may hold a token, which has no business
 * in an answer. */
static void
redirect(struct acceptor *a, struct newcomer *n)
{
	char text[1024], request[4096];
	int length = snprintf(text, sizeof(text),
	    "HTTP/1.1 301 Moved Permanently\r\nLocation: %.*s/\r\nContent-Length: 0\r\nConnection: "
	    "close\r\n\r\n",
	    STR_ARG(a->config.base_url));
	ssize_t got = recv(n->fd, request, sizeof(request), MSG_DONTWAIT);
	if (got > 0 && send(n->fd, text, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		log_event(LOG_DEBUG, "redirect", "errno=%d", errno);
	shutdown(n->fd, SHUT_WR);
	dismiss(a, n);
}

static void
hear(struct acceptor *a, struct newcomer *n)
{
	unsigned char first;
	ssize_t got = recv(n->fd, &first, 1, MSG_PEEK | MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		dismiss(a, n);
	} else if (first == TLS_HANDSHAKE) {
		epoll_ctl(a->poller, EPOLL_CTL_DEL, n->fd, NULL);
		a->config.take(a->config.self, n->fd, (struct sockaddr *)&n->address, n->address_n);
		n->fd = -1;
	} else {
		redirect(a, n);
	}
}

static struct newcomer *
free_place(struct acceptor *a)
{
	struct newcomer *oldest = &a->waiting[0];
	for (int i = 0; i < WAITING_MAX; i++) {
		if (a->waiting[i].fd < 0)
			return &a->waiting[i];
		if (a->waiting[i].deadline_ms < oldest->deadline_ms)
			oldest = &a->waiting[i];
	}
	dismiss(a, oldest); /* who has been silent longest gives way */
	return oldest;
}

static void
welcome(struct acceptor *a, int listen_fd)
{
	for (int i = 0; i < 64; i++) {
		struct sockaddr_storage address;
		socklen_t length = sizeof(address);
		int fd =
		    accept4(listen_fd, (struct sockaddr *)&address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		struct newcomer *n = free_place(a);
		*n = (struct newcomer){fd, clock_monotonic_ms() + a->config.first_byte_ms, address, length};
		struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = n};
		if (epoll_ctl(a->poller, EPOLL_CTL_ADD, fd, &e)) {
			close(fd);
			n->fd = -1;
			continue;
		}
		hear(a, n); /* TCP's first data often comes along */
	}
}

static void
dismiss_silent(struct acceptor *a)
{
	int64_t now = clock_monotonic_ms();
	for (int i = 0; i < WAITING_MAX; i++)
		if (a->waiting[i].fd >= 0 && a->waiting[i].deadline_ms <= now)
			dismiss(a, &a->waiting[i]);
}

static void *
run(void *arg)
{
	struct acceptor *a = arg;
	int64_t looked_ms = 0;
	for (;;) {
		struct epoll_event ready[64];
		int n = epoll_wait(a->poller, ready, 64, LOOK_EVERY_MS);
		for (int i = 0; i < n; i++) {
			void *who = ready[i].data.ptr;
			if (who == &a->stop_fd)
				return NULL;
			if (who == &a->config.listen_fd || who == &a->config.redirect_fd)
				welcome(a, *(int *)who);
			else if (((struct newcomer *)who)->fd >= 0)
				hear(a, who);
		}
		if (clock_monotonic_ms() - looked_ms >= LOOK_EVERY_MS) {
			looked_ms = clock_monotonic_ms();
			dismiss_silent(a);
		}
	}
}

static bool
watch(struct acceptor *a, int *fd)
{
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = fd};
	return *fd < 0 || epoll_ctl(a->poller, EPOLL_CTL_ADD, *fd, &e) == 0;
}

enum err
acceptor_start(const struct acceptor_config *config, struct acceptor **ret)
{
	struct acceptor *a = calloc(1, sizeof(*a));
	if (!a)
		return ERR_NOMEM;
	a->config = *config;
	for (int i = 0; i < WAITING_MAX; i++)
		a->waiting[i].fd = -1;
	a->poller = epoll_create1(EPOLL_CLOEXEC);
	a->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (!watch(a, &a->stop_fd) || !watch(a, &a->config.listen_fd) || !watch(a, &a->config.redirect_fd) ||
	    pthread_create(&a->thread, NULL, run, a)) {
		free(a);
		return ERR_IO;
	}
	*ret = a;
	return OK;
}

void
acceptor_stop(struct acceptor *a)
{
	uint64_t one = 1;
	if (write(a->stop_fd, &one, sizeof(one)) == sizeof(one))
		pthread_join(a->thread, NULL);
	for (int i = 0; i < WAITING_MAX; i++)
		if (a->waiting[i].fd >= 0)
			dismiss(a, &a->waiting[i]);
	close(a->poller);
	close(a->stop_fd);
	free(a);
}
