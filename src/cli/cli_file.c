#include "cli_file.h"

#include "buf.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 256 << 20, CHUNK = 1 << 16 };

static enum err
read_stream(FILE *f, struct arena *a, struct str *ret)
{
	struct buf b CLEANUP(buf_free) = {.limit = FILE_MAX};
	char chunk[CHUNK];
	size_t n;

	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_put(&b, str_make(chunk, n));
	if (ferror(f) || b.overflow)
		return ERR_IO;
	*ret = arena_str(a, buf_str(&b));
	return OK;
}

enum err
cli_file_read(struct arena *a, const char *path, struct str *ret)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *f = standard ? stdin : fopen(path, "rb");
	enum err e = f ? read_stream(f, a, ret) : ERR_IO;

	if (e != OK)
		fprintf(stderr, "keiin: cannot read %s: %m\n", path);
	if (f && !standard)
		fclose(f);
	return e;
}

static bool
put(FILE *f, struct str bytes)
{
	return fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fflush(f) == 0;
}

static mode_t
usual_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* The new file stands beside the old one until it is whole. */
static bool
replace(const char *path, mode_t mode, struct str bytes)
{
	char temporary[PATH_MAX];
	FILE *f;
	bool ok;
	int fd;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary)) {
		errno = ENAMETOOLONG;
		return false;
	}
	fd = mkstemp(temporary);
	if (fd < 0)
		return false;
	f = fdopen(fd, "wb");
	ok = f && put(f, bytes) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
	ok = (f ? fclose(f) : close(fd)) == 0 && ok;
	ok = ok && rename(temporary, path) == 0;
	if (!ok) {
		int why = errno;

		unlink(temporary);
		errno = why;
	}
	return ok;
}

/* A pipe or a device: there is nothing to replace, and replacing /dev/null would be a disaster. */
static bool
write_into(const char *path, struct str bytes)
{
	FILE *f = fopen(path, "wb");
	bool ok = f && put(f, bytes);

	if (f)
		ok = fclose(f) == 0 && ok;
	return ok;
}

enum err
cli_file_write(const char *path, struct str bytes)
{
	char real[PATH_MAX];
	struct stat st;
	bool ok;

	if (strcmp(path, "-") == 0)
		ok = put(stdout, bytes);
	else if (stat(path, &st))
		ok = replace(path, usual_mode(), bytes);
	else if (!S_ISREG(st.st_mode))
		ok = write_into(path, bytes);
	else /* behind a symbolic link it is the file that changes, not the link */
		ok = realpath(path, real) && replace(real, st.st_mode & 0777, bytes);
	if (!ok)
		fprintf(stderr, "keiin: cannot write %s: %m\n", path);
	return ok ? OK : ERR_IO;
}
