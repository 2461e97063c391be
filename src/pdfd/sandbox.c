#include "sandbox.h"
#include "log.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CPU_S = 10, FILES = 16 };
static const rlim_t MEMORY = (rlim_t)1 << 30, OUTPUT = (rlim_t)256 << 20;

static enum err
no_files(void)
{
	struct landlock_ruleset_attr attr = {
	    .handled_access_fs =
	        LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
	        LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
	        LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
	        LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
	        LANDLOCK_ACCESS_FS_MAKE_SYM};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0) {
		log_event(
		    LOG_WARN, "sandbox", "this kernel has no landlock: the system call filter guards alone");
		return OK;
	}
	long r = syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
	return r ? ERR_IO : OK;
}

/* The filter of every child, compiled once by the server: the program that seccomp(2) takes. */
enum { PROGRAM_MAX = 512 };
static struct sock_filter program[PROGRAM_MAX];
static unsigned short program_n;

static enum err
compile(scmp_filter_ctx f)
{
	int fd = memfd_create("keiin-filter", MFD_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	ssize_t n = seccomp_export_bpf(f, fd) ? -1 : pread(fd, program, sizeof(program), 0);
	close(fd);
	if (n <= 0 || n == (ssize_t)sizeof(program))
		return ERR_IO;
	program_n = (unsigned short)((size_t)n / sizeof(program[0]));
	return OK;
}

static enum err
compile_for_children(void)
{
	static const int allowed[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(brk), SCMP_SYS(munmap),
	    SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(lseek), SCMP_SYS(futex), SCMP_SYS(clock_gettime),
	    SCMP_SYS(getrandom), SCMP_SYS(rt_sigreturn), SCMP_SYS(exit), SCMP_SYS(exit_group)};
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!f)
		return ERR_NOMEM;
	int failed = 0;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		failed |= seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
	/* memory of its own: anonymous, never executable */
	failed |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0),
	    SCMP_A3(SCMP_CMP_MASKED_EQ, 0x20, 0x20));
	failed |=
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0));
	enum err e = failed ? ERR_IO : compile(f);
	seccomp_release(f);
	return e;
}

static bool
limit(int what, rlim_t value)
{
	struct rlimit r = {value, value};
	return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

/* A child inherits the server's filter and adds the strict one. */
enum err
sandbox_server(void)
{
	static const int allowed[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(pread64), SCMP_SYS(pwrite64),
	    SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(close),
	    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
	    SCMP_SYS(clock_gettime), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid),
	    SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
	    SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(clone),
	    SCMP_SYS(clone3), SCMP_SYS(fork), SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(kill),
	    SCMP_SYS(tgkill), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(prctl), SCMP_SYS(seccomp),
	    SCMP_SYS(prlimit64), SCMP_SYS(setrlimit), SCMP_SYS(memfd_create), SCMP_SYS(ftruncate),
	    SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(lseek), SCMP_SYS(fcntl), SCMP_SYS(pidfd_open),
	    SCMP_SYS(getrlimit)};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return ERR_IO;
	TRY(no_files());
	TRY(compile_for_children());
#ifdef SANITIZED
	return OK;
#endif
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!f)
		return ERR_NOMEM;
	int failed = 0;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		failed |= seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);
	/* the shared mapping of a question's input, besides memory */
	failed |= seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0));
	failed |=
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0));
	failed |= seccomp_load(f);
	seccomp_release(f);
	return failed ? ERR_IO : OK;
}

enum err
sandbox_child(void)
{
#ifdef SANITIZED /* a sanitizer's shadow is larger than any memory limit, but time is short for it too */
	return limit(RLIMIT_CPU, CPU_S) ? OK : ERR_IO;
#endif
	if (!limit(RLIMIT_AS, MEMORY) || !limit(RLIMIT_CPU, CPU_S) || !limit(RLIMIT_CORE, 0) ||
	    !limit(RLIMIT_NOFILE, FILES) || !limit(RLIMIT_FSIZE, OUTPUT) || !limit(RLIMIT_NPROC, 0))
		return ERR_IO;
	struct sock_fprog filter = {program_n, program};
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) ? ERR_IO : OK;
}
