#include "scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DESCRIPTORS = 8, SAID_MAX = 1 << 20 };

bool
scratch_open(struct scratch *s, enum key_algorithm algorithm)
{
	struct keys_subject subject = {.organisation = STR("株式会社 試験")};

	*s = (struct scratch){.dir = "/tmp/keiin-scratch-XXXXXX"};
	if (id_init() != OK || !mkdtemp(s->dir))
		return false;
	snprintf(s->key_dir, sizeof(s->key_dir), "%s/keys", s->dir);
	return keys_create(s->key_dir, algorithm, &subject) == OK && keys_load(s->key_dir, &s->keys) == OK &&
	       certificates_load(&s->a, s->key_dir, &s->certs) == OK;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void
scratch_close(struct scratch *s)
{
	keys_free(s->keys);
	nftw(s->dir, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
	arena_free(&s->a);
}

const char *
scratch_path(struct scratch *s, const char *name)
{
	return arena_cstr(&s->a, arena_printf(&s->a, "%s/%s", s->dir, name));
}

const char *
scratch_write(struct scratch *s, const char *name, struct str bytes)
{
	const char *path = scratch_path(s, name);
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f))
		abort();
	return path;
}

static struct str
read_all(struct scratch *s, const char *path)
{
	char *p = arena_alloc(&s->a, SAID_MAX);
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(p, 1, SAID_MAX, f) : 0;

	if (f)
		fclose(f);
	return str_make(p, n);
}

int
scratch_run(struct scratch *s, const char *const *argv, struct str *ret_said)
{
	const char *path = scratch_path(s, "said");
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 || setenv("LC_ALL", "C.UTF-8", 1))
			_exit(126);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	*ret_said = read_all(s, path);
	return WEXITSTATUS(status);
}
