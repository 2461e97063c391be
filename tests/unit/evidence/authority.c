#include "authority.h"

#include "cms.h"
#include "der.h"
#include "ossl.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 20000, SKEW_SECONDS = 120, OVERSIZED_BYTES = (1 << 20) + 1 };

OSSL_CLEANUP(request_free, TS_REQ, TS_REQ_free)
OSSL_CLEANUP(response_free, TS_RESP, TS_RESP_free)
OSSL_CLEANUP(responder_free, TS_RESP_CTX, TS_RESP_CTX_free)

bool
authority_open(struct authority *t, struct scratch *s)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);

	*t = (struct authority){.s = s, .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	if (t->listener < 0 || bind(t->listener, (struct sockaddr *)&at, n) || listen(t->listener, 4) ||
	    getsockname(t->listener, (struct sockaddr *)&at, &n))
		return false;
	snprintf(t->url, sizeof(t->url), "http://127.0.0.1:%u/tsa", ntohs(at.sin_port));
	return true;
}

void
authority_close(struct authority *t)
{
	close(t->listener);
}

static FILE *
open_key_file(struct authority *t, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", t->s->key_dir, name);
	return fopen(path, "r");
}

static X509 *
certificate(struct authority *t, const char *name)
{
	FILE *f = open_key_file(t, name);
	X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;

	if (f)
		fclose(f);
	return x;
}

static EVP_PKEY *
private_key(struct authority *t)
{
	FILE *f = open_key_file(t, "tsa.key");
	EVP_PKEY *key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;

	if (f)
		fclose(f);
	return key;
}

static ASN1_INTEGER *
serial_number(TS_RESP_CTX *ctx, void *user)
{
	ASN1_INTEGER *serial = ASN1_INTEGER_new();

	(void)ctx;
	(void)user;
	if (serial)
		ASN1_INTEGER_set(serial, 4711);
	return serial;
}

static int
time_now(TS_RESP_CTX *ctx, void *user, long *seconds, long *microseconds)
{
	const struct authority *t = user;

	(void)ctx;
	*seconds = (long)time(NULL) + (t->behaviour == EARLY ? SKEW_SECONDS : 0) -
	           (t->behaviour == LATE ? SKEW_SECONDS : 0);
	*microseconds = 0;
	return 1;
}

static TS_RESP_CTX *
responder(struct authority *t)
{
	TS_RESP_CTX *ctx = TS_RESP_CTX_new();
	X509 *leaf CLEANUP(ossl_x509_free) = certificate(t, "tsa.pem"),
	           *ca CLEANUP(ossl_x509_free) = certificate(t, "ca.pem");
	EVP_PKEY *key CLEANUP(ossl_pkey_free) = private_key(t);
	STACK_OF(X509) *others = sk_X509_new_null();
	ASN1_OBJECT *policy = OBJ_txt2obj(t->behaviour == WRONG_POLICY ? "1.2.3.4.2" : "1.2.3.4.1", 1);
	bool ok =
	    ctx && leaf && ca && key && others && policy && sk_X509_push(others, ca) &&
	    TS_RESP_CTX_set_signer_cert(ctx, leaf) && TS_RESP_CTX_set_signer_key(ctx, key) &&
	    TS_RESP_CTX_set_certs(ctx, others) && TS_RESP_CTX_set_def_policy(ctx, policy) &&
	    TS_RESP_CTX_add_md(ctx, EVP_sha256()) && TS_RESP_CTX_set_signer_digest(ctx, EVP_sha256()) &&
	    TS_RESP_CTX_set_ess_cert_id_digest(ctx, t->behaviour == GOOD_ESS_V1 ? EVP_sha1() : EVP_sha256());

	ASN1_OBJECT_free(policy);
	sk_X509_free(others);
	if (!ok)
		abort();
	TS_RESP_CTX_set_serial_cb(ctx, serial_number, NULL);
	TS_RESP_CTX_set_time_cb(ctx, time_now, t);
	return ctx;
}

