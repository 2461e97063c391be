#include "roles.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
workers_exec(char *const *argv)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - sizeof("keiin-workers"));
	char *slash;
	if (n <= 0)
		return;
	path[n] = 0;
	slash = strrchr(path, '/');
	memcpy(slash + 1, "keiin-workers", sizeof("keiin-workers"));
	execv(path, argv);
	fprintf(stderr, "keiin: %s: %m\n", path);
}
