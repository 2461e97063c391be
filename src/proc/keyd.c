#include "keyd.h"
#include "buf.h"
#include "clock.h"
#include "ipc.h"
#include "keyd_limits.h"
#include "keyd_public.h"
#include "keyd_totals.h"
#include "keys_fitness.h"
#include "lockdown.h"
#include "log.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

/* Fixed frames. Numbers in the byte order of the machine: both ends are the same binary. */
struct question {
	uint64_t serial;
	uint32_t key;
	struct sha256 digest;
	char job[KEYD_JOB_LENGTH]; /* NUL-padded */
};
struct answer {
	uint64_t serial;
	uint32_t error, length;
	unsigned char signature[KEY_SIGNATURE_MAX];
};
/* The list of revoked certificates: the same question with this instead of a key; the answer is a frame of
 * its own kind, a serial and the list. */
enum { QUESTION_CRL = 0xFFFF, CRL_MAX = 48 << 10 };

struct keyd {
	struct keys *keys;
	struct keyd_public *public;
	struct keyd_limits limits;
	struct keyd_totals *totals;
	int64_t looked_ms[2]; /* when the certificates were last looked at */
};

static const int64_t LOOK_EVERY_MS = 86400000;

/* An ended certificate signs no more; of one that will end the log is told every day. */
static enum err
look_at_certificate(struct keyd *k, enum key_id key)
{
	int64_t now_ms = clock_utc_ms(), until_ms = keys_until_ms(k->keys, key);
	if (now_ms < until_ms && now_ms - k->looked_ms[key] < LOOK_EVERY_MS)
		return OK;
	k->looked_ms[key] = now_ms;
	return keys_fitness_remind(key, until_ms, now_ms);
}

static enum err
sign_counted(struct keyd *k, enum key_id key, const struct sha256 *digest, struct arena *a, struct str *ret)
{
	TRY(keys_sign(k->keys, key, digest, a, ret));
	k->totals->signatures[key]++;
	return ret->n <= KEY_SIGNATURE_MAX ? OK : BUG("signature longer than its frame");
}

/* Tokens for strangers: of how many there may be keyd_public.c decides. */
static enum err
sign_public(void *self, enum key_id key, struct str job, const struct sha256 *digest, struct arena *a,
    struct str *ret)
{
	struct keyd *k = self;
	if (key != KEY_TSA)
		return ERR_INVALID;
#ifndef MUTANT_PUBLIC_END
	TRY(look_at_certificate(k, key));
#endif
	return sign_counted(k, key, digest, a, ret);
}

static enum err
sign(struct keyd *k, const struct question *q, struct arena *a, struct str *ret)
{
	if (q->key != KEY_SEAL && q->key != KEY_TSA)
		return ERR_INVALID;
	enum key_id key = (enum key_id)q->key;
	TRY(look_at_certificate(k, key));
	enum err e = keyd_limits_take(&k->limits, q->job, key, clock_monotonic_ms());
	if (e != OK) {
		k->totals->refused++;
		return e;
	}
	return sign_counted(k, key, &q->digest, a, ret);
}

static enum err
answer_question(struct keyd *k, const struct question *q, struct arena *a, struct answer *ret)
{
	struct str signature = STR_NONE;
	enum err e = sign(k, q, a, &signature);
	*ret = (struct answer){
	    .serial = q->serial, .error = (uint32_t)e, .length = e == OK ? (uint32_t)signature.n : 0};
	if (e == OK)
		memcpy(ret->signature, signature.p, signature.n);
	if (e != ERR_RATE) /* of which the limits tell */
		log_event(LOG_INFO, "sign", "key=%s job=%.40s sha256=%.*s result=%s",
		    q->key == KEY_TSA ? "tsa" : "seal", q->job, STR_ARG(sha256_hex(a, &q->digest)),
		    err_info(e)->name);
	return e;
}