/* The same question with the nonce or the policy left out; OpenSSL sets them but does not take them away. */
static TS_REQ *
without(TS_REQ *q, bool nonce)
{
	TS_REQ *r = TS_REQ_new();

	if (!r || !TS_REQ_set_version(r, 1) || !TS_REQ_set_msg_imprint(r, TS_REQ_get_msg_imprint(q)) ||
	    !TS_REQ_set_cert_req(r, 1) || (!nonce && !TS_REQ_set_nonce(r, TS_REQ_get_nonce(q))))
		abort();
	TS_REQ_free(q);
	return r;
}

/* What is answered may be the answer to another question than was asked. */
static void
change_question(const struct authority *t, TS_REQ *q)
{
	unsigned char other[SHA256_LENGTH] = {1, 2, 3};

	switch (t->behaviour) {
	case WRONG_NONCE: {
		ASN1_INTEGER *nonce = ASN1_INTEGER_dup(TS_REQ_get_nonce(q));

		nonce->data[nonce->length - 1] ^= 1;
		TS_REQ_set_nonce(q, nonce);
		ASN1_INTEGER_free(nonce);
		break;
	}
	case WRONG_IMPRINT: TS_MSG_IMPRINT_set_msg(TS_REQ_get_msg_imprint(q), other, sizeof(other)); break;
	case WITHOUT_CERTIFICATES: TS_REQ_set_cert_req(q, 0); break;
	default: break;
	}
}

static struct str
granted_answer(struct authority *t, struct arena *a)
{
	const unsigned char *p = t->question;
	TS_REQ *q CLEANUP(request_free) = d2i_TS_REQ(NULL, &p, (long)t->question_n);
	TS_RESP_CTX *ctx CLEANUP(responder_free) = responder(t);
	TS_RESP *r CLEANUP(response_free) = NULL;
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new(BIO_s_mem());
	unsigned char *out, *to;
	int n;

	if (!q || !bio)
		abort();
	if (t->behaviour == NO_NONCE || t->behaviour == WRONG_POLICY)
		q = without(q, t->behaviour == NO_NONCE);
	change_question(t, q);
	if (i2d_TS_REQ_bio(bio, q) != 1)
		abort();
	r = TS_RESP_create_response(ctx, bio);
	n = r ? i2d_TS_RESP(r, NULL) : -1;
	if (n <= 0)
		abort();
	out = to = arena_alloc(a, (size_t)n);
	i2d_TS_RESP(r, &to);
	return str_make(out, (size_t)n);
}

/* The statement of the good token, signed by the key for seals. */
static struct str
wrong_purpose_answer(struct authority *t, struct arena *a)
{
	struct str good = granted_answer(t, a);
	const unsigned char *p = (const unsigned char *)good.p;
	TS_RESP *r CLEANUP(response_free) = d2i_TS_RESP(NULL, &p, (long)good.n);
	unsigned char *info = NULL;
	int n = r ? i2d_TS_TST_INFO(TS_RESP_get_tst_info(r), &info) : -1;
	struct cms_request q = {
	    .signer = keys_signer(t->s->keys), .key = KEY_SEAL, .chain = &t->s->certs.seal};
	struct cms_signed s;

	if (n <= 0)
		abort();
	q.content = arena_str(a, str_make(info, (size_t)n));
	OPENSSL_free(info);
	q.digest = sha256_of(q.content);
	if (cms_sign(a, &q, &s) != OK)
		abort();
	return DER(a, DER_SEQUENCE, DER(a, DER_SEQUENCE, der_small(a, 0)), cms_encode(a, &q, &s, STR_NONE));
}

static struct str
flipped(struct arena *a, struct str s, size_t *bit)
{
	char *p = arena_cstr(a, s);

	*bit %= s.n * 8;
	p[*bit / 8] = (char)(p[*bit / 8] ^ 1 << *bit % 8);
	return str_make(p, s.n);
}

