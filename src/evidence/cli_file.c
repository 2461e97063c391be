#include "cli_file.h"

#include "buf.h"

#include <stdio.h>
#include <stdlib.h>
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

enum err
cli_file_write(const char *path, struct str bytes)
{
	char temporary[4096];
	bool ok = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) < (int)sizeof(temporary);
	int fd = ok ? mkstemp(temporary) : -1;
	FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;

	ok = f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fflush(f) == 0 && fsync(fd) == 0;
	if (f)
		ok = fclose(f) == 0 && ok;
	ok = ok && rename(temporary, path) == 0;
	if (!ok) {
		fprintf(stderr, "keiin: cannot write %s: %m\n", path);
		if (fd >= 0)
			unlink(temporary);
	}
	return ok ? OK : ERR_IO;
}
