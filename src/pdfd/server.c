/* The fork server. It never reads a document itself: it forks, waits no longer than the wall limit, and
 * passes the output on.  A child lives for one document, so that a hostile one cannot see the next
 * customer's. */
#include "clock.h"
#include "ipc.h"
#include "log.h"
#include "original.h"
#include "pdfd.h"
#include "sandbox.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
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
	int pidfd, answer_fd, output_fd;
	int64_t deadline_ms;
	bool late;
};

static pdfd_verifier *verifier;

/* A child's exit status carries the error; the enum is small enough. */
static void
end_child(enum err e)
{
	_exit(e == OK ? 0 : STATUS_BASE + (int)e);
}

static void
put_original(const struct original *f, struct pdfd_output *o)
{
	unsigned listed = f->signatures_n < DOCUMENT_LISTED_MAX ? f->signatures_n : DOCUMENT_LISTED_MAX;
	pdfd_put_str(o, f->title.p, f->title.n);
	pdfd_put_u32(o, f->signatures_n);
	for (unsigned i = 0; i < listed; i++) {
		const struct original_signature *s = &f->signatures[i];
		pdfd_put_str(o, s->field.p, s->field.n);
		pdfd_put_str(o, s->name.p, s->name.n);
		pdfd_put_str(o, s->time.p, s->time.n);
		pdfd_put_u32(o, s->is_timestamp);
	}
}

/* The first word of the output: whether it is only about an original that needs a cover. */
static enum err
take_in(struct str pdf, const struct pdfd_cover *cover, const char *footer, struct pdfd_output *o)
{
	struct arena a = {0}; /* ends with the process */
	struct pdfd_normal normal = {0};
	struct original original;
	enum err e = pdfd_normalise(&a, pdf, footer, cover, &normal, &original);
	pdfd_put_u32(o, e == ERR_PDF_SIGNED);
	if (e == ERR_PDF_SIGNED) {
		put_original(&original, o);
		return OK;
	}
	TRY(e);
	pdfd_put_str(o, normal.pdf.p, normal.pdf.n);
	TRY(pdfd_info(buf_str(&normal.pdf), normal.values, &normal.notes, o));
	pdfd_put_u32(o, normal.notes);
	return OK;
}

static enum err
work(const struct pdfd_question *q, struct str input, struct pdfd_output *o)
{
	if (q->first_n >= input.n || q->second_n >= input.n - q->first_n)
		return ERR_INVALID;
	struct str first = str_slice(input, 0, q->first_n),
	           other = str_slice(input, q->first_n, q->first_n + q->second_n),
	           file = str_slice(input, q->first_n + q->second_n, input.n);
	switch ((enum pdfd_kind)q->kind) {
	case PDFD_INTAKE:
		return take_in(file, &(struct pdfd_cover){.pages = other, .name = first}, q->footer, o);
	case PDFD_RENDER: return pdfd_render(file, q->page, q->width_px, o);
	case PDFD_IMAGE: return pdfd_image(file, o);
	case PDFD_VERIFY: return verifier ? verifier(file, other, first, q->english, o) : ERR_INVALID;
	}
	return ERR_INVALID;
}

/* The input is sealed: its length cannot change, nor a byte while it is read. */
static struct str
map_input(int fd)
{
	struct stat st;
	if (fstat(fd, &st) || st.st_size <= 0 || st.st_size > PDFD_INPUT_MAX)
		return STR_NONE;
	char *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? STR_NONE : str_make(p, (size_t)st.st_size);
}

static void
child(const struct pdfd_question *q, int input_fd, int output_fd)
{
	static struct pdfd_output o;
	struct str input = map_input(input_fd);
	o.fd = output_fd;
	if (!input.n)
		end_child(ERR_TOO_LARGE);
	if (sandbox_child() != OK)
		end_child(ERR_IO);
	enum err e = work(q, input, &o);
	end_child(e == OK ? pdfd_flush(&o) : e);
}

/* Takes output_fd, or -1; the answer socket is closed in any case. */
static void
answer(int fd, enum err e, int output_fd)
{
	struct stat st;
	struct pdfd_answer a = {(uint32_t)e, 0};
	struct ipc_frame f = {.kind = IPC_PDF_ANSWER, .payload = str_make(&a, sizeof(a))};
	if (e == OK) {
		if (fstat(output_fd, &st) == 0) {
			a.length = (uint64_t)st.st_size;
			f.fds[f.fds_n++] = output_fd;
		} else {
			a.error = ERR_IO;
		}
	}
	if (ipc_send(fd, &f) != OK)
		log_event(LOG_INFO, "answer", "the client has gone");
	if (output_fd >= 0)
		close(output_fd);
	close(fd);
}

static enum err
begin(struct task *t, const struct pdfd_question *q, int input_fd, int answer_fd)
{
	int output_fd = memfd_create("keiin-output", MFD_CLOEXEC);
	if (output_fd < 0)
		return ERR_NOMEM;
	pid_t pid = fork();
	if (pid == 0)
		child(q, input_fd, output_fd);
	if (pid < 0) {
		close(output_fd);
		return ERR_NOMEM;
	}
	*t = (struct task){pid, (int)syscall(SYS_pidfd_open, pid, 0), answer_fd, output_fd,
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
	if (sig == SIGABRT || sig == SIGXFSZ)
		return ERR_PDF_LIMIT;
	return sig == SIGKILL ? ERR_PDF_TIMEOUT : ERR_PDF_BROKEN;
}

static void
end(struct task *t)
{
	int status;
	while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR)
		;
	answer(t->answer_fd, verdict(t, status), t->output_fd);
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
		answer(f.fds[1], e, -1);
}

static struct task *
free_task(struct task *tasks)
{
	for (int i = 0; i < AT_ONCE; i++)
		if (!tasks[i].pid)
			return &tasks[i];
	return NULL;
}

/* A child gives everything back by ending: giving memory back piece by piece before only costs page faults.
 */
static void
keep_memory(void)
{
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	mallopt(M_TOP_PAD, 1 << 20);
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
}

int
pdfd_serve(int sock, pdfd_verifier *verify)
{
	static struct task tasks[AT_ONCE];
	struct arena arena = {0};
	bool gone = false;
	verifier = verify;
	keep_memory();
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
