#include "signed_data.h"

#include "certificate_read.h"
#include "der_read.h"
#include "mutant.h"

#include <openssl/rsa.h>
#include <openssl/x509v3.h>

enum {
	TAG_INTEGER = 0x02,
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	TAG_CONTEXT_0 = 0xA0,
	TAG_CONTEXT_1 = 0xA1,
	TAG_CONTEXT_2 = 0xA2,
	ATTRIBUTES_MAX = 16,
	/* Of keys and of signatures: RSA of 2048 bits, no SHA-1 (SP 800-57 5.6); and the library's name for
	   it. */
	SECURITY_BITS_MIN = 112,
	AUTH_LEVEL = 2,
	PSS_SALT_DEFAULT = 20
};

static const struct str SIGNED_DATA = {"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02", 9};
static const struct str DATA = {"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", 9};
static const struct str CONTENT_TYPE = {"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x03", 9};
static const struct str MESSAGE_DIGEST = {"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x04", 9};
static const struct str SIGNING_TIME = {"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x05", 9};
static const struct str SIGNING_CERTIFICATE = {"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x0C", 11};
static const struct str SIGNING_CERTIFICATE_V2 = {"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x2F", 11};
static const struct str TIMESTAMP_TOKEN = {"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x02\x0E", 11};
static const struct str RSASSA_PSS = {"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A", 9};
static const struct str MGF1 = {"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x08", 9};
static const struct str RSA_ENCRYPTION = {"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01", 9};

