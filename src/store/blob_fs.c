#include "blob_fs.h"
#include "hex.h"
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct blobs {
	int folder;
};

enum { NAME_MAX_LENGTH = 80 };

enum err
blobs_open_fs(struct arena *a, const char *folder, struct blobs **ret)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	struct blobs *b = ARENA_NEW(a, struct blobs);
	b->folder = fd;
	*ret = b;
	return OK;
}

static void
name_of(const struct sha256 *d, char ret[NAME_MAX_LENGTH])
{
	char hex[2 * SHA256_LENGTH];
	hex_encode_to(d->b, sizeof(d->b), hex);
	snprintf(ret, NAME_MAX_LENGTH, "%.2s/%.*s", hex, 2 * SHA256_LENGTH - 2, hex + 2);
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum err
write_all(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ERR_IO;
		bytes = str_slice(bytes, (size_t)n, bytes.n);
	}
	return OK;
}

static enum err
write_new(int folder, const char *temporary, struct str bytes)
{
	int fd CLEANUP(close_fd) = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd < 0)
		return ERR_IO;
	TRY(write_all(fd, bytes));
	return fdatasync(fd) ? ERR_IO : OK;
}

/* The two-character folder of a blob, made durable when new. */
static enum err
open_fan(struct blobs *b, const char *name, int *ret)
{
	char fan[3] = {name[0], name[1], 0};
	int fd = openat(b->folder, fan, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) {
		if (mkdirat(b->folder, fan, 0700) && errno != EEXIST)
			return ERR_IO;
		if (fsync(b->folder))
			return ERR_IO;
		fd = openat(b->folder, fan, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0)
		return ERR_IO;
	*ret = fd;
	return OK;
}

enum err
blob_put(struct blobs *b, struct str bytes, struct sha256 *ret)
{
	char name[NAME_MAX_LENGTH], temporary[NAME_MAX_LENGTH];
	struct sha256 d = sha256_of(bytes);
	struct stat st;
	unsigned char random[8];
	char suffix[2 * sizeof(random) + 1] = {0};
	name_of(&d, name);
	int fan CLEANUP(close_fd) = -1;
	TRY(open_fan(b, name, &fan));
	if (fstatat(fan, name + 3, &st, 0) == 0 && (size_t)st.st_size == bytes.n) {
		if (fsync(fan)) /* whoever stored it may not have come so far */
			return ERR_IO;
		*ret = d;
		return OK;
	}
	random_bytes(random, sizeof(random));
	hex_encode_to(random, sizeof(random), suffix);
	snprintf(temporary, sizeof(temporary), ".part-%s", suffix);
	enum err e = write_new(fan, temporary, bytes);
	if (e == OK && renameat(fan, temporary, fan, name + 3))
		e = ERR_IO;
	if (e == OK && fsync(fan))
		e = ERR_IO;
	if (e != OK) {
		log_event(LOG_ERROR, "blob", "cannot store %zu bytes: %s", bytes.n, strerror(errno));
		unlinkat(fan, temporary, 0);
		return e;
	}
	*ret = d;
	return OK;
}

enum err
blob_open(struct blobs *b, const struct sha256 *digest, int *ret_fd, size_t *ret_size)
{
	char name[NAME_MAX_LENGTH];
	struct stat st;
	name_of(digest, name);
	int fd = openat(b->folder, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	if (fstat(fd, &st)) {
		close(fd);
		return ERR_IO;
	}
	*ret_fd = fd;
	*ret_size = (size_t)st.st_size;
	return OK;
}

enum err
blob_get(struct blobs *b, const struct sha256 *digest, struct arena *a, struct str *ret)
{
	int fd CLEANUP(close_fd) = -1;
	size_t size, n = 0;
	void *p;
	TRY(blob_open(b, digest, &fd, &size));
	TRY(arena_try(a, size + 1, 1, &p));
	while (n < size) {
		ssize_t got = read(fd, (char *)p + n, size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return ERR_IO;
		n += (size_t)got;
	}
	struct sha256 found = sha256_of(str_make(p, size));
	if (!sha256_eq(&found, digest)) {
		log_event(LOG_ERROR, "blob", "the bytes of a blob are not what its name says");
		return ERR_IO;
	}
	*ret = str_make(p, size);
	return OK;
}
