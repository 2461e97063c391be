#include "keyd_public.h"

#include "buf.h"
#include "clock.h"
#include "log.h"

#include <pthread.h>

enum ask { ASK_STAMP, ASK_OCSP, ASK_CRL };

struct question {
	uint64_t serial;
	uint32_t ask; /* enum ask */
	struct stamp stamp;
	struct ocsp_subject about;
};
/* A frame begins with it; what was made follows. */
struct answer {
	uint64_t serial;
	uint32_t error;
};

/* Strangers as many as they may be have the keys at work for a part of the time only. */
enum { SECOND_MS = 1000, PER_SECOND = 100, MADE_MAX = 48 << 10 };

struct keyd_public {
	struct keys *keys;
	struct signer stamps;
	struct certificates certificates;
	int64_t second;
	unsigned made;
};

enum err
keyd_public_new(
    struct arena *a, struct keys *keys, struct signer stamps, const char *key_dir, struct keyd_public **ret)
{
	struct keyd_public *p = ARENA_NEW(a, struct keyd_public);
	p->keys = keys;
	p->stamps = stamps;
	TRY(certificates_load(a, key_dir, &p->certificates));
	*ret = p;
	return OK;
}

static bool
within_limit(struct keyd_public *p)
{
	int64_t second = clock_monotonic_ms() / SECOND_MS;
	if (second != p->second)
		p->made = 0;
	p->second = second;
	return p->made++ < PER_SECOND;
}

static enum err
make(struct keyd_public *p, const struct question *q, struct signer stamps, struct arena *a, struct str *ret)
{
	int64_t now_ms = clock_utc_ms();
	switch ((enum ask)q->ask) {
	case ASK_STAMP:
		return stamp_make(a, stamps, &p->certificates.tsa, STR("public"), &q->stamp, now_ms, ret);
	case ASK_OCSP: return keys_ocsp(p->keys, &q->about, now_ms, a, ret);
	case ASK_CRL: return keys_crl(p->keys, now_ms, a, ret);
	}
	return ERR_INVALID;
}

void
keyd_public_answer(struct keyd_public *p, int sock, struct str question, struct arena *a)
{
	static const char *const names[] = {[ASK_STAMP] = "stamp", [ASK_OCSP] = "ocsp", [ASK_CRL] = "crl"};
	struct buf b CLEANUP(buf_free) = {0};
	struct str made = STR_NONE;
	struct question q;
	if (question.n != sizeof(q)) {
		log_event(LOG_WARN, "public", "a frame of bytes=%zu is no question", question.n);
		return;
	}
	memcpy(&q, question.p, sizeof(q));
	enum err e = within_limit(p) ? make(p, &q, p->stamps, a, &made) : ERR_BUSY;
	if (e == OK && made.n > MADE_MAX)
		e = ERR_TOO_LARGE;
	log_event(LOG_INFO, "public", "what=%s result=%s", q.ask <= ASK_CRL ? names[q.ask] : "?",
	    err_info(e)->name);
	struct answer head = {.serial = q.serial, .error = (uint32_t)e};
	buf_put(&b, str_make(&head, sizeof(head)));
	buf_put(&b, e == OK ? made : STR_NONE);
	struct ipc_frame out = {.kind = IPC_SIGNED, .payload = buf_str(&b)};
	if (ipc_send(sock, &out) != OK)
		log_event(LOG_WARN, "public", "nobody takes an answer");
}

enum err
keyd_public_warm_up(struct keyd_public *p, struct arena *a)
{
	struct question q = {.ask = ASK_STAMP, .about = {.serial_n = 1}};
	struct str made;
	TRY(make(p, &q, keys_signer(p->keys), a, &made));
	q.ask = ASK_OCSP;
	enum err e = make(p, &q, keys_signer(p->keys), a, &made);
	return e == ERR_NOT_FOUND ? OK : e;
}

/* ---- the other end ---- */

struct keeper {
	int sock;
	uint64_t serial;
	pthread_mutex_t lock;
};

enum { ANSWER_WAIT_MS = 5000 };

static enum err
ask_locked(struct keeper *k, struct question *q, struct arena *a, struct str *ret)
{
	struct ipc_frame f = {.kind = IPC_SIGN, .payload = str_make(q, sizeof(*q))};
	struct answer head;
	q->serial = ++k->serial;
	TRY(ipc_send(k->sock, &f));
	do {
		TRY(ipc_recv(k->sock, a, ANSWER_WAIT_MS, &f));
		if (f.kind != IPC_SIGNED || f.payload.n < sizeof(head))
			return ERR_PEER;
		memcpy(&head, f.payload.p, sizeof(head));
	} while (head.serial != q->serial); /* of a question that gave up waiting */
	if (head.error != OK)
		return head.error == ERR_NOT_FOUND ? ERR_NOT_FOUND : ERR_BUSY;
	*ret = arena_str(a, str_slice(f.payload, sizeof(head), f.payload.n));
	return OK;
}

static enum err
ask(struct keeper *k, struct question *q, struct arena *a, struct str *ret)
{
	pthread_mutex_lock(&k->lock);
	enum err e = ask_locked(k, q, a, ret);
	pthread_mutex_unlock(&k->lock);
	return e;
}

static enum err
ask_stamp(void *self, const struct stamp *what, struct arena *a, struct str *ret)
{
	return ask(self, &(struct question){.ask = ASK_STAMP, .stamp = *what}, a, ret);
}

static enum err
ask_ocsp(void *self, const struct ocsp_subject *about, struct arena *a, struct str *ret)
{
	return ask(self, &(struct question){.ask = ASK_OCSP, .about = *about}, a, ret);
}

static enum err
ask_crl(void *self, struct arena *a, struct str *ret)
{
	return ask(self, &(struct question){.ask = ASK_CRL}, a, ret);
}

struct authority_keeper
keyd_keeper(struct arena *a, int sock)
{
	struct keeper *k = ARENA_NEW(a, struct keeper);
	k->sock = sock;
	pthread_mutex_init(&k->lock, NULL);
	/* a fresh process must not take answers meant for the one before it */
	random_bytes(&k->serial, sizeof(k->serial));
	return (struct authority_keeper){.stamp = ask_stamp, .ocsp = ask_ocsp, .crl = ask_crl, .self = k};
}