/* Digests that count, with the identifiers of RSA and ECDSA signatures made by them. */
static const struct {
	struct str oid, rsa, ecdsa;
	const EVP_MD *(*md)(void);
} DIGESTS[] = {
    {{"\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9}, {"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B", 9},
        {"\x2A\x86\x48\xCE\x3D\x04\x03\x02", 8}, EVP_sha256},
    {{"\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9}, {"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0C", 9},
        {"\x2A\x86\x48\xCE\x3D\x04\x03\x03", 8}, EVP_sha384},
    {{"\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9}, {"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0D", 9},
        {"\x2A\x86\x48\xCE\x3D\x04\x03\x04", 8}, EVP_sha512},
};

static enum err
wrong(const char **ret_problem, const char *problem)
{
	if (mutant_is_off(problem))
		return OK;
	*ret_problem = problem;
	return ERR_INVALID;
}

/* AlgorithmIdentifier: its identifier; parameters only NULL or none. */
static bool
read_algorithm(struct str in, struct str *ret_oid)
{
	struct der_value oid, none;

	if (!der_expect(&in, TAG_OID, &oid))
		return false;
	if (in.n && (!der_expect(&in, 0x05, &none) || none.content.n || in.n))
		return false;
	*ret_oid = oid.content;
	return true;
}

static const EVP_MD *
digest_by_oid(struct str oid)
{
	for (size_t i = 0; i < sizeof(DIGESTS) / sizeof(DIGESTS[0]); i++)
		if (str_eq(oid, DIGESTS[i].oid))
			return DIGESTS[i].md();
	return NULL;
}

static bool
read_digest_algorithm(struct str in, const EVP_MD **ret)
{
	struct str oid;

	if (!read_algorithm(in, &oid))
		return false;
	*ret = digest_by_oid(oid);
	return *ret != NULL;
}

/* RSASSA-PSS-params (RFC 4055 3.1). Left-out digests mean SHA-1 and are refused with it; both are the one
 * that the content is hashed by, as RFC 4056 3 wants it, and the trailer is the default, left out. */
static bool
read_pss(struct str in, struct signed_data *s)
{
	struct der_value hash, mask, salt, oid, mask_hash, length;
	const EVP_MD *md, *mask_md;
	struct str hash_in, mask_in;

	if (!der_expect(&in, TAG_CONTEXT_0, &hash) || !der_only(hash.content, TAG_SEQUENCE, &hash_in) ||
	    !read_digest_algorithm(hash_in, &md) || !der_expect(&in, TAG_CONTEXT_1, &mask) ||
	    !der_only(mask.content, TAG_SEQUENCE, &mask_in) || !der_expect(&mask_in, TAG_OID, &oid) ||
	    !str_eq(oid.content, MGF1) || !der_expect(&mask_in, TAG_SEQUENCE, &mask_hash) || mask_in.n ||
	    !read_digest_algorithm(mask_hash.content, &mask_md) || md != s->digest || mask_md != s->digest)
		return false;
	s->pss_salt = PSS_SALT_DEFAULT;
	if (in.n == 0)
		return true;
	if (!der_expect(&in, TAG_CONTEXT_2, &salt) || in.n ||
	    !der_expect(&salt.content, TAG_INTEGER, &length) || salt.content.n || length.content.n != 1 ||
	    (length.content.p[0] & 0x80) || length.content.p[0] == PSS_SALT_DEFAULT)
		return false;
	s->pss_salt = length.content.p[0];
	return true;
}

static bool
read_signature_algorithm(struct str in, struct signed_data *s)
{
	struct str whole = in, parameters;
	struct der_value oid;

	s->pss_salt = -1;
	if (!der_expect(&in, TAG_OID, &oid) || !str_eq(oid.content, RSASSA_PSS))
		return read_algorithm(whole, &s->algorithm);
	s->algorithm = oid.content;
	return der_only(in, TAG_SEQUENCE, &parameters) && read_pss(parameters, s);
}

static bool
read_certificates(struct str in, struct signed_data *s)
{
	struct der_value v;

	while (in.n) {
		if (!der_expect(&in, TAG_SEQUENCE, &v) || s->certificates_n == CERTIFICATES_MAX)
			return false;
		s->certificates[s->certificates_n++] = v.whole;
	}
	return s->certificates_n > 0;
}

/* The first certificate identifier is the signer's (RFC 5035 5.4). Version 1 has SHA-1 hashes. */
static bool
read_signing_certificate(struct str in, bool v2, struct signed_data *s)
{
	struct der_value list, id, v;
	struct str sequence;

	if (s->certificate_digest.n || !der_only(in, TAG_SEQUENCE, &sequence) ||
	    !der_expect(&sequence, TAG_SEQUENCE, &list) || !der_expect(&list.content, TAG_SEQUENCE, &id))
		return false;
	s->certificate_v2 = v2;
	s->certificate_digest_by = v2 ? EVP_sha256() : EVP_sha1();
	if (v2 && id.content.n && (unsigned char)id.content.p[0] == TAG_SEQUENCE &&
	    (!der_next(&id.content, &v) || !read_digest_algorithm(v.content, &s->certificate_digest_by)))
		return false;
	if (!der_expect(&id.content, TAG_OCTETS, &v))
		return false;
	s->certificate_digest = v.content;
	return true;
}

static bool
read_attribute(struct str oid, struct str values, struct signed_data *s)
{
	if (str_eq(oid, CONTENT_TYPE))
		return der_only(values, TAG_OID, &s->attribute_type);
	if (str_eq(oid, MESSAGE_DIGEST))
		return der_only(values, TAG_OCTETS, &s->message_digest);
	if (str_eq(oid, SIGNING_CERTIFICATE))
		return s->certificate_v2 || read_signing_certificate(values, false, s);
	if (str_eq(oid, SIGNING_CERTIFICATE_V2)) {
		s->certificate_digest = STR_NONE; /* the stronger one counts */
		return read_signing_certificate(values, true, s);
	}
	if (str_eq(oid, SIGNING_TIME))
		s->has_signing_time = true;
	return true;
}

static bool
read_attributes(struct str in, struct signed_data *s)
{
	struct str seen[ATTRIBUTES_MAX];
	size_t n = 0;

	while (in.n) {
		struct der_value attribute, oid, values;

		if (!der_expect(&in, TAG_SEQUENCE, &attribute) ||
		    !der_expect(&attribute.content, TAG_OID, &oid) ||
		    !der_expect(&attribute.content, TAG_SET, &values) || attribute.content.n ||
		    n == ATTRIBUTES_MAX)
			return false;
		for (size_t i = 0; i < n; i++)
			if (str_eq(seen[i], oid.content))
				return false;
		seen[n++] = oid.content;
		if (!read_attribute(oid.content, values.content, s))
			return false;
	}
	return true;
}

/* Nothing signs the unsigned attributes: only the one that proves itself is let in. */
static bool
read_unsigned_attributes(struct str in, struct signed_data *s)
{
	struct der_value attribute, oid, values, token;

	if (!der_expect(&in, TAG_SEQUENCE, &attribute) || in.n ||
	    !der_expect(&attribute.content, TAG_OID, &oid) || !str_eq(oid.content, TIMESTAMP_TOKEN) ||
	    !der_expect(&attribute.content, TAG_SET, &values) || attribute.content.n ||
	    !der_expect(&values.content, TAG_SEQUENCE, &token) || values.content.n)
		return false;
	s->token = token.whole;
	return true;
}

static bool
is_version(struct der_value v, unsigned char wanted)
{
	return v.content.n == 1 && (unsigned char)v.content.p[0] == wanted;
}

static enum err
read_signer_info(struct str in, struct signed_data *s, const char **ret_problem)
{
	struct der_value version, sid, digest, attributes, algorithm, signature, optional;

	if (!der_expect(&in, TAG_INTEGER, &version) || !is_version(version, 1) ||
	    !der_expect(&in, TAG_SEQUENCE, &sid))
		return wrong(ret_problem, "the signer is not named by issuer and serial number");
	struct der_value issuer, serial;
	if (!der_expect(&sid.content, TAG_SEQUENCE, &issuer) ||
	    !der_expect(&sid.content, TAG_INTEGER, &serial) || sid.content.n)
		return wrong(ret_problem, "the signer is not named by issuer and serial number");
	s->issuer = issuer.whole;
	s->serial = serial.whole;
	if (!der_expect(&in, TAG_SEQUENCE, &digest) || !read_digest_algorithm(digest.content, &s->digest))
		return wrong(ret_problem, "the digest algorithm is weak or unknown");
	if (!der_expect(&in, TAG_CONTEXT_0, &attributes) || !read_attributes(attributes.content, s))
		return wrong(ret_problem, "the signed attributes are malformed");
	s->attributes = attributes.whole;
	if (!der_expect(&in, TAG_SEQUENCE, &algorithm) || !read_signature_algorithm(algorithm.content, s) ||
	    !der_expect(&in, TAG_OCTETS, &signature))
		return wrong(ret_problem, "the signature value is malformed");
	s->signature = signature.content;
	if (in.n && (!der_expect(&in, TAG_CONTEXT_1, &optional) ||
	                !read_unsigned_attributes(optional.content, s) || in.n))
		return wrong(ret_problem, "the container has unsigned attributes that cannot be judged");
	return OK;
}

static enum err
read_content(struct str in, struct signed_data *s)
{
	struct der_value type, wrapped;

	if (!der_expect(&in, TAG_OID, &type))
		return ERR_INVALID;
	s->content_type = type.content;
	if (in.n == 0)
		return OK;
	return der_expect(&in, TAG_CONTEXT_0, &wrapped) && in.n == 0 &&
	               der_only(wrapped.content, TAG_OCTETS, &s->content)
	           ? OK
	           : ERR_INVALID;
}

static bool
same_bytes(unsigned char *der, int n, struct str wanted)
{
	bool same = n > 0 && str_eq(str_make(der, (size_t)n), wanted);

	OPENSSL_free(der);
	return same;
}

/* Whether issuer and serial number name this certificate. Bytes are compared, not names: nothing signs these
 * two, and names that differ in case or spaces are equal to X509_NAME_cmp(). */
static bool
is_named(const struct signed_data *s, X509 *x)
{
	unsigned char *issuer = NULL, *serial = NULL;
	int issuer_n = i2d_X509_NAME(X509_get_issuer_name(x), &issuer);
	int serial_n = i2d_ASN1_INTEGER(X509_get0_serialNumber(x), &serial);
	bool same_issuer = same_bytes(issuer, issuer_n, s->issuer);
	bool same_serial = same_bytes(serial, serial_n, s->serial);

	return same_issuer && same_serial;
}

static bool
find_leaf(struct signed_data *s)
{
	for (size_t i = 0; i < s->certificates_n; i++) {
		s->parsed[i] = certificate_read(s->certificates[i]);
		if (!s->parsed[i])
			return false;
		if (is_named(s, s->parsed[i]))
			s->leaf = s->parsed[i];
	}
	return s->leaf != NULL;
}

void
signed_data_free(struct signed_data *s)
{
	for (size_t i = 0; i < s->certificates_n; i++)
		X509_free(s->parsed[i]);
	*s = (struct signed_data){0};
}

enum err
signed_data_read(struct str der, struct signed_data *ret, const char **ret_problem)
{
	struct signed_data *s = ret;
	struct der_value type, version, digests, digest, content, certificates, signers, signer;
	struct str outer, inner, data;
	const EVP_MD *listed;

	*s = (struct signed_data){0};
	if (!der_only(der, TAG_SEQUENCE, &outer) || !der_expect(&outer, TAG_OID, &type) ||
	    !str_eq(type.content, SIGNED_DATA) || !der_only(outer, TAG_CONTEXT_0, &inner) ||
	    !der_only(inner, TAG_SEQUENCE, &data))
		return wrong(ret_problem, "the container is not CMS SignedData in DER");
	if (!der_expect(&data, TAG_INTEGER, &version) || !der_expect(&data, TAG_SET, &digests) ||
	    !der_expect(&digests.content, TAG_SEQUENCE, &digest) || digests.content.n ||
	    !read_digest_algorithm(digest.content, &listed))
		return wrong(ret_problem, "the digest algorithm is weak or unknown");
	if (!der_expect(&data, TAG_SEQUENCE, &content) || read_content(content.content, s) != OK)
		return wrong(ret_problem, "the container's content is malformed");
	if (!is_version(version, str_eq(s->content_type, DATA) ? 1 : 3))
		return wrong(ret_problem, "the container has the wrong version");
	if (!der_expect(&data, TAG_CONTEXT_0, &certificates) || !read_certificates(certificates.content, s))
		return wrong(ret_problem, "the container has no certificates");
	if (!der_expect(&data, TAG_SET, &signers) || data.n ||
	    !der_expect(&signers.content, TAG_SEQUENCE, &signer) || signers.content.n)
		return wrong(ret_problem, "the container does not have exactly one signer");
	TRY(read_signer_info(signer.content, s, ret_problem));
	if (listed != s->digest)
		return wrong(ret_problem, "the container names two digest algorithms");
	return find_leaf(s) ? OK : wrong(ret_problem, "the signer's certificate is missing or malformed");
}

static bool
algorithm_fits(const struct signed_data *s)
{
	int kind = EVP_PKEY_get_base_id(X509_get0_pubkey(s->leaf));

	if (s->pss_salt >= 0 || kind == EVP_PKEY_RSA_PSS)
		return s->pss_salt >= 0 && (kind == EVP_PKEY_RSA || kind == EVP_PKEY_RSA_PSS);
	for (size_t i = 0; i < sizeof(DIGESTS) / sizeof(DIGESTS[0]); i++)
		if (DIGESTS[i].md() == s->digest)
			return kind == EVP_PKEY_RSA ? str_eq(s->algorithm, DIGESTS[i].rsa) ||
			                                  str_eq(s->algorithm, RSA_ENCRYPTION)
			                            : str_eq(s->algorithm, DIGESTS[i].ecdsa);
	return false;
}

static bool
set_pss(EVP_PKEY_CTX *ctx, const struct signed_data *s)
{
	return s->pss_salt < 0 || (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	                              EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, s->digest) > 0 &&
	                              EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, s->pss_salt) > 0);
}

static bool
signature_fits(const struct signed_data *s)
{
	EVP_PKEY_CTX *key; /* of the other context */
	EVP_MD_CTX *ctx CLEANUP(ossl_md_ctx_free) = EVP_MD_CTX_new();
	static const unsigned char set = TAG_SET;

	/* Signed as SET OF, stored under [0] (5.4). */
	return ctx && EVP_DigestVerifyInit(ctx, &key, s->digest, NULL, X509_get0_pubkey(s->leaf)) == 1 &&
	       set_pss(key, s) && EVP_DigestVerifyUpdate(ctx, &set, 1) == 1 &&
	       EVP_DigestVerifyUpdate(ctx, s->attributes.p + 1, s->attributes.n - 1) == 1 &&
	       EVP_DigestVerifyFinal(ctx, (const unsigned char *)s->signature.p, s->signature.n) == 1;
}

static bool
names_the_leaf(const struct signed_data *s)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	return s->certificate_digest.n && X509_digest(s->leaf, s->certificate_digest_by, digest, &n) &&
	       str_eq(s->certificate_digest, str_make(digest, n));
}

