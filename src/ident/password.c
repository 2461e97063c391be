#include "password.h"

#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>

/* OWASP's second choice of costs: 19 MiB, 2 passes. At most two at once, so that logins cannot take the machine's memory. */
enum { MEMORY_BYTES = 19 * 1024 * 1024, PASSES = 2, AT_ONCE = 2 };

static sem_t places;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
make_places(void)
{
	sem_init(&places, 0, AT_ONCE);
}

static void
enter(void)
{
	pthread_once(&once, make_places);
	while (sem_wait(&places))
		;
}

enum err
password_hash(struct arena *a, struct str password, struct str *ret)
{
	char out[crypto_pwhash_STRBYTES];
	enter();
	int r = crypto_pwhash_str_alg(out, password.p, password.n, PASSES, MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13);
	sem_post(&places);
	if (r)
		return ERR_NOMEM;
	*ret = arena_str(a, str_c(out));
	return OK;
}

enum err
password_check(struct str hash, struct str password)
{
	/* the hash of nothing anybody knows: unknown users cost the same time */
	static const char nobody[] =
	    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$0000000000000000000000000000000000000000000";
	char text[crypto_pwhash_STRBYTES] = {0};
	bool known = hash.n > 0 && hash.n < sizeof(text);
	if (known)
		memcpy(text, hash.p, hash.n);
	else
		memcpy(text, nobody, sizeof(nobody));
	enter();
	int r = crypto_pwhash_str_verify(text, password.p, password.n);
	sem_post(&places);
	return known && r == 0 ? OK : ERR_BAD_LOGIN;
}
