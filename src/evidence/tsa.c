#include "clock.h"
#include "cms.h"
#include "der.h"
#include "tsa_kinds.h"
#include "x509_text.h"

/* Our timestamping policy, under the arc of a random UUID
 * (X.667): 2.25.292146183305741820915477064912563712853. */
#define OID_POLICY                                                                                           \
	STR("\x06\x14\x69\x83\xB7\xC9\xA7\xBA\xBD\x93\x85\x82\x88\x8D\xF4\xF8\xD7\xA3\xC0\xD6\xE6\x55")
#define OID_SHA256 STR("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01")

enum { TST_INFO_MAX = 256, SERIAL_BYTES = 16, ACCURACY_SECONDS = 1 };

/* RFC 3161 2.4.2 */
static struct str
tst_info(struct arena *a, const struct sha256 *digest, int64_t now_ms)
{
	unsigned char serial[SERIAL_BYTES];
	struct str imprint = DER(a, DER_SEQUENCE, DER(a, DER_SEQUENCE, OID_SHA256, STR("\x05\x00")),
	    DER(a, DER_OCTETS, str_make(digest->b, SHA256_LENGTH)));

	random_bytes(serial, sizeof(serial));
	serial[0] = (unsigned char)((serial[0] & 0x7F) | 0x40);
	return DER(a, DER_SEQUENCE, der_small(a, 1), OID_POLICY, imprint,
	    der_integer(a, str_make(serial, sizeof(serial))), der_time(a, now_ms),
	    DER(a, DER_SEQUENCE, der_small(a, ACCURACY_SECONDS)));
}

static enum err
embedded_token(struct tsa *t, struct str job, const struct sha256 *digest, struct arena *a, struct str *ret,
    int64_t *ret_time_ms)
{
	int64_t now_ms = clock_utc_ms();
	struct cms_request r = {.signer = t->signer,
	    .key = KEY_TSA,
	    .chain = &t->certs->tsa,
	    .job = job,
	    .content = tst_info(a, digest, now_ms)};
	struct cms_signed s;

	r.digest = sha256_of(r.content);
	if (cms_sign(a, &r, &s) != OK)
		return ERR_TSA;
	*ret = cms_encode(a, &r, &s, STR_NONE);
	*ret_time_ms = now_ms;
	return OK;
}

enum err
tsa_embedded(struct arena *a, struct signer signer, const struct certificates *certs, struct tsa **ret)
{
	struct tsa *t = ARENA_NEW(a, struct tsa);

	*t = (struct tsa){.token = embedded_token,
	    .signer = signer,
	    .certs = certs,
	    .reserve = cms_reserve(&certs->tsa) + TST_INFO_MAX};
	*ret = t;
	return OK;
}

enum err
tsa_token(struct tsa *t, struct str job, const struct sha256 *digest, struct arena *a, struct str *ret,
    int64_t *ret_time_ms)
{
	return t->token(t, job, digest, a, ret, ret_time_ms);
}

size_t
tsa_reserve(const struct tsa *t)
{
	return t->reserve;
}

enum err
tsa_name(const struct tsa *t, struct arena *a, struct str *ret)
{
	if (!t->url)
		return x509_common_name(a, t->certs->tsa.leaf, ret);
	*ret = arena_str(a, str_c(t->url));
	return OK;
}
