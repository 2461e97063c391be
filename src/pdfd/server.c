/* The fork server. It never reads a document itself: it maps the bytes, forks, waits no longer than the wall
 * limit, and passes the output on.  A child lives for one document, so that a hostile one cannot see the next
 * customer's. */
#include "clock.h"
#include "ipc.h"
#include "log.h"
#include "pdfd.h"
#include "sandbox.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AT_ONCE = 4, WALL_MS = 15000, STATUS_BASE = 16 };

struct task {
	pid_t pid; /* 0: free */
	int pidfd, answer_fd;
	char *output;
	int64_t deadline_ms;
	bool late;
};

/* A child's exit status carries the error; the enum is small enough. */
static void
end_child(enum err e)
{
	_exit(e == OK ? 0 : STATUS_BASE + (int)e);
}

static enum err
work(const struct pdfd_question *q, struct str input, struct pdfd_output *o)
{
	struct buf pdf = {0}, notes = {0};
	switch ((enum pdfd_kind)q->kind) {
	case PDFD_INTAKE:
		TRY(pdfd_normalise(input, q->footer, &pdf, &notes));
		pdfd_put_str(o, notes.p, notes.n);
		pdfd_put_str(o, pdf.p, pdf.n);
		return pdfd_info(buf_str(&pdf), o);
	case PDFD_RENDER: return pdfd_render(input, q->page, q->width_px, o);
	case PDFD_IMAGE: return pdfd_image(input, o);
	case PDFD_SELFTEST: break;
	}
	return ERR_INVALID;
}

static void
child(const struct pdfd_question *q, struct str input, char *output)
{
	/* what the first eight bytes say is how much follows; they are written last */
	struct pdfd_output o = {output + sizeof(uint64_t), 0, PDFD_OUTPUT_MAX - sizeof(uint64_t)};
	if (sandbox_child() != OK)
		end_child(ERR_IO);
	enum err e = work(q, input, &o);
	if (e == OK && o.n > o.cap)
		e = ERR_PDF_LIMIT;
	if (e == OK) {
		uint64_t n = o.n;
		memcpy(output, &n, sizeof(n));
	}
	end_child(e);
}

static void
answer(int fd, enum err e, struct str output)
{
	struct pdfd_answer a = {(uint32_t)e, output.n};
	struct ipc_frame f = {.kind = IPC_PDF_ANSWER, .payload = str_make(&a, sizeof(a))};
	int out = -1;
	if (e == OK) {
		if (ipc_memfd(output, &out) == OK) {
			f.fds[f.fds_n++] = out;
		} else {
			a.error = ERR_IO;
		}
	}
	if (ipc_send(fd, &f) != OK)
		log_event(LOG_INFO, "answer", "the client has gone");
	if (out >= 0)
		close(out);
	close(fd);
}

static enum err
begin(struct task *t, const struct pdfd_question *q, int input_fd, int answer_fd)
{
	struct stat st;
	if (fstat(input_fd, &st) || st.st_size <= 0 || st.st_size > PDFD_INPUT_MAX)
		return ERR_TOO_LARGE;
	char *input = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, input_fd, 0);
	char *output = mmap(
	    NULL, PDFD_OUTPUT_MAX, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (input == MAP_FAILED || output == MAP_FAILED) {
		if (input != MAP_FAILED)
			munmap(input, (size_t)st.st_size);
		return ERR_NOMEM;
	}
	pid_t pid = fork();
	if (pid == 0)
		child(q, str_make(input, (size_t)st.st_size), output);
	munmap(input, (size_t)st.st_size);
	if (pid < 0) {
		munmap(output, PDFD_OUTPUT_MAX);
		return ERR_NOMEM;
	}
	*t = (struct task){pid, (int)syscall(SYS_pidfd_open, pid, 0), answer_fd, output,
	    clock_monotonic_ms() + WALL_MS, false};
	return OK;
}