static enum err
answer_crl(int sock, struct keyd *k, const struct question *q, struct arena *a)
{
	struct str crl = STR_NONE;
	struct buf b CLEANUP(buf_free) = {0};
	enum err e = keys_crl(k->keys, clock_utc_ms(), a, &crl);
	if (e == OK && crl.n > CRL_MAX)
		e = ERR_TOO_LARGE;
	log_event(LOG_INFO, "crl", "job=%.40s result=%s", q->job, err_info(e)->name);
	struct answer ans = {.serial = q->serial, .error = (uint32_t)e};
	buf_put(&b, str_make(&ans, sizeof(ans)));
	buf_put(&b, e == OK ? crl : STR_NONE);
	struct ipc_frame out = {.kind = IPC_SIGNED, .payload = buf_str(&b)};
	return ipc_send(sock, &out);
}

/* One signature by each key, thrown away: the library reads its configuration and seeds its generator while
 * it still may open files. */
static enum err
warm_up(struct keys *keys)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct sha256 digest = sha256_of(STR("keyd"));
	tzset(); /* the log's time: reads /etc/localtime once */
	struct str signature;
	struct str crl;
	enum err e = keys_crl(keys, clock_utc_ms(), &a, &crl);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	TRY(keys_sign(keys, KEY_SEAL, &digest, &a, &signature));
	return keys_sign(keys, KEY_TSA, &digest, &a, &signature);
}

/* What a module does to sign is not known: it may read a folder again, talk to a daemon or over the network.
 */
static enum err
lock_down(const struct keyd_settings *s)
{
	static const char *const read_only[] = {
	    "/etc", "/usr", "/lib", "/dev/urandom", "/dev/null", "/proc/self", "/run", NULL};
	bool token = s->keys.pkcs11_module && *s->keys.pkcs11_module;
	const char *const read_write[] = {s->token_files && *s->token_files ? s->token_files : NULL, NULL};
	return token ? lockdown_paths(read_only, read_write) : lockdown_keyd();
}

static enum err
start(struct keyd *k, const struct keyd_settings *s, struct arena *kept, struct arena *scratch)
{
	struct signer stamps = {.sign = sign_public, .self = k};
	TRY(keys_open(&s->keys, &k->keys));
	TRY(keyd_public_new(kept, k->keys, stamps, s->keys.dir, &k->public));
	TRY(keyd_totals_open(s->keys.dir, &k->totals));
	keyd_limits_start(&k->limits, s->rate_per_minute, clock_monotonic_ms());
	TRY(warm_up(k->keys));
	TRY(keyd_public_warm_up(k->public, scratch));
	return lock_down(s);
}

/* One question of the role that seals. OK: go on. */
static enum err
serve_jobs(int sock, struct keyd *k, struct arena *a)
{
	struct ipc_frame f;
	struct question q;
	struct answer ans;
	TRY(ipc_recv(sock, a, -1, &f));
	ipc_frame_close(&f); /* questions need none */
	if (f.kind != IPC_SIGN || f.payload.n != sizeof(q)) {
		log_event(LOG_WARN, "frame", "kind=%d bytes=%zu", (int)f.kind, f.payload.n);
		return OK;
	}
	memcpy(&q, f.payload.p, sizeof(q));
	q.job[sizeof(q.job) - 1] = 0;
	if (q.key == QUESTION_CRL)
		return answer_crl(sock, k, &q, a);
	enum err e = answer_question(k, &q, a, &ans);
	struct ipc_frame out = {.kind = IPC_SIGNED, .payload = str_make(&ans, sizeof(ans))};
	TRY(ipc_send(sock, &out));
	return e == ERR_PEER ? ERR_PEER
	                     : OK; /* a token that went away: the next process looks for it again */
}

/* Whoever asks and does not read the answers must not hold up contracts. */
static enum err
never_wait_for(int public_sock)
{
	static const struct timeval least = {.tv_usec = 1000};
	if (public_sock >= 0 && setsockopt(public_sock, SOL_SOCKET, SO_SNDTIMEO, &least, sizeof(least)))
		return ERR_IO;
	return OK;
}

/* The socket outlives the process at its other end: whatever one has sent, the next one is served. */
static void
serve_public(int sock, struct keyd_public *public, struct arena *a)
{
	struct ipc_frame f;
	if (ipc_recv(sock, a, -1, &f) != OK) {
		log_event(LOG_WARN, "public", "what came is no frame");
		return;
	}
	ipc_frame_close(&f); /* questions need none */
	if (f.kind == IPC_SIGN)
		keyd_public_answer(public, sock, f.payload, a);
}