enum err
signed_data_check(const struct signed_data *s, struct str digest, struct str type, const char **ret_problem)
{
	if (!str_eq(s->content_type, type) || !str_eq(s->attribute_type, type))
		return wrong(ret_problem, "the container signs another type of content");
	if (!str_eq(s->message_digest, digest))
		return wrong(ret_problem, "the signed bytes were changed");
	if (!names_the_leaf(s))
		return wrong(ret_problem, "the signer's certificate is not the one that was signed with");
#ifndef MUTANT_WEAK_KEY
	if (EVP_PKEY_get_security_bits(X509_get0_pubkey(s->leaf)) < SECURITY_BITS_MIN)
		return wrong(ret_problem, "the signer's key is weak");
#endif
	if (!algorithm_fits(s) || !signature_fits(s))
		return wrong(ret_problem, "the signature does not fit");
	return OK;
}

static bool
valid_at(const X509 *x, int64_t at_ms)
{
	time_t at = (time_t)(at_ms / 1000);

	return X509_cmp_time(X509_get0_notBefore(x), &at) < 0 &&
	       X509_cmp_time(X509_get0_notAfter(x), &at) > 0;
}

int64_t
signed_data_until_ms(const struct signed_data *s)
{
	struct tm tm;

	return ASN1_TIME_to_tm(X509_get0_notAfter(s->leaf), &tm) ? (int64_t)timegm(&tm) * 1000 : 0;
}

