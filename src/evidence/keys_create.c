/* The platform's own authority, made at first run: a root, a certificate for seals, one for timestamps. */
#include "keys.h"
#include "keys_issue.h"
#include "keys_roll.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* The root's certificate comes last: once it stands, everything stands. */
static enum err
is_complete(const char *dir, bool *ret)
{
	static const char *const needed[] = {"seal.key", "seal.pem", "tsa.key", "tsa.pem"};
	char path[KEYS_PATH_LENGTH];

	TRY(keys_path(dir, "ca.pem", "", path));
	*ret = access(path, F_OK) == 0;
	for (size_t i = 0; *ret && i < sizeof(needed) / sizeof(needed[0]); i++) {
		TRY(keys_path(dir, needed[i], "", path));
		if (access(path, F_OK))
			return ERR_CONFIG;
	}
	return OK;
}

enum err
keys_create(const char *dir, enum key_algorithm algorithm, const struct keys_subject *subject)
{
	struct authority ca CLEANUP(authority_free) = {0};
	bool complete;

	if (mkdir(dir, 0700) && errno != EEXIST)
		return ERR_IO;
	TRY(keys_roll_finish(dir));
	TRY(is_complete(dir, &complete));
	if (complete)
		return OK;
	for (enum keys_profile p = 0; p < KEYS_PROFILES; p++)
		TRY(keys_issue(dir, p, algorithm, subject, &ca));
	for (enum keys_profile p = KEYS_PROFILES; p > 0; p--) {
		TRY(keys_move_into_place(dir, p - 1, ".key"));
		TRY(keys_move_into_place(dir, p - 1, ".pem"));
	}
	return keys_sync_folder(dir);
}
