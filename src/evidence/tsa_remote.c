/* An authority at a URL (RFC 3161 3.4). */
#include "buf.h"
#include "clock.h"
#include "der.h"
#include "der_read.h"
#include "fetch.h"
#include "log.h"
#include "ossl.h"
#include "token.h"
#include "tsa_kinds.h"

#include <openssl/pem.h>

enum { ANSWER_MAX = 1 << 20, SKEW_MS = 60 * 1000, NONCE_BYTES = 8, RESERVE = 16 * 1024 };

#define OID_SHA256 STR("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01")

static struct str
query(struct arena *a, const struct sha256 *digest, struct str nonce)
{
	struct str imprint = DER(a, DER_SEQUENCE, DER(a, DER_SEQUENCE, OID_SHA256, STR("\x05\x00")),
	    DER(a, DER_OCTETS, str_make(digest->b, SHA256_LENGTH)));

	return DER(a, DER_SEQUENCE, der_small(a, 1), imprint, der_integer(a, nonce), STR("\x01\x01\xFF"));
}

static enum err
ask(const char *url, struct str body, struct buf *answer)
{
	struct fetch f = {
	    .url = url, .type = "application/timestamp-query", .body = body, .private_allowed = true};
	const char *why = "";
	enum err e = fetch(&f, answer, &why);

	if (e == OK || e == ERR_NOMEM)
		return e;
	log_event(LOG_WARN, "tsa", "url=%s error=%s", url, why);
	return ERR_TSA;
}

/* 2.4.2: granted, with or without changes; then the token. */
static bool
token_of(struct str answer, struct str *ret)
{
	struct der_value status, number, token;
	struct str in;

	if (!der_only(answer, DER_SEQUENCE, &in) || !der_expect(&in, DER_SEQUENCE, &status) ||
	    !der_expect(&status.content, DER_INTEGER, &number) || number.content.n != 1 ||
	    (unsigned char)number.content.p[0] > 1 || !der_expect(&in, DER_SEQUENCE, &token) || in.n)
		return false;
	*ret = token.whole;
	return true;
}

static enum err
load_anchors(const char *pem, X509_STORE **ret)
{
	X509_STORE *store = X509_STORE_new();

	if (!store || X509_STORE_load_file(store, pem) != 1) {
		X509_STORE_free(store);
		return ERR_CONFIG;
	}
	*ret = store;
	return OK;
}

static void
store_free(X509_STORE **s)
{
	X509_STORE_free(*s);
}

static enum err
remote_token(struct tsa *t, struct str job, const struct sha256 *digest, struct arena *a, struct str *ret,
    int64_t *ret_time_ms)
{
	struct buf answer CLEANUP(buf_free) = {.limit = ANSWER_MAX};
	X509_STORE *anchors CLEANUP(store_free) = NULL;
	unsigned char nonce[NONCE_BYTES];
	const char *problem = "the answer is no timestamp";
	struct token token;
	struct str der;

	if (t->trust_pem)
		TRY(load_anchors(t->trust_pem, &anchors));
	random_bytes(nonce, sizeof(nonce));
	nonce[0] = (unsigned char)((nonce[0] & 0x7F) | 0x40);
	TRY(ask(t->url, query(a, digest, str_make(nonce, sizeof(nonce))), &answer));
	if (!token_of(buf_str(&answer), &der) || token_check(a, der, digest, anchors, &token, &problem) != OK)
		goto refused;
	int64_t skew_ms = token.time_ms - clock_utc_ms();
	problem = "the timestamp's time is not now";
	if (skew_ms > SKEW_MS || skew_ms < -SKEW_MS)
		goto refused;
#ifndef MUTANT_TSA_NONCE
	problem = "the answer is to another question";
	if (!str_eq(token.nonce, str_make(nonce, sizeof(nonce))))
		goto refused;
#endif
	problem = "the timestamp's certificate is not trusted";
	if (anchors && !token.trusted)
		goto refused;
	*ret = arena_str(a, der);
	*ret_time_ms = token.time_ms;
	return OK;
refused:
	log_event(LOG_WARN, "tsa", "url=%s refused: %s", t->url, problem);
	return ERR_TSA;
}

enum err
tsa_remote(struct arena *a, const char *url, const char *trust_pem, struct tsa **ret)
{
	struct tsa *t = ARENA_NEW(a, struct tsa);

	*t = (struct tsa){.token = remote_token,
	    .reserve = RESERVE,
	    .url = arena_cstr(a, str_c(url)),
	    .trust_pem = trust_pem ? arena_cstr(a, str_c(trust_pem)) : NULL};
	*ret = t;
	return OK;
}
