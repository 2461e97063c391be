#include "clock.h"
#include "cms.h"
#include "der.h"
#include "tsa_kinds.h"

/* Our timestamping policy, under the arc of a random UUID
 * (X.667): 2.25.292146183305741820915477064912563712853. */
#define OID_POLICY                                                                                           \
	STR("\x06\x14\x69\x83\xB7\xC9\xA7\xBA\xBD\x93\x85\x82\x88\x8D\xF4\xF8\xD7\xA3\xC0\xD6\xE6\x55")

enum { TST_INFO_MAX = 256, SERIAL_BYTES = 16, ACCURACY_SECONDS = 1, HEAD = 2 };

static const struct {
	struct str oid; /* whole DER */
	size_t length;
} DIGESTS[STAMP_DIGESTS] = {
    [STAMP_SHA256] = {{"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01", 11}, 32},
    [STAMP_SHA384] = {{"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02", 11}, 48},
    [STAMP_SHA512] = {{"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03", 11}, 64},
};

size_t
stamp_imprint_length(enum stamp_digest digest)
{
	return DIGESTS[digest].length;
}

bool
stamp_digest_by_oid(struct str oid, enum stamp_digest *ret)
{
	for (int i = 0; i < STAMP_DIGESTS; i++)
		if (str_eq(oid, str_slice(DIGESTS[i].oid, HEAD, DIGESTS[i].oid.n))) {
			*ret = (enum stamp_digest)i;
			return true;
		}
	return false;
}

struct str
stamp_policy(void)
{
	return str_slice(OID_POLICY, HEAD, OID_POLICY.n);
}

/* RFC 3161 2.4.2 */
static struct str
tst_info(struct arena *a, const struct stamp *what, int64_t now_ms)
{
	unsigned char serial[SERIAL_BYTES];
	struct str imprint =
	    DER(a, DER_SEQUENCE, DER(a, DER_SEQUENCE, DIGESTS[what->digest].oid, STR("\x05\x00")),
	        DER(a, DER_OCTETS, str_make(what->imprint, DIGESTS[what->digest].length)));
	struct str nonce = what->nonce_n ? der_integer(a, str_make(what->nonce, what->nonce_n)) : STR_NONE;

	random_bytes(serial, sizeof(serial));
	serial[0] = (unsigned char)((serial[0] & 0x7F) | 0x40);
	return DER(a, DER_SEQUENCE, der_small(a, 1), OID_POLICY, imprint,
	    der_integer(a, str_make(serial, sizeof(serial))), der_time(a, now_ms),
	    DER(a, DER_SEQUENCE, der_small(a, ACCURACY_SECONDS)), nonce);
}

enum err
stamp_make(struct arena *a, struct signer signer, const struct chain *chain, struct str job,
    const struct stamp *what, int64_t now_ms, struct str *ret)
{
	struct cms_signed s;

	if (what->digest >= STAMP_DIGESTS || what->nonce_n > STAMP_NONCE_MAX)
		return ERR_INVALID;
	struct cms_request r = {.signer = signer,
	    .key = KEY_TSA,
	    .chain = chain,
	    .job = job,
	    .content = tst_info(a, what, now_ms),
	    .bare = !what->certificates};
	r.digest = sha256_of(r.content);
	TRY(cms_sign(a, &r, &s));
	*ret = cms_encode(a, &r, &s, STR_NONE);
	return OK;
}

static enum err
embedded_token(struct tsa *t, struct str job, const struct sha256 *digest, struct arena *a, struct str *ret,
    int64_t *ret_time_ms)
{
	struct stamp what = {.digest = STAMP_SHA256, .certificates = true};
	int64_t now_ms = clock_utc_ms();

	memcpy(what.imprint, digest->b, SHA256_LENGTH);
	if (stamp_make(a, t->signer, &t->certs->tsa, job, &what, now_ms, ret) != OK)
		return ERR_TSA;
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
