#include "password.h"

#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>

/* OWASP's argon2id profile of 19 MiB and two passes: some 15 ms.  Two hashes at a time keep the memory of a
 * storm of logins at 38 MiB; the others wait. */
enum { PASSES = 2, MEMORY_BYTES = 19 * 1024 * 1024, HASHES_AT_ONCE = 2, PASSWORD_MAX = 1024 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t turns;
static char
    nobody[crypto_pwhash_STRBYTES]; /* a hash of nothing anyone knows, for accounts that do not exist */

static void
enter(void)
{
	while (sem_wait(&turns))
		;
}

static void
prepare(void)
{
	char secret[32];
	sem_init(&turns, 0, HASHES_AT_ONCE);
	randombytes_buf(secret, sizeof(secret));
	if (crypto_pwhash_argon2id_str(nobody, secret, sizeof(secret), PASSES, MEMORY_BYTES))
		nobody[0] = 0;
	sodium_memzero(secret, sizeof(secret));
}

enum err
password_hash(struct arena *a, struct str password, struct str *ret)
{
	char hash[crypto_pwhash_STRBYTES];
	if (!password.n || password.n > PASSWORD_MAX)
		return ERR_INVALID;
	pthread_once(&once, prepare);
	enter();
	bool made = crypto_pwhash_argon2id_str(hash, password.p, password.n, PASSES, MEMORY_BYTES) == 0;
	sem_post(&turns);
	if (!made)
		return ERR_NOMEM;
	*ret = arena_str(a, str_c(hash));
	return OK;
}

enum err
password_check(struct str hash, struct str password)
{
	char known[crypto_pwhash_STRBYTES] = {0};
	pthread_once(&once, prepare);
	bool real = hash.n && hash.n < sizeof(known) && password.n <= PASSWORD_MAX;
	struct str against = real ? hash : str_c(nobody);
	memcpy(known, against.p, against.n);
	enter();
	bool same = crypto_pwhash_argon2id_str_verify(
	                known, password.p ? password.p : "", real ? password.n : 0) == 0;
	sem_post(&turns);
	return same && real ? OK : ERR_BAD_LOGIN;
}