static enum err
verdict(const struct task *t, int status)
{
	if (WIFEXITED(status)) {
		int code = WEXITSTATUS(status);
		if (code == 0)
			return OK;
		return code > STATUS_BASE && code < STATUS_BASE + ERR_COUNT ? (enum err)(code - STATUS_BASE)
		                                                            : ERR_PDF_BROKEN;
	}
	int sig = WTERMSIG(status);
	log_event(LOG_WARN, "child", "signal=%d late=%d", sig, t->late);
	if (t->late || sig == SIGXCPU)
		return ERR_PDF_TIMEOUT;
	return sig == SIGKILL ? ERR_PDF_TIMEOUT : sig == SIGABRT ? ERR_PDF_LIMIT : ERR_PDF_BROKEN;
}

static void
end(struct task *t)
{
	int status;
	uint64_t n;
	while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR)
		;
	enum err e = verdict(t, status);
	memcpy(&n, t->output, sizeof(n));
	if (e == OK && n > PDFD_OUTPUT_MAX - sizeof(n))
		e = ERR_PDF_BROKEN;
	answer(t->answer_fd, e, e == OK ? str_make(t->output + sizeof(n), (size_t)n) : STR_NONE);
	munmap(t->output, PDFD_OUTPUT_MAX);
	close(t->pidfd);
	*t = (struct task){0};
}

static void
hear(int sock, struct task *t, struct arena *a, bool *ret_gone)
{
	struct ipc_frame f;
	struct pdfd_question q;
	enum err e = ipc_recv(sock, a, -1, &f);
	if (e != OK) {
		*ret_gone = true;
		return;
	}
	if (f.kind != IPC_PDF_ASK || f.payload.n != sizeof(q) || f.fds_n != 2) {
		for (unsigned i = 0; i < f.fds_n; i++)
			close(f.fds[i]);
		return;
	}
	memcpy(&q, f.payload.p, sizeof(q));
	q.footer[sizeof(q.footer) - 1] = 0;
	e = begin(t, &q, f.fds[0], f.fds[1]);
	close(f.fds[0]);
	if (e != OK)
		answer(f.fds[1], e, STR_NONE);
}

static struct task *
free_task(struct task *tasks)
{
	for (int i = 0; i < AT_ONCE; i++)
		if (!tasks[i].pid)
			return &tasks[i];
	return NULL;
}

int
pdfd_serve(int sock)
{
	static struct task tasks[AT_ONCE];
	struct arena arena = {0};
	bool gone = false;
	if (pdfd_warm() != OK || sandbox_server() != OK) {
		log_event(LOG_ERROR, "sandbox", "cannot be set up");
		return 1;
	}
	while (!gone) {
		struct pollfd p[AT_ONCE + 1] = {{.fd = free_task(tasks) ? sock : -1, .events = POLLIN}};
		int64_t now = clock_monotonic_ms(), wait = 60000;
		for (int i = 0; i < AT_ONCE; i++) {
			p[i + 1] =
			    (struct pollfd){.fd = tasks[i].pid ? tasks[i].pidfd : -1, .events = POLLIN};
			if (tasks[i].pid && tasks[i].deadline_ms - now < wait)
				wait = tasks[i].deadline_ms > now ? tasks[i].deadline_ms - now : 0;
		}
		if (poll(p, AT_ONCE + 1, (int)wait) < 0 && errno != EINTR)
			return 1;
		for (int i = 0; i < AT_ONCE; i++) {
			if (!tasks[i].pid)
				continue;
			if (p[i + 1].revents) {
				end(&tasks[i]);
			} else if (tasks[i].deadline_ms <= clock_monotonic_ms() && !tasks[i].late) {
				tasks[i].late = true;
				kill(tasks[i].pid, SIGKILL);
			}
		}
		if (p[0].revents) {
			hear(sock, free_task(tasks), &arena, &gone);
			arena_reset(&arena);
		}
	}
	return 0;
}
