#include "data_dir.h"
#include "buf.h"
#include "keys_fitness.h"
#include "log.h"
#include "tls_own.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = {"", "keys", "tls", "secret", "store", "blobs", "outbox", "tmp"};

char *
data_path(struct arena *a, const struct config *c, const char *name)
{
	return arena_cstr(a, arena_printf(a, "%.*s/%s", STR_ARG(c->data_dir), name));
}

static enum err
link_key_create(const char *path)
{
	unsigned char key[32];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd < 0)
		return errno == EEXIST ? OK : ERR_IO;
	random_bytes(key, sizeof(key));
	bool whole = write(fd, key, sizeof(key)) == (ssize_t)sizeof(key) && fsync(fd) == 0;
	close(fd);
	if (!whole)
		unlink(path);
	return whole ? OK : ERR_IO;
}

enum err
data_dir_prepare(struct arena *a, const struct config *c)
{
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char *path = data_path(a, c, folders[i]);
		if (mkdir(path, 0700) && errno != EEXIST) {
			fprintf(stderr, "keiin: cannot make the folder %s: %m\n", path);
			return ERR_IO;
		}
	}
	struct keys_subject subject = {.organisation = c->product_name};
	if (!str_starts(c->base_url, STR("https://localhost:")))
		subject.base_url = c->base_url;
	enum key_algorithm algorithm;
	if (!key_algorithm_by_name(c->seal_algorithm, &algorithm)) {
		fprintf(stderr, "keiin: seal.algorithm is one of " KEY_ALGORITHM_NAMES "\n");
		return ERR_CONFIG;
	}
	TRY(keys_create(data_path(a, c, "keys"), algorithm, &subject));
	struct keys_source source = data_keys_source(a, c);
	TRY(keys_fitness_insist(&source, c->seal_allow_short));
	TRY(link_key_create(data_path(a, c, "secret/link.key")));
	if (c->tls_certificate.n == 0)
		TRY(tls_own_create(data_path(a, c, "tls/own.pem"), data_path(a, c, "tls/own.key")));
	return OK;
}

struct keys_source
data_keys_source(struct arena *a, const struct config *c)
{
	return (struct keys_source){.dir = data_path(a, c, "keys"),
	    .pkcs12 = arena_cstr(a, c->seal_pkcs12),
	    .pkcs12_password = arena_cstr(a, c->seal_pkcs12_password_file),
	    .pkcs11_module = arena_cstr(a, c->seal_pkcs11_module),
	    .pkcs11_key = arena_cstr(a, c->seal_pkcs11_key),
	    .pkcs11_pin = arena_cstr(a, c->seal_pkcs11_pin_file),
	    .certificate = arena_cstr(a, c->seal_certificate)};
}

enum err
data_link_key(struct arena *a, const struct config *c, unsigned char ret_key[32])
{
	int fd = open(data_path(a, c, "secret/link.key"), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	ssize_t n = read(fd, ret_key, 32);
	close(fd);
	return n == 32 ? OK : ERR_IO;
}

static enum err
append_file(struct arena *a, const char *path, struct buf *to)
{
	enum { PEM_MAX = 64 << 10 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	char *text = arena_alloc(a, PEM_MAX);
	ssize_t n = read(fd, text, PEM_MAX);
	close(fd);
	if (n <= 0 || n == PEM_MAX)
		return ERR_CONFIG;
	buf_put(to, str_make(text, (size_t)n));
	return OK;
}

enum err
data_root_pem(struct arena *a, const struct config *c, struct str *ret)
{
	struct buf all CLEANUP(buf_free) = {0};
	glob_t outside;
	enum err e = append_file(a, data_path(a, c, "keys/ca.pem"), &all);
	bool found = glob(data_path(a, c, "keys/outside.pem"), 0, NULL, &outside) == 0;
	found = glob(data_path(a, c, "keys/old/*-outside.pem"), GLOB_APPEND, NULL, &outside) == 0 || found;
	for (size_t i = 0; found && e == OK && i < outside.gl_pathc; i++)
		e = append_file(a, outside.gl_pathv[i], &all);
	globfree(&outside);
	*ret = arena_str(a, buf_str(&all));
	return e;
}
