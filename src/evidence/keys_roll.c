#include "keys_roll.h"

#include "certificates.h"
#include "keys_issue.h"
#include "x509_text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* While this file stands, all new files stand under their temporary names or in their place. */
#define MARK "rolling"
#define OLD "old"

static enum err
load_root(const char *dir, struct authority *ret)
{
	STACK_OF(X509) * root CLEANUP(ossl_x509s_free) = NULL;
	BIO *bio CLEANUP(ossl_bio_free) = NULL;
	char path[KEYS_PATH_LENGTH];

	TRY(keys_path(dir, "ca.key", "", path));
	bio = BIO_new_file(path, "r");
	if (!bio)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	TRY(keys_path(dir, "ca.pem", "", path));
	TRY(certificates_read(path, &root));
	ret->key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	ret->certificate = sk_X509_shift(root);
	return ret->key ? OK : ERR_CRYPTO;
}

/* "old/4A3F...-seal.key" is one more name of seal.key. */
static enum err
keep_old(const char *dir, const char *name, const char *ending, struct arena *a, struct str serial)
{
	char from[KEYS_PATH_LENGTH], to[KEYS_PATH_LENGTH];
	struct str kept = arena_printf(a, OLD "/%.*s-%s", STR_ARG(serial), name);

	TRY(keys_path(dir, name, ending, from));
	TRY(keys_path(dir, arena_cstr(a, kept), ending, to));
	return link(from, to) == 0 || errno == EEXIST ? OK : ERR_IO;
}

static enum err
keep_old_pair(const char *dir, const char *name, const struct chain *chain)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct str serial;

	TRY(x509_serial(&a, chain->leaf, &serial));
	TRY(keep_old(dir, name, ".pem", &a, serial));
	return keep_old(dir, name, ".key", &a, serial);
}

/* Of whom, and where to ask about it, as the old certificate says. */
static enum err
subject_of(struct arena *a, struct str der, struct keys_subject *ret)
{
	X509 *x CLEANUP(ossl_x509_free) =
	    d2i_X509(NULL, &(const unsigned char *){(const unsigned char *)der.p}, (long)der.n);
	STACK_OF(OPENSSL_STRING) *responders = x ? X509_get1_ocsp(x) : NULL;

	*ret = (struct keys_subject){0};
	if (sk_OPENSSL_STRING_num(responders) > 0) {
		struct str url = str_c(sk_OPENSSL_STRING_value(responders, 0));

		if (str_ends(url, STR("/ocsp")))
			ret->base_url = arena_str(a, str_slice(url, 0, url.n - strlen("/ocsp")));
	}
	X509_email_free(responders);
	return x509_organisation(a, der, &ret->organisation);
}

static enum err
set_mark(const char *dir)
{
	char path[KEYS_PATH_LENGTH];
	int fd;

	TRY(keys_path(dir, MARK, "", path));
	TRY(keys_sync_folder(dir)); /* what the mark promises comes first */
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return ERR_IO;
	close(fd);
	return keys_sync_folder(dir);
}

static enum err
move(const char *dir, enum keys_profile which, const char *ending)
{
	enum err e = keys_move_into_place(dir, which, ending);

	return e == ERR_IO && errno == ENOENT ? OK : e; /* moved before the run was cut off */
}

enum err
keys_roll_finish(const char *dir)
{
	char path[KEYS_PATH_LENGTH];

	TRY(keys_path(dir, MARK, "", path));
	if (access(path, F_OK))
		return OK;
#ifdef MUTANT_ROLL
	return OK;
#endif
	for (enum keys_profile p = KEYS_SEAL; p < KEYS_PROFILES; p++) {
		TRY(move(dir, p, ".key"));
		TRY(move(dir, p, ".pem"));
	}
	TRY(keys_sync_folder(dir));
	return unlink(path) == 0 ? keys_sync_folder(dir) : ERR_IO;
}

static enum err
destroy(const char *old)
{
	DIR *d = opendir(old);
	struct dirent *entry;
	enum err e = d ? OK : ERR_IO;

	while (e == OK && (entry = readdir(d)) != NULL)
		if (str_ends(str_c(entry->d_name), STR(".key")) && unlinkat(dirfd(d), entry->d_name, 0))
			e = ERR_IO;
	if (d)
		closedir(d);
	return e == OK ? keys_sync_folder(old) : e;
}

enum err
keys_roll(const char *dir, const enum key_algorithm *algorithm, bool destroy_old)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct authority root CLEANUP(authority_free) = {0};
	struct certificates old;
	char old_dir[KEYS_PATH_LENGTH];
	struct keys_subject subject;

	TRY(keys_roll_finish(dir));
	TRY(certificates_load_own(&a, dir, &old));
	TRY(load_root(dir, &root));
	TRY(subject_of(&a, old.seal.leaf, &subject));
	TRY(keys_issue(dir, KEYS_SEAL, algorithm ? *algorithm : old.seal.algorithm, &subject, &root));
	TRY(keys_issue(dir, KEYS_TSA, algorithm ? *algorithm : old.tsa.algorithm, &subject, &root));
	TRY(keys_path(dir, OLD, "", old_dir));
	if (mkdir(old_dir, 0700) && errno != EEXIST)
		return ERR_IO;
	TRY(keep_old_pair(dir, "seal", &old.seal));
	TRY(keep_old_pair(dir, "tsa", &old.tsa));
	TRY(keys_sync_folder(old_dir));
	TRY(set_mark(dir));
	TRY(keys_roll_finish(dir));
	return destroy_old ? destroy(old_dir) : OK;
}
