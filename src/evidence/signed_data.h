/* CMS SignedData from outside (RFC 5652), read strictly: one signer, DER, no weak digests, and not one byte
 * that is neither signed nor checked against something. Signatures and time-stamp tokens are judged by the
 * same rules. */
#ifndef EVIDENCE_SIGNED_DATA_H
#define EVIDENCE_SIGNED_DATA_H

#include "arena.h"
#include "ossl.h"

#include <stdint.h>

enum { CERTIFICATES_MAX = 8 };

struct signed_data {
	struct str content_type; /* object identifier, content octets of its DER */
	struct str content;      /* embedded content; p NULL when detached */
	struct str certificates[CERTIFICATES_MAX];
	size_t certificates_n;
	X509 *parsed[CERTIFICATES_MAX];
	X509 *leaf;                /* one of parsed */
	const EVP_MD *digest;      /* SHA-256, SHA-384 or SHA-512 */
	struct str issuer, serial; /* of the signer's certificate, whole DER values */
	struct str attributes;     /* whole value, tag [0] */
	struct str message_digest, attribute_type;
	struct str certificate_digest; /* of signing-certificate(-v2) */
	const EVP_MD *certificate_digest_by;
	bool has_signing_time, certificate_v2;
	struct str algorithm, signature;
	int pss_salt; /* RSASSA-PSS with the same digest throughout (RFC 4055 3.1): bytes of its salt, else -1
	               */
	struct str token; /* unsigned attribute signature-time-stamp; empty when there is none */
};

void
signed_data_free(struct signed_data *s);
/* Reads exactly der, which must outlive the result. ERR_INVALID with a reason in words. */
MUST_CHECK enum err
signed_data_read(struct str der, struct signed_data *ret, const char **ret_problem);
/* digest: of the content, by s->digest; type: the content type that is expected. Checks the signed attributes
 * (5.3, 11.1, 11.2, RFC 5035) and the signature over them. ERR_INVALID with a reason. */
MUST_CHECK enum err
signed_data_check(const struct signed_data *s, struct str digest, struct str type, const char **ret_problem);
/* When the signer's certificate ends; 0 when that cannot be told. */
int64_t
signed_data_until_ms(const struct signed_data *s);
/* Who signed x, among the container's certificates: x itself when it is a root, NULL when that is not there.
 */
X509 *
signed_data_issuer(const struct signed_data *s, X509 *x);
/* Every certificate belongs to the signer's chain, is signed by the next and was valid at that time;
 * ret_complete: the chain ends in a self-signed certificate of the container. ERR_INVALID with a reason. */
MUST_CHECK enum err
signed_data_check_chain(
    const struct signed_data *s, int64_t at_ms, bool *ret_complete, const char **ret_problem);
/* Whether the chain ends in one of the anchors at that time. */
bool
signed_data_is_trusted(const struct signed_data *s, X509_STORE *anchors, int64_t at_ms);

#endif
