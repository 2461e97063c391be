#include "cms.h"

#include "der.h"

/* Object identifiers as whole DER values. */
#define OID_DATA STR("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01")
#define OID_SIGNED_DATA STR("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02")
#define OID_TST_INFO STR("\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x04")
#define OID_CONTENT_TYPE STR("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x03")
#define OID_MESSAGE_DIGEST STR("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x09\x04")
#define OID_SIGNING_CERTIFICATE_V2 STR("\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x2F")
#define OID_TIMESTAMP_TOKEN STR("\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x0E")
#define OID_SHA256 STR("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01")
#define OID_ECDSA_SHA256 STR("\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02")
#define OID_RSA_SHA256 STR("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B")
#define OID_RSASSA_PSS STR("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A")
#define OID_MGF1 STR("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x08")
#define DER_NULL_VALUE STR("\x05\x00")

enum { OVERHEAD = 512 };

static struct str
attribute(struct arena *a, struct str oid, struct str value)
{
	return DER(a, DER_SEQUENCE, oid, DER(a, DER_SET, value));
}

/* RFC 5035 3: one ESSCertIDv2 by SHA-256, which is the default and therefore left out in DER. */
static struct str
signing_certificate(struct arena *a, const struct chain *chain)
{
	struct str hash = DER(a, DER_OCTETS, str_make(chain->leaf_digest.b, SHA256_LENGTH));

	return DER(a, DER_SEQUENCE, DER(a, DER_SEQUENCE, DER(a, DER_SEQUENCE, hash)));
}

enum err
cms_sign(struct arena *a, const struct cms_request *r, struct cms_signed *ret)
{
	struct str type = r->content.n ? OID_TST_INFO : OID_DATA;
	struct str digest = DER(a, DER_OCTETS, str_make(r->digest.b, SHA256_LENGTH));
	const struct str attributes[] = {attribute(a, OID_CONTENT_TYPE, type),
	    attribute(a, OID_MESSAGE_DIGEST, digest),
	    attribute(a, OID_SIGNING_CERTIFICATE_V2, signing_certificate(a, r->chain))};
	/* Signed as SET OF, stored under [0] (5.4). */
	struct str set = der_set_of(a, DER_SET, attributes, 3);
	struct sha256 of_set = sha256_of(set);
	struct str signature;

	TRY(r->signer.sign(r->signer.self, r->key, r->job, &of_set, a, &signature));
	ret->attributes = der_set_of(a, DER_CONTEXT_0, attributes, 3);
	ret->signature = signature;
	return OK;
}

/* The parameters of RSASSA-PSS (RFC 4055 3.1): this digest and MGF1 with it, with the NULL that both need,
 * and the length of the salt; the trailer is the default. */
static struct str
pss_algorithm(struct arena *a)
{
	struct str sha256 = DER(a, DER_SEQUENCE, OID_SHA256, DER_NULL_VALUE);
	struct str parameters = DER(a, DER_SEQUENCE, DER(a, DER_CONTEXT_0, sha256),
	    DER(a, DER_CONTEXT_1, DER(a, DER_SEQUENCE, OID_MGF1, sha256)),
	    DER(a, DER_CONTEXT_2, der_small(a, KEY_PSS_SALT)));

	return DER(a, DER_SEQUENCE, OID_RSASSA_PSS, parameters);
}

static struct str
signature_algorithm(struct arena *a, enum key_algorithm algorithm)
{
	if (key_algorithm_is_ecdsa(algorithm))
		return DER(a, DER_SEQUENCE, OID_ECDSA_SHA256);
	return key_algorithm_is_pss(algorithm) ? pss_algorithm(a)
	                                       : DER(a, DER_SEQUENCE, OID_RSA_SHA256, DER_NULL_VALUE);
}

static struct str
certificates_of(struct arena *a, const struct chain *chain)
{
	struct str all[1 + CHAIN_ISSUERS_MAX] = {chain->leaf};

	memcpy(all + 1, chain->issuers, chain->issuers_n * sizeof(all[0]));
	return der_set_of(a, DER_CONTEXT_0, all, 1 + chain->issuers_n);
}

struct str
cms_encode(struct arena *a, const struct cms_request *r, const struct cms_signed *s, struct str token)
{
	struct str sha256 = DER(a, DER_SEQUENCE, OID_SHA256);
	struct str algorithm = signature_algorithm(a, r->chain->algorithm);
	struct str unsigned_attributes =
	    token.n ? DER(a, DER_CONTEXT_1, attribute(a, OID_TIMESTAMP_TOKEN, token)) : STR_NONE;
	struct str signer_info = DER(a, DER_SEQUENCE, der_small(a, 1), r->chain->issuer_and_serial, sha256,
	    s->attributes, algorithm, DER(a, DER_OCTETS, s->signature), unsigned_attributes);
	struct str content = r->content.n ? DER(a, DER_SEQUENCE, OID_TST_INFO,
	                                        DER(a, DER_CONTEXT_0, DER(a, DER_OCTETS, r->content)))
	                                  : DER(a, DER_SEQUENCE, OID_DATA);
	struct str chain = r->bare ? STR_NONE : certificates_of(a, r->chain);
	/* Version 3 when the content is no plain data (5.1). */
	struct str signed_data = DER(a, DER_SEQUENCE, der_small(a, r->content.n ? 3 : 1),
	    DER(a, DER_SET, sha256), content, chain, DER(a, DER_SET, signer_info));

	return DER(a, DER_SEQUENCE, OID_SIGNED_DATA, DER(a, DER_CONTEXT_0, signed_data));
}

size_t
cms_reserve(const struct chain *chain)
{
	size_t n = chain->leaf.n + chain->issuer_and_serial.n + chain->signature_max + OVERHEAD;

	for (size_t i = 0; i < chain->issuers_n; i++)
		n += chain->issuers[i].n;
	return n;
}
