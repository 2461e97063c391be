/* The package as ZIP file, written by libzip straight into a descriptor: what it needs in memory does not
 * grow with the documents. */
#include "buf.h"
#include "id.h"
#include "log.h"
#include "package.h"
#include "package_names.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zip.h>

/* libzip's view of the file that is written. */
struct target {
	int fd;
	off_t at;
	zip_error_t error;
};

static zip_int64_t
failed(struct target *t)
{
	zip_error_set(&t->error, ZIP_ER_WRITE, errno);
	return -1;
}

static zip_int64_t
put(struct target *t, const char *bytes, zip_uint64_t n)
{
	for (zip_uint64_t done = 0; done < n;) {
		ssize_t k = pwrite(t->fd, bytes + done, (size_t)(n - done), t->at);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return failed(t);
		t->at += k;
		done += (zip_uint64_t)k;
	}
	return (zip_int64_t)n;
}

static zip_int64_t
seek(struct target *t, void *data, zip_uint64_t n)
{
	struct stat st;
	if (fstat(t->fd, &st))
		return failed(t);
	zip_int64_t to =
	    zip_source_seek_compute_offset((zip_uint64_t)t->at, (zip_uint64_t)st.st_size, data, n, &t->error);
	if (to < 0)
		return -1;
	t->at = (off_t)to;
	return 0;
}

static zip_int64_t
target_call(void *user, void *data, zip_uint64_t n, zip_source_cmd_t command)
{
	struct target *t = user;
	switch (command) {
	case ZIP_SOURCE_SUPPORTS:
		return zip_source_make_command_bitmap(ZIP_SOURCE_SUPPORTS, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
		    ZIP_SOURCE_STAT, ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_SEEK,
		    ZIP_SOURCE_TELL, ZIP_SOURCE_BEGIN_WRITE, ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE,
		    ZIP_SOURCE_TELL_WRITE, ZIP_SOURCE_COMMIT_WRITE, ZIP_SOURCE_ROLLBACK_WRITE,
		    ZIP_SOURCE_REMOVE, -1);
	case ZIP_SOURCE_ERROR: return zip_error_to_data(&t->error, data, n);
	case ZIP_SOURCE_STAT:
		zip_error_set(&t->error, ZIP_ER_READ, ENOENT); /* there is nothing yet */
		return -1;
	case ZIP_SOURCE_WRITE: return put(t, data, n);
	case ZIP_SOURCE_SEEK_WRITE: return seek(t, data, n);
	case ZIP_SOURCE_TELL_WRITE: return t->at;
	case ZIP_SOURCE_BEGIN_WRITE:
	case ZIP_SOURCE_COMMIT_WRITE:
	case ZIP_SOURCE_ROLLBACK_WRITE:
	case ZIP_SOURCE_FREE: return 0;
	default: zip_error_set(&t->error, ZIP_ER_OPNOTSUPP, 0); return -1;
	}
}

/* A descriptor of its own for libzip, which closes it. */
static zip_source_t *
source_of(zip_t *z, const struct package_file *f)
{
	if (f->fd < 0)
		return zip_source_buffer(z, f->bytes.p ? f->bytes.p : "", f->bytes.n, 0);
	int fd = dup(f->fd);
	/* libzip begins where the descriptor stands */
	FILE *file = fd < 0 || lseek(fd, 0, SEEK_SET) ? NULL : fdopen(fd, "rb");
	if (!file && fd >= 0)
		close(fd);
	return file ? zip_source_filep(z, file, 0, (zip_int64_t)f->size) : NULL;
}

/* The calendar of MS-DOS, which ZIP files are dated by; in UTC, and not by the machine's time zone. */
static void
dos_time(int64_t at_ms, zip_uint16_t *ret_date, zip_uint16_t *ret_time)
{
	time_t at = (time_t)(at_ms / 1000);
	struct tm tm;
	gmtime_r(&at, &tm);
	*ret_date = (zip_uint16_t)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
	*ret_time = (zip_uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
}

static bool
add(zip_t *z, const struct package_file *f, int64_t at_ms)
{
	char name[512];
	zip_uint16_t date, time;
	zip_source_t *source = source_of(z, f);
	if (!source || snprintf(name, sizeof(name), "%.*s", STR_ARG(f->name)) >= (int)sizeof(name))
		return false;
	zip_int64_t at = zip_file_add(z, name, source, ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		zip_source_free(source);
		return false;
	}
	dos_time(at_ms, &date, &time);
	return zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0 &&
	       zip_file_set_dostime(z, (zip_uint64_t)at, time, date, 0) == 0 &&
	       zip_file_set_external_attributes(
	           z, (zip_uint64_t)at, 0, ZIP_OPSYS_UNIX, (zip_uint32_t)(0100644u << 16)) == 0;
}

/* As `sha256sum -c` reads it. */
static void
put_sum(struct buf *b, struct str sha256, struct str name)
{
	buf_printf(b, "%.*s  %.*s\n", STR_ARG(sha256), STR_ARG(name));
}

static enum err
add_all(zip_t *z, const struct package *p, struct str guide, struct buf *sums)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct sha256 d = sha256_of(guide);
	put_sum(sums, sha256_hex(&a, &d), STR(PACKAGE_GUIDE));
	for (size_t i = 0; i < p->files_n; i++)
		put_sum(sums, p->files[i].sha256, p->files[i].name);
	const struct package_file first[] = {{.name = STR(PACKAGE_GUIDE), .bytes = guide, .fd = -1},
	    {.name = STR(PACKAGE_SUMS), .bytes = buf_str(sums), .fd = -1}};
	bool good = add(z, &first[0], p->at_ms) && add(z, &first[1], p->at_ms);
	for (size_t i = 0; good && i < p->files_n; i++)
		good = add(z, &p->files[i], p->at_ms);
	return good ? OK : ERR_IO;
}

enum err
package_write(const struct package *p, struct str guide, int fd, size_t *ret_size)
{
	struct target t = {.fd = fd};
	struct buf sums CLEANUP(buf_free) = {0}; /* until zip_close() has read it */
	struct stat st;
	zip_error_init(&t.error);
	zip_source_t *source = zip_source_function_create(target_call, &t, NULL);
	zip_t *z = source ? zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, NULL) : NULL;
	if (!z) {
		zip_source_free(source);
		return ERR_NOMEM;
	}
	enum err e = add_all(z, p, guide, &sums);
	if (e == OK && zip_close(z)) {
		log_event(LOG_ERROR, "package", "%s", zip_strerror(z));
		e = ERR_IO;
		zip_discard(z);
	} else if (e != OK) {
		zip_discard(z);
	}
	if (e == OK && fstat(fd, &st))
		e = ERR_IO;
	if (e == OK)
		*ret_size = (size_t)st.st_size;
	return e;
}
