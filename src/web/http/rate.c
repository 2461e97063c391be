#include "rate.h"
#include "id.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>

enum { BUCKETS = 4096, MINUTE_MS = 60000 };

static const unsigned per_minute[RATE_CLASSES] = {[RATE_PAGE] = 1200,
    [RATE_ASSET] = 6000,
    [RATE_LOGIN] = 30,
    [RATE_CODE] = 30,
    [RATE_UPLOAD] = 60,
    [RATE_PREVIEW] = 600,
    [RATE_AUTHORITY] = 120};

struct bucket {
	uint64_t key;
	double tokens;
	int64_t at_ms;
};

struct rate {
	pthread_mutex_t lock;
	unsigned char secret[32]; /* nobody can choose addresses that share a bucket */
	struct bucket buckets[BUCKETS];
};

struct rate *
rate_new(void)
{
	struct rate *r = calloc(1, sizeof(*r));
	if (r) {
		pthread_mutex_init(&r->lock, NULL);
		random_bytes(r->secret, sizeof(r->secret));
	}
	return r;
}

void
rate_free(struct rate *r)
{
	if (r)
		pthread_mutex_destroy(&r->lock);
	free(r);
}

static uint64_t
key_of(const struct rate *r, enum rate_class class, struct str ip)
{
	char text[INET6_ADDRSTRLEN + 1] = {0};
	unsigned char address[17] = {0};
	uint64_t key;
	memcpy(text, ip.p, ip.n < sizeof(text) - 1 ? ip.n : sizeof(text) - 1);
	if (inet_pton(AF_INET6, text, address + 1) == 1)
		memset(address + 9, 0, 8);
	else if (inet_pton(AF_INET, text, address + 1) != 1)
		memcpy(address + 1, text, 16);
	address[0] = (unsigned char)class;
	struct sha256 d = hmac_sha256(r->secret, str_make(address, sizeof(address)));
	memcpy(&key, d.b, sizeof(key));
	return key;
}

bool
rate_take(struct rate *r, enum rate_class class, struct str ip, int64_t now_ms)
{
	if (!r)
		return true;
	uint64_t key = key_of(r, class, ip);
	struct bucket *b = &r->buckets[key % BUCKETS];
	double most = per_minute[class];
	pthread_mutex_lock(&r->lock);
	if (b->key != key) {
		/* a stranger's bucket is taken over only with what it has left, if it was used within the
		 * minute */
		double left = b->key && now_ms - b->at_ms < MINUTE_MS && b->tokens < most ? b->tokens : most;
		*b = (struct bucket){.key = key, .tokens = left < 1 ? 1 : left, .at_ms = now_ms};
	}
	b->tokens += most * (double)(now_ms - b->at_ms) / MINUTE_MS;
	if (b->tokens > most)
		b->tokens = most;
	b->at_ms = now_ms;
	bool given = b->tokens >= 1;
	if (given)
		b->tokens -= 1;
	pthread_mutex_unlock(&r->lock);
	return given;
}
