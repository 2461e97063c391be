/* Mails as files "TIME-DIGEST.eml": their names sort by time, and a mail that is sent again after a kill
 * replaces itself. */
#include "hex.h"
#include "id.h"
#include "log.h"
#include "mailer_new.h"
#include "outbox_store.h"
#include "unmessage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct outbox {
	int folder;
};

enum {
	TIME_DIGITS = 13,
	DIGEST_DIGITS = 16,
	OUTBOX_ID_LENGTH = TIME_DIGITS + 1 + DIGEST_DIGITS,
	SHOWN_MAX = 200,
	NAMES_MAX = 100000,
	HEAD_BYTES = 16 * 1024,
	MAIL_MAX = 8 * 1024 * 1024
};

enum err
outbox_open(struct arena *a, const char *folder, struct outbox **ret)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	struct outbox *o = ARENA_NEW(a, struct outbox);
	o->folder = fd;
	*ret = o;
	return OK;
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static void
close_folder(DIR **d)
{
	if (*d)
		closedir(*d);
}

static enum err
write_whole(int folder, const char *name, struct str bytes)
{
	int fd CLEANUP(close_fd) = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return ERR_IO;
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ERR_IO;
		bytes = str_slice(bytes, (size_t)n, bytes.n);
	}
	return fdatasync(fd) ? ERR_IO : OK;
}

enum err
outbox_keep(struct outbox *o, const struct mail *m, struct str bytes)
{
	char name[64], temporary[64], suffix[17] = {0};
	unsigned char random[8];
	struct sha256 d = sha256_of(m->message_id);
	char digest[DIGEST_DIGITS + 1] = {0};
	if (m->at_ms < 0 || m->at_ms > 9999999999999)
		return ERR_INVALID;
	hex_encode_to(d.b, DIGEST_DIGITS / 2, digest);
	random_bytes(random, sizeof(random));
	hex_encode_to(random, sizeof(random), suffix);
	snprintf(name, sizeof(name), "%013lld-%s.eml", (long long)m->at_ms, digest);
	snprintf(temporary, sizeof(temporary), ".part-%s", suffix);
	enum err e = write_whole(o->folder, temporary, bytes);
	if (e == OK && renameat(o->folder, temporary, o->folder, name))
		e = ERR_IO;
	if (e == OK && fsync(o->folder))
		e = ERR_IO;
	if (e != OK) {
		log_event(LOG_ERROR, "outbox", "a mail cannot be kept: %s", strerror(errno));
		unlinkat(o->folder, temporary, 0);
	}
	return e;
}

static bool
is_id(struct str id)
{
	if (id.n != OUTBOX_ID_LENGTH || id.p[TIME_DIGITS] != '-')
		return false;
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];
		bool digit = c >= '0' && c <= '9';
		if (i != TIME_DIGITS && !digit && (i < TIME_DIGITS || c < 'a' || c > 'f'))
			return false;
	}
	return true;
}

static int64_t
time_of(struct str id)
{
	unsigned long long ms = 0;
	return str_to_u64(str_slice(id, 0, TIME_DIGITS), 9999999999999ULL, &ms) ? (int64_t)ms : 0;
}

/* At most `most` bytes of a mail. */
static enum err
read_some(struct outbox *o, struct str id, size_t most, struct arena *a, struct str *ret)
{
	char name[64];
	struct stat st;
	snprintf(name, sizeof(name), "%.*s.eml", STR_ARG(id));
	int fd CLEANUP(close_fd) = openat(o->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return ERR_IO;
	size_t size = (size_t)st.st_size < most ? (size_t)st.st_size : most, n = 0;
	void *p;
	TRY(arena_try(a, size + 1, 1, &p));
	while (n < size) {
		ssize_t got = read(fd, (char *)p + n, size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return ERR_IO;
		n += (size_t)got;
	}
	*ret = str_make(p, n);
	return OK;
}

static int
newest_first(const void *a, const void *b)
{
	return memcmp(((const struct str *)b)->p, ((const struct str *)a)->p, OUTBOX_ID_LENGTH);
}

static enum err
names(struct outbox *o, struct arena *a, struct str **ret, size_t *ret_n)
{
	int fd = openat(o->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d CLEANUP(close_folder) = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return ERR_IO;
	}
	struct str *all = NULL;
	size_t n = 0, cap = 0;
	for (struct dirent *e; n < NAMES_MAX && (e = readdir(d));) {
		struct str name = str_c(e->d_name);
		struct str id = str_slice(name, 0, OUTBOX_ID_LENGTH);
		if (!str_ends(name, STR(".eml")) || name.n != OUTBOX_ID_LENGTH + 4 || !is_id(id))
			continue;
		if (n == cap) {
			cap = cap ? cap * 2 : 64;
			struct str *more = ARENA_ARRAY(a, struct str, cap);
			if (n)
				memcpy(more, all, n * sizeof(*all));
			all = more;
		}
		all[n++] = arena_str(a, id);
	}
	if (n)
		qsort(all, n, sizeof(*all), newest_first);
	*ret = all;
	*ret_n = n;
	return OK;
}

/* "山田 太郎 <yamada@example.jp>" -> the address. */
static struct str
address_in(struct str to)
{
	ptrdiff_t open_at = str_find_last(to, STR("<"));
	if (open_at < 0 || !str_ends(to, STR(">")))
		return to;
	return str_slice(to, (size_t)open_at + 1, to.n - 1);
}

enum err
outbox_list(struct outbox *o, struct arena *a, struct outbox_row **ret, size_t *ret_n)
{
	struct str *ids;
	size_t n, shown = 0;
	TRY(names(o, a, &ids, &n));
	if (n > SHOWN_MAX)
		n = SHOWN_MAX;
	struct outbox_row *rows = ARENA_ARRAY(a, struct outbox_row, n);
	for (size_t i = 0; i < n; i++) {
		struct arena scratch CLEANUP(arena_free) = {0};
		struct str head, to, subject;
		/* one that cannot be read does not hide the others */
		if (read_some(o, ids[i], HEAD_BYTES, &scratch, &head) != OK ||
		    unmessage_header(&scratch, head, STR("To"), &to) != OK ||
		    unmessage_header(&scratch, head, STR("Subject"), &subject) != OK)
			continue;
		rows[shown++] = (struct outbox_row){.id = ids[i],
		    .to = arena_str(a, address_in(to)),
		    .subject = arena_str(a, subject),
		    .at_ms = time_of(ids[i])};
	}
	*ret = rows;
	*ret_n = shown;
	return OK;
}

enum err
outbox_read(struct outbox *o, struct arena *a, struct str id, struct outbox_mail *ret)
{
	struct outbox_mail m = {0};
	struct str bytes, to;
	if (!is_id(id))
		return ERR_NOT_FOUND;
	TRY(read_some(o, id, MAIL_MAX, a, &bytes));
	TRY(unmessage_header(a, bytes, STR("To"), &to));
	TRY(unmessage_header(a, bytes, STR("Subject"), &m.subject));
	TRY(unmessage_part(a, bytes, STR("text/plain"), &m.text));
	TRY(unmessage_part(a, bytes, STR("text/html"), &m.html));
	m.to = address_in(to);
	m.at_ms = time_of(id);
	*ret = m;
	return OK;
}