static struct str
answer(struct authority *t, struct arena *a)
{
	struct str good = STR_NONE;

	switch (t->behaviour) {
	case WRONG_PURPOSE: return wrong_purpose_answer(t, a);
	case REJECTED: return STR("\x30\x05\x30\x03\x02\x01\x02");
	case GARBAGE: return STR("<html>It works!</html>");
	case EMPTY: return STR("");
	case OVERSIZED: return str_make(arena_alloc(a, OVERSIZED_BYTES), OVERSIZED_BYTES);
	default: good = granted_answer(t, a); break;
	}
	switch (t->behaviour) {
	case GOOD_BUT_FLIPPED: return flipped(a, good, &t->flip);
	case REJECTED_WITH_TOKEN: {
		ptrdiff_t at = str_find(good, STR("\x30\x03\x02\x01\x00"));
		char *p = arena_cstr(a, good);

		if (at != 4) /* after the outer header of four bytes */
			abort();
		p[at + 4] = 2;
		return str_make(p, good.n);
	}
	case TRAILING_BYTES: return str_make(arena_str(a, good).p, good.n + 1); /* with the NUL behind it */
	case TRUNCATED: return str_slice(good, 0, good.n - 1);
	default: return good;
	}
}

/* False when the other side is gone. */
static bool
put(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		s = str_slice(s, (size_t)n, s.n);
	}
	return true;
}

/* Header and body of one POST. */
static bool
read_question(struct authority *t, int fd)
{
	char in[2048];
	size_t n = 0;

	for (;;) {
		ptrdiff_t end = str_find(str_make(in, n), STR("\r\n\r\n"));
		const char *length = NULL;
		ssize_t got;

		if (end >= 0) {
			memcpy(
			    t->head, in, (size_t)end < sizeof(t->head) ? (size_t)end : sizeof(t->head) - 1);
			t->head[(size_t)end < sizeof(t->head) ? (size_t)end : sizeof(t->head) - 1] = 0;
			length = strcasestr(t->head, "content-length:");
			t->question_n = length ? (size_t)atoi(length + 15) : 0;
			if (t->question_n > sizeof(t->question))
				return false;
			if (n >= (size_t)end + 4 + t->question_n) {
				memcpy(t->question, in + end + 4, t->question_n);
				return true;
			}
		}
		got = n < sizeof(in) ? recv(fd, in + n, sizeof(in) - n, 0) : 0;
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
}

static void
wait_for_hang_up(int fd)
{
	char c;

	while (recv(fd, &c, 1, 0) > 0) {
	}
}

static void
behave(struct authority *t, int fd)
{
	struct arena a CLEANUP(arena_free) = {0};
	const char *status = t->behaviour == NOT_FOUND  ? "404 Not Found"
	                     : t->behaviour == REDIRECT ? "302 Found\r\nLocation: /other"
	                                                : "200 OK";
	char zeros[4096] = {0};

	if (t->behaviour == SILENT) {
		wait_for_hang_up(fd);
		return;
	}
	if (t->behaviour == ENDLESS) {
		bool there = put(fd, STR("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));

		while (there)
			there = put(fd, str_make(zeros, sizeof(zeros)));
		return;
	}
	struct str body = answer(t, &a);
	put(fd, arena_printf(&a,
	            "HTTP/1.1 %s\r\nContent-Type: application/timestamp-reply\r\nContent-Length: %zu\r\n"
	            "Connection: close\r\n\r\n",
	            status, body.n));
	put(fd, body);
}

void *
authority_serve_one(void *authority)
{
	struct authority *t = authority;
	struct pollfd p = {.fd = t->listener, .events = POLLIN};
	int fd;

	t->answered = false;
	if (poll(&p, 1, WAIT_MS) != 1)
		return NULL;
	fd = accept(t->listener, NULL, NULL);
	if (fd < 0)
		return NULL;
	if (read_question(t, fd)) {
		behave(t, fd);
		t->answered = true;
	}
	close(fd);
	return NULL;
}
