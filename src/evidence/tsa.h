/* RFC 3161 time-stamp tokens: from the embedded authority or over HTTP from another. */
#ifndef EVIDENCE_TSA_H
#define EVIDENCE_TSA_H

#include "keys.h"

struct tsa;

/* What a token is asked to be about (RFC 3161 2.4.1), of a fixed size: it crosses from role to role. */
enum stamp_digest { STAMP_SHA256, STAMP_SHA384, STAMP_SHA512, STAMP_DIGESTS };
enum { STAMP_IMPRINT_MAX = 64, STAMP_NONCE_MAX = 32 };
struct stamp {
	unsigned char digest;                /* enum stamp_digest */
	unsigned char nonce_n, certificates; /* 0: no nonce; whether the token holds its certificates */
	unsigned char imprint[STAMP_IMPRINT_MAX], nonce[STAMP_NONCE_MAX]; /* nonce: magnitude, big-endian */
};
size_t
stamp_imprint_length(enum stamp_digest digest);
/* By the content of its object identifier; false when it is none of them. */
bool
stamp_digest_by_oid(struct str oid, enum stamp_digest *ret);
/* The content of the policy's object identifier. */
struct str
stamp_policy(void);
/* A token of the embedded authority as of now_ms, its serial number 128 random bits. ERR_INVALID when what is
 * asked for is nonsense. */
MUST_CHECK enum err
stamp_make(struct arena *a, struct signer signer, const struct chain *chain, struct str job,
    const struct stamp *what, int64_t now_ms, struct str *ret);

/* The embedded authority: tokens signed through signer with KEY_TSA; serials are 128 random bits. */
MUST_CHECK enum err
tsa_embedded(struct arena *a, struct signer signer, const struct certificates *certs, struct tsa **ret);
/* An authority at a URL (RFC 3161 3.4). Texts live as long as it does. */
struct tsa_settings {
	struct str url;
	struct str user, password;                 /* basic authentication; empty: none */
	struct str client_certificate, client_key; /* PEM; empty: none */
	struct str trust_pem;                      /* anchors of its chain; empty: any chain that is whole */
	struct str policy;                         /* dotted; asked for, and insisted on; empty: any */
	long quota_month;                          /* tokens a month; 0: as many as are needed */
};
/* 10 s limit, 1 MiB answers. Its token is checked before use: status, imprint, nonce, policy, time within 60
 * s, timeStamping EKU, ESSCertID(v2), signature (2.4.2), chain. ERR_CONFIG: the anchors or the policy are
 * none. */
MUST_CHECK enum err
tsa_remote(struct arena *a, const struct tsa_settings *settings, struct tsa **ret);

/* Counts the tokens of a month, of authorities at a URL. */
struct tsa_meter {
	/* One more, unless the quota (0: none) is used up: then an error. */
	enum err (*take)(void *self, struct str authority, long quota_month);
	void (*give_back)(void *self, struct str authority);
	void *self;
};
struct tsa_named {
	struct str name;
	struct tsa *tsa;
};
/* Asked in this order. One that fails is not asked again for rest_ms, so that nobody waits for it meanwhile.
 */
MUST_CHECK enum err
tsa_several(struct arena *a, const struct tsa_named *all, size_t n, const struct tsa_meter *meter,
    int64_t rest_ms, struct tsa **ret);
/* The one of this name alone; with no name all as they are. ERR_TSA: there is none of that name. */
MUST_CHECK enum err
tsa_choose(struct tsa *t, struct str name, struct arena *a, struct tsa **ret);
/* A TimeStampToken (DER ContentInfo) over the digest. ret_time_ms: its genTime. ERR_TSA. */
MUST_CHECK enum err
tsa_token(struct tsa *t, struct str job, const struct sha256 *digest, struct arena *a, struct str *ret,
    int64_t *ret_time_ms);
/* Room to reserve for a token of this authority, in bytes of DER. */
size_t
tsa_reserve(const struct tsa *t);

#endif
