#include "roles.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
program_exec(const char *name, char *const *argv)
{
	char path[PATH_MAX], beside[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (n <= 0)
		return;
	path[n] = 0;
	*strrchr(path, '/') = 0;
	if (snprintf(beside, sizeof(beside), "%s/%s", path, name) >= (int)sizeof(beside))
		return;
	execv(beside, argv);
	fprintf(stderr, "keiin: %s: %m\n", beside);
}

/* Every child of the fork server would look up the same functions of the libraries again: all are found
 * before. */
void
pdfd_exec(void)
{
	char *argv[] = {"keiin-pdfd", NULL};
	setenv("LD_BIND_NOW", "1", 1);
	program_exec("keiin-pdfd", argv);
}
