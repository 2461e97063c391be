#include "supervisor.h"
#include "clock.h"
#include "data_dir.h"
#include "ipc.h"
#include "listener.h"
#include "log.h"
#include "roles.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	FD_FLOOR = 64,
	STOP_WAIT_MS = 15000,
	READY_WAIT_MS = 20000,
	BACKOFF_MAX_MS = 30000,
	STEADY_MS = 60000
};

struct passed_fd {
	int from, to;
};

struct child {
	const char *role;
	struct passed_fd fds[8];
	unsigned fds_n;
	pid_t pid;
	int64_t started_ms, restart_at_ms;
	int backoff_ms;
};

/* Descriptors live above the numbers that roles find them under, so that dup2() in a child never runs over
 * one. */
static int
lift(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, FD_FLOOR);
	close(fd);
	return high;
}

/* A role gets those settings that it is meant to have, by its own descriptor, and not all of them by the way.
 */
static void
forget_settings(void)
{
	extern char **environ;
	char name[96];
	for (size_t i = 0; environ[i];) {
		size_t n = strcspn(environ[i], "=");
		if (!str_starts(str_c(environ[i]), STR("KEIIN_")) || n >= sizeof(name)) {
			i++;
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)n, environ[i]);
		unsetenv(name);
	}
}

static void
become(const struct child *c)
{
	sigset_t none;
	forget_settings();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	for (unsigned i = 0; i < c->fds_n; i++) {
		if (c->fds[i].to == ROLE_FD_CONFIG)
			lseek(
			    c->fds[i].from, 0, SEEK_SET); /* shared with the role that ran before this one */
		if (dup2(c->fds[i].from, c->fds[i].to) < 0)
			_exit(126);
	}
	char title[32];
	snprintf(title, sizeof(title), "keiin-%s", c->role);
	char *argv[] = {title, "role", (char *)(uintptr_t)c->role, NULL};
	if (strcmp(c->role, "keyd") == 0)
		execv("/proc/self/exe", argv);
	else if (strcmp(c->role, "pdfd") == 0)
		pdfd_exec();
	else
		program_exec("keiin-workers", argv);
	_exit(127);
}

static enum err
start(struct child *c)
{
	pid_t pid = fork();
	if (pid < 0)
		return ERR_IO;
	if (pid == 0)
		become(c);
	c->pid = pid;
	c->started_ms = clock_monotonic_ms();
	c->restart_at_ms = 0;
	return OK;
}

static void
give(struct child *c, int from, enum role_fd to)
{
	c->fds[c->fds_n++] = (struct passed_fd){from, to};
}

static enum err
give_config(struct arena *a, struct child *c, const struct config *config, enum config_role role)
{
	int fd;
	struct str text = config_encode(a, config, role);
	TRY(ipc_memfd(&text, 1, &fd));
	give(c, lift(fd), ROLE_FD_CONFIG);
	return OK;
}

static enum err
pair(int ret[2])
{
	TRY(ipc_pair(ret));
	ret[0] = lift(ret[0]);
	ret[1] = lift(ret[1]);
	return OK;
}

enum { KEYD, PDFD, JOBS, WEB, CHILDREN };

struct supervisor {
	struct child children[CHILDREN];
	int ready[2];
};

static enum err
wire(struct arena *a, const struct config *config, struct supervisor *s)
{
	struct child *c = s->children;
	int keyd[2], public[2], pdfd[2], listen_fd, redirect_fd = -1;
	TRY(pair(keyd));
	TRY(pair(public));
	TRY(pair(pdfd));
	if (pipe2(s->ready, O_CLOEXEC))
		return ERR_IO;
	s->ready[1] = lift(s->ready[1]);
	int kick = lift(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	TRY(listener_open(config->listen, &listen_fd));
	if (config->listen_http.n)
		TRY(listener_open(config->listen_http, &redirect_fd));

	c[KEYD].role = "keyd";
	TRY(give_config(a, &c[KEYD], config, CONFIG_KEYD));
	give(&c[KEYD], keyd[1], ROLE_FD_KEYD);
	give(&c[KEYD], public[1], ROLE_FD_KEYD_PUBLIC);
	c[PDFD].role = "pdfd";
	give(&c[PDFD], pdfd[1], ROLE_FD_PDFD);
	c[JOBS].role = "jobs";
	TRY(give_config(a, &c[JOBS], config, CONFIG_JOBS));
	give(&c[JOBS], keyd[0], ROLE_FD_KEYD);
	give(&c[JOBS], pdfd[0], ROLE_FD_PDFD);
	give(&c[JOBS], kick, ROLE_FD_KICK);
	give(&c[JOBS], s->ready[1], ROLE_FD_READY);
	c[WEB].role = "web";
	TRY(give_config(a, &c[WEB], config, CONFIG_WEB));
	give(&c[WEB], lift(listen_fd), ROLE_FD_LISTEN);
	if (redirect_fd >= 0)
		give(&c[WEB], lift(redirect_fd), ROLE_FD_REDIRECT);
	give(&c[WEB], pdfd[0], ROLE_FD_PDFD);
	give(&c[WEB], public[0], ROLE_FD_KEYD_PUBLIC);
	give(&c[WEB], kick, ROLE_FD_KICK);
	return OK;
}

static struct child *
child_by_pid(struct supervisor *s, pid_t pid)
{
	for (int i = 0; i < CHILDREN; i++)
		if (s->children[i].pid == pid)
			return &s->children[i];
	return NULL;
}

static void
reap(struct supervisor *s, bool stopping)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct child *c = child_by_pid(s, pid);
		if (!c)
			continue;
		c->pid = 0;
		if (stopping)
			continue;
		int64_t now = clock_monotonic_ms();
		c->backoff_ms =
		    now - c->started_ms > STEADY_MS || c->backoff_ms == 0 ? 100 : c->backoff_ms * 2;
		if (c->backoff_ms > BACKOFF_MAX_MS)
			c->backoff_ms = BACKOFF_MAX_MS;
		c->restart_at_ms = now + c->backoff_ms;
		log_event(LOG_ERROR, "role-ended", "name=%s status=%d signal=%d restart_ms=%d", c->role,
		    WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
		    c->backoff_ms);
	}
}