/* What x says of itself is believed for its issuer's sake: neither that one's key nor the digest may be weak.
 * A root vouches for itself by being known. */
static bool
is_weakly_issued(X509 *x, X509 *issuer)
{
	int bits = 0;

	return issuer != x &&
	       (EVP_PKEY_get_security_bits(X509_get0_pubkey(issuer)) < SECURITY_BITS_MIN ||
	           !X509_get_signature_info(x, NULL, NULL, &bits, NULL) || bits < SECURITY_BITS_MIN);
}

X509 *
signed_data_issuer(const struct signed_data *s, X509 *x)
{
	for (size_t i = 0; i < s->certificates_n; i++)
		if (X509_check_issued(s->parsed[i], x) == X509_V_OK &&
		    certificate_is_signed_by(x, s->parsed[i]))
			return s->parsed[i];
	return NULL;
}

enum err
signed_data_check_chain(
    const struct signed_data *s, int64_t at_ms, bool *ret_complete, const char **ret_problem)
{
	X509 *x = s->leaf;
	size_t seen = 1;

	*ret_complete = false;
	for (;;) {
		X509 *issuer = signed_data_issuer(s, x);

		if (!valid_at(x, at_ms))
			return wrong(ret_problem, "a certificate was not valid at the time");
		*ret_complete = issuer == x;
		if (!issuer || issuer == x || seen == s->certificates_n)
			break;
		if (!X509_check_ca(issuer))
			return wrong(ret_problem, "a certificate was issued by one that may not issue");
#ifndef MUTANT_WEAK_ISSUER
		if (is_weakly_issued(x, issuer))
			return wrong(ret_problem, "a certificate was issued with a weak key or digest");
#endif
		x = issuer;
		seen++;
	}
	return seen == s->certificates_n
	           ? OK
	           : wrong(ret_problem, "a certificate does not belong to the signer's chain");
}