int
keyd_serve(int sock, int public_sock, const struct keyd_settings *settings)
{
	static struct keyd k;
	struct arena kept = {0}, arena = {0};
	enum err e = never_wait_for(public_sock);
	if (e == OK)
		e = start(&k, settings, &kept, &arena);
	if (e != OK) {
		log_event(LOG_ERROR, "keys", "the keys cannot be used: error=%s", err_info(e)->name);
		return 1;
	}
	struct pollfd fds[] = {
	    {.fd = sock, .events = POLLIN}, {.fd = public_sock, .events = POLLIN | POLLRDHUP}};
	while (e == OK) {
		arena_reset(&arena);
		if (poll(fds, 2, -1) < 0)
			continue;
		/* contracts first: strangers wait */
		if (fds[0].revents)
			e = serve_jobs(sock, &k, &arena);
		else if (fds[1].revents & ~POLLIN)
			fds[1].fd = -1; /* nobody is left who could ask */
		else if (fds[1].revents)
			serve_public(public_sock, k.public, &arena);
	}
	arena_free(&arena);
	arena_free(&kept);
	keys_free(k.keys);
	return 0;
}

struct keyd_client {
	int sock;
	uint64_t serial;
	pthread_mutex_t lock;
};

enum { ANSWER_WAIT_MS = 10000 };

static enum err
ask(struct keyd_client *c, struct question *q, struct arena *a, struct str *ret)
{
	q->serial = ++c->serial;
	struct ipc_frame f = {.kind = IPC_SIGN, .payload = str_make(q, sizeof(*q))};
	TRY(ipc_send(c->sock, &f));
	for (;;) {
		struct answer ans;
		TRY(ipc_recv(c->sock, a, ANSWER_WAIT_MS, &f));
		if (f.kind != IPC_SIGNED || f.payload.n < sizeof(ans))
			return ERR_PEER;
		memcpy(&ans, f.payload.p, sizeof(ans));
		if (ans.serial != q->serial)
			continue; /* for a question that gave up waiting */
		if (ans.error != OK || ans.length > sizeof(ans.signature))
			return ans.error == ERR_NOT_FOUND || ans.error == ERR_RATE ? (enum err)ans.error
			                                                           : ERR_CRYPTO;
		if (q->key == QUESTION_CRL) {
			*ret = arena_str(a, str_slice(f.payload, sizeof(ans), f.payload.n));
			return ret->n ? OK : ERR_PEER;
		}
		*ret = arena_str(a, str_make(ans.signature, ans.length));
		return OK;
	}
}

static enum err
ask_for_job(struct keyd_client *c, struct question *q, struct str job, struct arena *a, struct str *ret)
{
	if (job.n)
		memcpy(q->job, job.p, job.n < sizeof(q->job) - 1 ? job.n : sizeof(q->job) - 1);
	pthread_mutex_lock(&c->lock);
	enum err e = ask(c, q, a, ret);
	pthread_mutex_unlock(&c->lock);
	return e;
}

static enum err
client_sign(void *self, enum key_id key, struct str job, const struct sha256 *digest, struct arena *a,
    struct str *ret)
{
	struct question q = {.key = (uint32_t)key, .digest = *digest};
	return ask_for_job(self, &q, job, a, ret);
}

static enum err
client_crl(void *self, struct str job, struct arena *a, struct str *ret)
{
	struct question q = {.key = QUESTION_CRL};
	return ask_for_job(self, &q, job, a, ret);
}

struct signer
keyd_signer(struct arena *a, int sock)
{
	struct keyd_client *c = ARENA_NEW(a, struct keyd_client);
	c->sock = sock;
	pthread_mutex_init(&c->lock, NULL);
	/* a fresh process must not take answers meant for the one before it */
	random_bytes(&c->serial, sizeof(c->serial));
	return (struct signer){.sign = client_sign, .crl = client_crl, .self = c};
}