static int64_t
restart_due(struct supervisor *s)
{
	int64_t now = clock_monotonic_ms(), wait = 60000;
	for (int i = 0; i < CHILDREN; i++) {
		struct child *c = &s->children[i];
		if (!c->restart_at_ms)
			continue;
		if (c->restart_at_ms <= now && start(c) == OK)
			continue;
		if (c->restart_at_ms - now < wait)
			wait = c->restart_at_ms > now ? c->restart_at_ms - now : 100;
	}
	return wait;
}

static bool
any_running(const struct supervisor *s)
{
	for (int i = 0; i < CHILDREN; i++)
		if (s->children[i].pid)
			return true;
	return false;
}

static void
stop(struct supervisor *s, const sigset_t *signals)
{
	/* web first, so that no new work arrives; then jobs; the servants they ask last */
	static const int order[] = {WEB, JOBS, PDFD, KEYD};
	int64_t until = clock_monotonic_ms() + STOP_WAIT_MS;
	for (size_t i = 0; i < CHILDREN; i++) {
		struct child *c = &s->children[order[i]];
		if (c->pid)
			kill(c->pid, SIGTERM);
		while (c->pid && clock_monotonic_ms() < until) {
			struct timespec wait = {0, 100 * 1000000};
			sigtimedwait(signals, NULL, &wait);
			reap(s, true);
		}
	}
	for (int i = 0; i < CHILDREN; i++)
		if (s->children[i].pid)
			kill(s->children[i].pid, SIGKILL);
	while (any_running(s) && waitpid(-1, NULL, 0) > 0)
		for (int i = 0; i < CHILDREN; i++)
			if (s->children[i].pid && kill(s->children[i].pid, 0))
				s->children[i].pid = 0;
}

/* The data folder is prepared by a child, so that no private key is ever in the supervisor's memory. */
static enum err
prepare_in_child(struct arena *a, const struct config *c)
{
	pid_t pid = fork();
	if (pid < 0)
		return ERR_IO;
	if (pid == 0)
		_exit(data_dir_prepare(a, c) == OK ? 0 : 1);
	int status;
	if (waitpid(pid, &status, 0) != pid)
		return ERR_IO;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? OK : ERR_IO;
}

static enum err
take_data_dir(struct arena *a, const struct config *c)
{
	int fd = open(data_path(a, c, "."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB)) {
		fprintf(stderr, "keiin: another keiin serves this data folder: %.*s\n", STR_ARG(c->data_dir));
		return ERR_WRONG_STATE;
	}
	return OK; /* kept open: the lock lasts as long as this process */
}

static void
announce(const struct config *c, struct supervisor *s)
{
	struct pollfd p = {.fd = s->ready[0], .events = POLLIN};
	char byte[8];
	size_t ready = 0;
	int64_t until = clock_monotonic_ms() + READY_WAIT_MS;
	while (ready < 2) { /* jobs and web */
		int64_t left = until - clock_monotonic_ms();
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			break;
		ssize_t n = read(s->ready[0], byte, sizeof(byte));
		if (n <= 0)
			break;
		ready += (size_t)n;
	}
	if (ready < 2) {
		fprintf(stderr, "keiin: the server is not ready yet; the log above says why\n");
		return;
	}
	printf("契印 Keiin は動作しています。ブラウザで開いてください / Keiin is running. Open in a "
	       "browser:\n\n    %.*s/\n\n"
	       "データ / data: %.*s    終了 / stop: Ctrl+C\n",
	    STR_ARG(c->base_url), STR_ARG(c->data_dir));
	fflush(stdout);
}

int
supervisor_run(struct arena *a, const struct config *c)
{
	static struct supervisor s;
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);

	if (take_data_dir(a, c) != OK || prepare_in_child(a, c) != OK || wire(a, c, &s) != OK)
		return 1;
	give(&s.children[WEB], s.ready[1], ROLE_FD_READY);
	for (int i = 0; i < CHILDREN; i++)
		if (start(&s.children[i]) != OK)
			return 1;
	announce(c, &s);
	for (;;) {
		int64_t wait_ms = restart_due(&s);
		struct timespec wait = {wait_ms / 1000, wait_ms % 1000 * 1000000};
		int sig = sigtimedwait(&signals, NULL, &wait);
		if (sig == SIGTERM || sig == SIGINT)
			break;
		reap(&s, false);
	}
	stop(&s, &signals);
	return 0;
}
