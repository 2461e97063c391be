#include "certificate_read.h"

#include <openssl/x509v3.h>
#include <pthread.h>

enum { SHARED_MAX = 32, SHARED_BYTES_MAX = 8192 };

/* The same few chains come again and again: an installation's own, its timestamp authorities'. */
static struct shared {
	unsigned char *der;
	size_t n;
	X509 *x;
} shared[SHARED_MAX];
static size_t oldest;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static X509 *
find(struct str der)
{
	for (size_t i = 0; i < SHARED_MAX; i++)
		if (shared[i].n == der.n && shared[i].x && memcmp(shared[i].der, der.p, der.n) == 0)
			return X509_up_ref(shared[i].x) ? shared[i].x : NULL;
	return NULL;
}

/* In the place of the oldest. Takes the reference and the bytes, which are as OpenSSL gave them out. */
static void
keep(unsigned char *der, size_t n, X509 *x)
{
	struct shared *s = &shared[oldest];

	oldest = (oldest + 1) % SHARED_MAX;
	OPENSSL_free(s->der);
	X509_free(s->x);
	*s = (struct shared){der, n, x};
}

static X509 *
decode(struct str der)
{
	const unsigned char *at = (const unsigned char *)der.p;
	X509 *x = d2i_X509(NULL, &at, (long)der.n);
	unsigned char *again = NULL;
	int n = x ? i2d_X509(x, &again) : -1;

	if (n <= 0 || !str_eq(str_make(again, (size_t)n), der)) {
		X509_free(x);
		x = NULL;
	} else if (der.n <= SHARED_BYTES_MAX && X509_up_ref(x)) {
		X509_check_purpose(x, -1, 0); /* reads the extensions, while only this thread has it */
		pthread_mutex_lock(&lock);
		keep(again, (size_t)n, x);
		pthread_mutex_unlock(&lock);
		return x;
	}
	OPENSSL_free(again);
	return x;
}

X509 *
certificate_read(struct str der)
{
	pthread_mutex_lock(&lock);
	X509 *x = find(der);
	pthread_mutex_unlock(&lock);
	return x ? x : decode(der);
}

/* Digests of what was signed, with its signature, and of the issuer that signed it. */
static struct proven {
	unsigned char signed_by[2][EVP_MAX_MD_SIZE];
} proven[SHARED_MAX];
static size_t oldest_proven;

static bool
is_proven(const struct proven *p)
{
	bool found = false;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < SHARED_MAX && !found; i++)
		found = memcmp(&proven[i], p, sizeof(*p)) == 0;
	pthread_mutex_unlock(&lock);
	return found;
}

static void
keep_proven(const struct proven *p)
{
	pthread_mutex_lock(&lock);
	proven[oldest_proven] = *p;
	oldest_proven = (oldest_proven + 1) % SHARED_MAX;
	pthread_mutex_unlock(&lock);
}

bool
certificate_is_signed_by(X509 *x, X509 *issuer)
{
	struct proven p = {0};
	bool named = X509_digest(x, EVP_sha256(), p.signed_by[0], NULL) &&
	             X509_digest(issuer, EVP_sha256(), p.signed_by[1], NULL);

	if (named && is_proven(&p))
		return true;
	if (X509_verify(x, X509_get0_pubkey(issuer)) != 1)
		return false;
	if (named)
		keep_proven(&p);
	return true;
}

bool
certificate_list_is_signed_by(X509_CRL *list, X509 *issuer)
{
	struct proven p = {0};
	bool named = X509_CRL_digest(list, EVP_sha256(), p.signed_by[0], NULL) &&
	             X509_digest(issuer, EVP_sha256(), p.signed_by[1], NULL);

	if (named && is_proven(&p))
		return true;
	if (X509_CRL_verify(list, X509_get0_pubkey(issuer)) != 1)
		return false;
	if (named)
		keep_proven(&p);
	return true;
}
