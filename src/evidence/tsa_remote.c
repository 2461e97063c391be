/* An authority at a URL (RFC 3161 3.4). */
#include "anchors.h"
#include "buf.h"
#include "clock.h"
#include "der.h"
#include "der_read.h"
#include "fetch.h"
#include "log.h"
#include "token.h"
#include "tsa_kinds.h"

enum { ANSWER_MAX = 1 << 20, SKEW_MS = 60 * 1000, NONCE_BYTES = 8, RESERVE = 16 * 1024 };

#define OID_SHA256 STR("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01")

static struct str
query(struct arena *a, const struct sha256 *digest, struct str policy, struct str nonce)
{
	struct str imprint = DER(a, DER_SEQUENCE, DER(a, DER_SEQUENCE, OID_SHA256, STR("\x05\x00")),
	    DER(a, DER_OCTETS, str_make(digest->b, SHA256_LENGTH)));

	return DER(
	    a, DER_SEQUENCE, der_small(a, 1), imprint, policy, der_integer(a, nonce), STR("\x01\x01\xFF"));
}

static enum err
ask(const struct tsa_settings *s, struct arena *a, struct str body, struct buf *answer)
{
	struct fetch f = {.url = arena_cstr(a, s->url),
	    .type = "application/timestamp-query",
	    .body = body,
	    .user = s->user.n ? arena_cstr(a, s->user) : NULL,
	    .password = s->password.n ? arena_cstr(a, s->password) : NULL,
	    .certificate = s->client_certificate,
	    .key = s->client_key,
	    .private_allowed = true};
	const char *why = "";
	enum err e = fetch(&f, answer, &why);

	if (e == OK || e == ERR_NOMEM)
		return e;
	log_event(LOG_WARN, "tsa", "url=%.*s error=%s", STR_ARG(s->url), why);
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
remote_token(struct tsa *t, struct str job, const struct sha256 *digest, struct arena *a, struct str *ret,
    int64_t *ret_time_ms)
{
	struct buf answer CLEANUP(buf_free) = {.limit = ANSWER_MAX};
	X509_STORE *anchors CLEANUP(anchors_free) =
	    t->settings.trust_pem.n ? anchors_read(t->settings.trust_pem) : NULL;
	unsigned char nonce[NONCE_BYTES];
	const char *problem = "the answer is no timestamp";
	struct token token;
	struct str der;

	random_bytes(nonce, sizeof(nonce));
	nonce[0] = (unsigned char)((nonce[0] & 0x7F) | 0x40);
	TRY(ask(&t->settings, a, query(a, digest, t->policy, str_make(nonce, sizeof(nonce))), &answer));
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
#ifndef MUTANT_TSA_POLICY
	problem = "the timestamp is under another policy";
	if (t->settings.policy.n && !str_eq(token.policy, t->settings.policy))
		goto refused;
#endif
	problem = "the timestamp's certificate is not trusted";
	if (anchors && !token.trusted)
		goto refused;
	*ret = arena_str(a, der);
	*ret_time_ms = token.time_ms;
	return OK;
refused:
	log_event(LOG_WARN, "tsa", "url=%.*s refused: %s", STR_ARG(t->settings.url), problem);
	return ERR_TSA;
}

/* The identifier as DER, from its dotted form. */
static enum err
encode_policy(struct arena *a, struct str dotted, struct str *ret)
{
	ASN1_OBJECT *o = OBJ_txt2obj(arena_cstr(a, dotted), 1);
	unsigned char *der = NULL;
	int n = o ? i2d_ASN1_OBJECT(o, &der) : -1;

	ASN1_OBJECT_free(o);
	if (n <= 0)
		return ERR_CONFIG;
	*ret = arena_str(a, str_make(der, (size_t)n));
	OPENSSL_free(der);
	return OK;
}

enum err
tsa_remote(struct arena *a, const struct tsa_settings *settings, struct tsa **ret)
{
	X509_STORE *anchors CLEANUP(anchors_free) =
	    settings->trust_pem.n ? anchors_read(settings->trust_pem) : NULL;
	struct tsa *t = ARENA_NEW(a, struct tsa);

	if (settings->trust_pem.n && !anchors)
		return ERR_CONFIG;
	*t = (struct tsa){.token = remote_token, .reserve = RESERVE, .settings = *settings};
	if (settings->policy.n)
		TRY(encode_policy(a, settings->policy, &t->policy));
	*ret = t;
	return OK;
}