/* Every certificate is signed by one of the container or stands, byte for byte, in the chain that an anchor
 * proves: a changed copy of a root that is trusted from elsewhere would otherwise be looked at by nobody. */
static bool
all_vouched_for(const struct signed_data *s, STACK_OF(X509) * chain)
{
	for (size_t i = 0; i < s->certificates_n; i++) {
		bool found = signed_data_issuer(s, s->parsed[i]) != NULL;

		for (int k = 0; !found && k < sk_X509_num(chain); k++)
			found = X509_cmp(s->parsed[i], sk_X509_value(chain, k)) == 0;
		if (!found)
			return false;
	}
	return true;
}

bool
signed_data_is_trusted(const struct signed_data *s, X509_STORE *anchors, int64_t at_ms)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *others = sk_X509_new_null();
	bool trusted = false;

	for (size_t i = 0; others && i < s->certificates_n; i++)
		sk_X509_push(others, s->parsed[i]);
	if (ctx && others && X509_STORE_CTX_init(ctx, anchors, s->leaf, others)) {
		X509_STORE_CTX_set_time(ctx, X509_V_FLAG_USE_CHECK_TIME, (time_t)(at_ms / 1000));
		X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_ANY);
		X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), AUTH_LEVEL);
		trusted = X509_verify_cert(ctx) == 1 && all_vouched_for(s, X509_STORE_CTX_get0_chain(ctx));
	}
	X509_STORE_CTX_free(ctx);
	sk_X509_free(others);
	return trusted;
}
