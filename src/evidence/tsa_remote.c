/* An authority at a URL (RFC 3161 3.4). */
#include "buf.h"
#include "clock.h"
#include "der.h"
#include "der_read.h"
#include "log.h"
#include "ossl.h"
#include "token.h"
#include "tsa_kinds.h"

#include <curl/curl.h>
#include <openssl/pem.h>

enum { ANSWER_MAX = 1 << 20, SECONDS_MAX = 10, SKEW_MS = 60 * 1000, NONCE_BYTES = 8, RESERVE = 16 * 1024 };

#define OID_SHA256 STR("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01")

static struct str
query(struct arena *a, const struct sha256 *digest, struct str nonce)
{
	struct str imprint = DER(a, DER_SEQUENCE, DER(a, DER_SEQUENCE, OID_SHA256, STR("\x05\x00")),
	    DER(a, DER_OCTETS, str_make(digest->b, SHA256_LENGTH)));

	return DER(a, DER_SEQUENCE, der_small(a, 1), imprint, der_integer(a, nonce), STR("\x01\x01\xFF"));
}

static size_t
take(char *p, size_t size, size_t n, void *to)
{
	struct buf *b = to;

	buf_put(b, str_make(p, size * n));
	return b->overflow ? 0 : size * n;
}

static void
easy_free(CURL **c)
{
	curl_easy_cleanup(*c);
}

static void
headers_free(struct curl_slist **h)
{
	curl_slist_free_all(*h);
}

static enum err
ask(const char *url, struct str body, struct buf *answer)
{
	CURL *c CLEANUP(easy_free) = curl_easy_init();
	struct curl_slist *headers CLEANUP(headers_free) =
	    curl_slist_append(NULL, "Content-Type: application/timestamp-query");
	long status = 0;
	CURLcode rc;

	if (!c || !headers)
		return ERR_NOMEM;
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.p);
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, answer);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)SECONDS_MAX);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	rc = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	if (rc != CURLE_OK || status != 200) {
		log_event(LOG_WARN, "tsa", "url=%s status=%ld error=%s", url, status, curl_easy_strerror(rc));
		return ERR_TSA;
	}
	return OK;
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
