#include "lockdown.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ACCESS_WRITE                                                                                         \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |         \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE)

#define ACCESS_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)

static enum err
allow(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = access};
	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return errno == ENOENT ? OK : ERR_IO; /* a folder this system does not have needs no rule */
	struct stat st;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= ACCESS_FILE; /* rights of folders are refused for other files */
	long r = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
	return r ? ERR_IO : OK;
}

/* Landlock refuses renames between folders unless this right (second version of the interface) is handled and
 * given. */
static uint64_t
rename_right(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	return version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
}

static enum err
restrict_files(const char *const *read_only, const char *const *read_write)
{
	struct landlock_ruleset_attr attr = {
	    .handled_access_fs =
	        LANDLOCK_ACCESS_FS_EXECUTE | ACCESS_READ | ACCESS_WRITE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
	        LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
	        LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK | rename_right()};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0) {
		log_event(LOG_WARN, "lockdown",
		    "this kernel has no landlock: files are guarded by permissions alone");
		return OK;
	}
	enum err e = OK;
	for (; e == OK && read_only && *read_only; read_only++)
		e = allow(ruleset, *read_only, ACCESS_READ);
	for (; e == OK && read_write && *read_write; read_write++)
		e = allow(ruleset, *read_write, ACCESS_READ | ACCESS_WRITE | rename_right());
	if (e == OK && syscall(SYS_landlock_restrict_self, ruleset, 0))
		e = ERR_IO;
	close(ruleset);
	return e;
}

static enum err
no_new_privileges(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return ERR_IO;
	return OK;
}

enum err
lockdown_keyd(void)
{
	static const int allowed[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
	    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(close), SCMP_SYS(brk), SCMP_SYS(munmap),
	    SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(clock_gettime),
	    SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
	    SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group)};
	TRY(no_new_privileges());
	TRY(restrict_files(NULL, NULL));
#ifdef SANITIZED
	return OK;
#endif
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return ERR_NOMEM;
	int failed = 0;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	/* memory, but never executable and never from a file */
	failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0), SCMP_A3(SCMP_CMP_MASKED_EQ, 0x20, 0x20));
	failed |= seccomp_rule_add(
	    filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4, 0));
	failed |= seccomp_load(filter);
	seccomp_release(filter);
	if (failed)
		log_event(LOG_ERROR, "lockdown", "the system call filter was refused");
	return failed ? ERR_IO : OK;
}

enum err
lockdown_paths(const char *const *read_only, const char *const *read_write)
{
	TRY(no_new_privileges());
	TRY(restrict_files(read_only, read_write));
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter)
		return ERR_NOMEM;
	static const int denied[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace),
	    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(mount), SCMP_SYS(umount2),
	    SCMP_SYS(bpf), SCMP_SYS(kexec_load), SCMP_SYS(init_module), SCMP_SYS(finit_module),
	    SCMP_SYS(setns), SCMP_SYS(unshare), SCMP_SYS(pivot_root), SCMP_SYS(chroot)};
	int failed = 0;
	for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), denied[i], 0);
	failed |= seccomp_load(filter);
	seccomp_release(filter);
	return failed ? ERR_IO : OK;
}
