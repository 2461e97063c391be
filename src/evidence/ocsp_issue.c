/* Answers about the root's own certificates (RFC 6960 4.2), made whole by whoever holds its key and signed by
 * the root itself. */
#include "crl_issuer.h"
#include "ocsp.h"

enum { ANSWER_DAYS = 1 };

static X509 *
issued_with(const struct crl_issuer *i, const ASN1_INTEGER *serial)
{
	for (int k = 0; k < sk_X509_num(i->issued); k++) {
		X509 *x = sk_X509_value(i->issued, k);
		if (ASN1_INTEGER_cmp(X509_get0_serialNumber(x), serial) == 0)
			return x;
	}
	return NULL;
}

static const ASN1_TIME *
revoked_when(const struct crl_issuer *i, const ASN1_INTEGER *serial)
{
	for (int k = 0; k < sk_X509_REVOKED_num(i->revoked); k++) {
		const X509_REVOKED *r = sk_X509_REVOKED_value(i->revoked, k);
		if (ASN1_INTEGER_cmp(X509_REVOKED_get0_serialNumber(r), serial) == 0)
			return X509_REVOKED_get0_revocationDate(r);
	}
	return NULL;
}

static bool
add_status(OCSP_BASICRESP *r, const struct crl_issuer *i, X509 *x, const EVP_MD *md, int64_t now_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	ASN1_TIME *this = ASN1_TIME_adj(NULL, now, 0, 0), *next = ASN1_TIME_adj(NULL, now, ANSWER_DAYS, 0);
	ASN1_TIME *revoked = (ASN1_TIME *)(uintptr_t)revoked_when(i, X509_get0_serialNumber(x));
	OCSP_CERTID *id = OCSP_cert_to_id(md, x, i->certificate);
	bool ok = this && next && id &&
	          OCSP_basic_add1_status(r, id, revoked ? V_OCSP_CERTSTATUS_REVOKED : V_OCSP_CERTSTATUS_GOOD,
	              OCSP_REVOKED_STATUS_NOSTATUS, revoked, this, next);
	ASN1_TIME_free(this);
	ASN1_TIME_free(next);
	OCSP_CERTID_free(id);
	return ok;
}

static enum err
encode(struct arena *a, OCSP_BASICRESP *r, struct str *ret)
{
	OCSP_RESPONSE *whole = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, r);
	unsigned char *der = NULL;
	int n = whole ? i2d_OCSP_RESPONSE(whole, &der) : -1;
	OCSP_RESPONSE_free(whole);
	if (n <= 0)
		return ERR_CRYPTO;
	*ret = arena_str(a, str_make(der, (size_t)n));
	OPENSSL_free(der);
	return OK;
}

enum err
ocsp_issue(
    struct crl_issuer *i, const struct ocsp_subject *about, int64_t now_ms, struct arena *a, struct str *ret)
{
	OCSP_BASICRESP *r CLEANUP(ocsp_basic_free) = OCSP_BASICRESP_new();
	const EVP_MD *md = about->by_sha256 ? EVP_sha256() : EVP_sha1();
	BIGNUM *n = BN_bin2bn(
	    about->serial, about->serial_n < OCSP_SERIAL_MAX ? about->serial_n : OCSP_SERIAL_MAX, NULL);
	ASN1_INTEGER *serial = n ? BN_to_ASN1_INTEGER(n, NULL) : NULL;
	X509 *x = serial ? issued_with(i, serial) : NULL;
	BN_free(n);
	ASN1_INTEGER_free(serial);
	if (!x)
		return ERR_NOT_FOUND;
	if (!r || !add_status(r, i, x, md, now_ms) ||
	    !OCSP_basic_sign(r, i->certificate, i->key, EVP_sha256(), NULL, OCSP_NOCERTS))
		return ERR_CRYPTO;
	return encode(a, r, ret);
}
