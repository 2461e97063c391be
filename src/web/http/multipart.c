#include "multipart.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

enum { HEADERS_MAX = 8 * 1024, BOUNDARY_MAX = 70 };

/* The value of a parameter such as name="..." ; quoted, with backslash escapes of browsers left as %22. */
static struct str
parameter(struct str header, struct str name)
{
	while (header.n) {
		ptrdiff_t at = str_find(header, name);
		if (at < 0)
			return STR_NONE;
		bool starts = at == 0 || header.p[at - 1] == ' ' || header.p[at - 1] == ';';
		header = str_slice(header, (size_t)at + name.n, header.n);
		if (!starts || header.n == 0)
			continue;
		if (header.p[0] == '"') {
			header = str_slice(header, 1, header.n);
			ptrdiff_t end = str_chr(header, '"');
			return end < 0 ? STR_NONE : str_slice(header, 0, (size_t)end);
		}
		ptrdiff_t end = str_chr(header, ';');
		return str_trim(end < 0 ? header : str_slice(header, 0, (size_t)end));
	}
	return STR_NONE;
}

enum err
multipart_begin(struct multipart *m, struct arena *a, const char *temp_dir, struct str content_type)
{
	struct str boundary = parameter(content_type, STR("boundary="));
	*m = (struct multipart){.arena = a, .temp_dir = temp_dir};
	if (boundary.n == 0 || boundary.n > BOUNDARY_MAX)
		return ERR_INVALID;
	buf_put(&m->boundary, STR("\r\n--"));
	buf_put(&m->boundary, boundary);
	buf_put(&m->pending, STR("\r\n")); /* the first boundary may come without a line before it */
	m->value.limit = MULTIPART_FIELD_MAX;
	return OK;
}

void
multipart_free(struct multipart *m)
{
	for (unsigned i = 0; i < m->parts_n; i++)
		if (m->parts[i].fd >= 0)
			close(m->parts[i].fd);
	m->parts_n = 0;
	buf_free(&m->boundary);
	buf_free(&m->pending);
	buf_free(&m->value);
}

static struct http_part *
current(struct multipart *m)
{
	return &m->parts[m->parts_n - 1];
}

/* From memory into an unlinked file: a file system's work for every small upload would cost more than the
 * rest. */
static enum err
move_to_disk(struct multipart *m, struct http_part *part)
{
	int fd = open(m->temp_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return ERR_IO;
	off_t at = 0;
	while ((size_t)at < part->size)
		if (sendfile(fd, part->fd, &at, part->size - (size_t)at) <= 0) {
			close(fd);
			return ERR_IO;
		}
	close(part->fd);
	part->fd = fd;
	return OK;
}

static enum err
body(struct multipart *m, struct str bytes)
{
	struct http_part *part = current(m);
	if (!m->is_file) {
		buf_put(&m->value, bytes);
		return m->value.overflow ? ERR_TOO_LARGE : OK;
	}
	if (part->size <= MULTIPART_MEMORY_MAX && part->size + bytes.n > MULTIPART_MEMORY_MAX)
		TRY(move_to_disk(m, part));
	part->size += bytes.n;
	while (bytes.n) {
		ssize_t n = write(part->fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ERR_IO;
		bytes = str_slice(bytes, (size_t)n, bytes.n);
	}
	return OK;
}

static void
part_done(struct multipart *m)
{
	struct http_part *part = current(m);
	if (!m->is_file) {
		part->value = arena_str(m->arena, buf_str(&m->value));
		m->value.n = 0;
	}
}

static enum err
open_file(struct http_part *part)
{
	part->fd = memfd_create("keiin-upload", MFD_CLOEXEC);
	return part->fd < 0 ? ERR_IO : OK;
}

static enum err
headers(struct multipart *m, struct str text)
{
	struct str line, disposition = STR_NONE, mime = STR_NONE;
	while (str_split(&text, '\n', &line)) {
		struct str name;
		line = str_trim(line);
		if (!str_split(&line, ':', &name))
			continue;
		if (str_ieq(str_trim(name), STR("Content-Disposition")))
			disposition = str_trim(line);
		else if (str_ieq(str_trim(name), STR("Content-Type")))
			mime = str_trim(line);
	}
	if (m->parts_n == MULTIPART_PARTS || disposition.n == 0)
		return ERR_INVALID;
	struct http_part *part = &m->parts[m->parts_n];
	struct str file_name = parameter(disposition, STR("filename="));
	*part = (struct http_part){.name = arena_str(m->arena, parameter(disposition, STR("name="))),
	    .mime = arena_str(m->arena, mime),
	    .file_name = file_name.p ? arena_str(m->arena, file_name) : STR_NONE,
	    .fd = -1};
	m->is_file = file_name.p != NULL;
	m->parts_n++;
	return m->is_file ? open_file(part) : OK;
}

static void
drop(struct multipart *m, size_t n)
{
	memmove(m->pending.p, m->pending.p + n, m->pending.n - n);
	m->pending.n -= n;
}

/* One step over the pending bytes; *ret_more = false when more input is needed. */
static enum err
step(struct multipart *m, bool *ret_more)
{
	struct str p = buf_str(&m->pending), boundary = buf_str(&m->boundary);
	ptrdiff_t at;
	*ret_more = true;
	switch (m->state) {
	case MULTIPART_PREAMBLE:
	case MULTIPART_BODY:
		at = str_find(p, boundary);
		if (at < 0) {
			size_t safe = p.n > boundary.n ? p.n - boundary.n : 0;
			if (m->state == MULTIPART_BODY && safe)
				TRY(body(m, str_slice(p, 0, safe)));
			drop(m, safe);
			*ret_more = false;
			return OK;
		}
		if (p.n < (size_t)at + boundary.n + 2) {
			*ret_more = false;
			return OK;
		}
		if (m->state == MULTIPART_BODY) {
			TRY(body(m, str_slice(p, 0, (size_t)at)));
			part_done(m);
		}
		at += (ptrdiff_t)boundary.n;
		if (str_starts(str_slice(p, (size_t)at, p.n), STR("--"))) {
			m->state = MULTIPART_END;
		} else if (str_starts(str_slice(p, (size_t)at, p.n), STR("\r\n"))) {
			m->state = MULTIPART_HEADERS;
		} else {
			return ERR_INVALID;
		}
		drop(m, (size_t)at + 2);
		return OK;
	case MULTIPART_HEADERS:
		at = str_find(p, STR("\r\n\r\n"));
		if (at < 0) {
			*ret_more = false;
			return p.n > HEADERS_MAX ? ERR_INVALID : OK;
		}
		TRY(headers(m, str_slice(p, 0, (size_t)at)));
		drop(m, (size_t)at + 4);
		m->state = MULTIPART_BODY;
		return OK;
	case MULTIPART_END:
	case MULTIPART_BAD:
		drop(m, m->pending.n);
		*ret_more = false;
		return OK;
	}
	return BUG("multipart state");
}

enum err
multipart_feed(struct multipart *m, struct str bytes)
{
	bool more = true;
	buf_put(&m->pending, bytes);
	while (more) {
		enum err e = step(m, &more);
		if (e != OK) {
			m->state = MULTIPART_BAD;
			return e;
		}
	}
	return OK;
}

enum err
multipart_end(struct multipart *m)
{
	if (m->state != MULTIPART_END)
		return ERR_INVALID;
	for (unsigned i = 0; i < m->parts_n; i++)
		if (m->parts[i].fd >= 0 && lseek(m->parts[i].fd, 0, SEEK_SET) != 0)
			return ERR_IO;
	return OK;
}
