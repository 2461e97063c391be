#include "cli_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
path_of(struct arena *a, const char *folder)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (folder)
		return arena_cstr(a, str_c(folder));
	if (data && *data)
		return arena_cstr(a, arena_printf(a, "%s/keiin/keys", data));
	return arena_cstr(a, arena_printf(a, "%s/.local/share/keiin/keys", home && *home ? home : "."));
}

static enum err
make_folder(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return OK;
	fprintf(stderr, "keiin: cannot make the folder %s: %m\n", *path ? path : "\"\"");
	return ERR_IO;
}

static enum err
make_folders(char *path)
{
	for (char *p = path; *p; p++) {
		if (p == path || *p != '/')
			continue;
		*p = 0;
		TRY(make_folder(path));
		*p = '/';
	}
	return make_folder(path);
}

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Under a lock: of two first commands at once, one makes the keys and the other takes them. */
static enum err
create_and_load(struct arena *a, const char *path, enum key_algorithm algorithm, struct keys **ret,
    struct certificates *ret_certificates)
{
	const struct keys_subject subject = {.organisation = STR("Keiin")};
	int folder CLEANUP(close_fd) = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0 || flock(folder, LOCK_EX))
		return ERR_IO;
	TRY(keys_create(path, algorithm, &subject));
	TRY(certificates_load_own(a, path, ret_certificates));
	return keys_load(path, ret);
}

enum err
cli_keys_open(struct arena *a, const char *folder, const enum key_algorithm *algorithm, struct keys **ret,
    struct certificates *ret_certificates)
{
	char *path = path_of(a, folder);
	struct certificates certificates;
	struct keys *keys;
	enum err e;

	TRY(make_folders(path));
	e = create_and_load(a, path, algorithm ? *algorithm : KEY_P256, &keys, &certificates);
	if (e != OK) {
		fprintf(stderr, "keiin: %s in the folder %s (%s)\n",
		    e == ERR_CONFIG ? "keys or certificates are missing" : "cannot make or read the keys",
		    path, err_info(e)->name);
		return e;
	}
	if (algorithm && certificates.seal.algorithm != *algorithm) {
		fprintf(stderr, "keiin: the keys in %s are %s: name another folder with --keys for %s\n",
		    path, key_algorithm_name(certificates.seal.algorithm), key_algorithm_name(*algorithm));
		keys_free(keys);
		return ERR_CONFIG;
	}
	*ret = keys;
	*ret_certificates = certificates;
	return OK;
}
