#include "keyd_totals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PATH_LENGTH = 4096 };

static int
open_file(const char *key_dir, int flags)
{
	char path[PATH_LENGTH];

	if (snprintf(path, sizeof(path), "%s/totals", key_dir) >= (int)sizeof(path))
		return -1;
	return open(path, flags | O_CLOEXEC, 0600);
}

enum err
keyd_totals_open(const char *key_dir, struct keyd_totals **ret)
{
	int fd = open_file(key_dir, O_RDWR | O_CREAT);
	void *p = MAP_FAILED;

	if (fd < 0)
		return ERR_IO;
	if (ftruncate(fd, sizeof(**ret)) == 0)
		p = mmap(NULL, sizeof(**ret), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return ERR_IO;
	*ret = p;
	return OK;
}

enum err
keyd_totals_read(const char *key_dir, struct keyd_totals *ret)
{
	struct keyd_totals t = {0};
	int fd = open_file(key_dir, O_RDONLY);

	if (fd < 0 && errno != ENOENT)
		return ERR_IO;
	if (fd >= 0 && read(fd, &t, sizeof(t)) != (ssize_t)sizeof(t))
		t = (struct keyd_totals){0};
	if (fd >= 0)
		close(fd);
	*ret = t;
	return OK;
}
