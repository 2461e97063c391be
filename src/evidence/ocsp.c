#include "ocsp.h"

#include <openssl/x509v3.h>
#include <time.h>

enum err
ocsp_ask(struct arena *a, X509 *x, X509 *issuer, OCSP_REQUEST **ret, struct str *ret_der)
{
	OCSP_REQUEST *q CLEANUP(ocsp_request_free) = OCSP_REQUEST_new();
	OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), x, issuer); /* the one that every responder knows */
	unsigned char *der = NULL;

	if (!q || !id || !OCSP_request_add0_id(q, id)) {
		OCSP_CERTID_free(id);
		return ERR_CRYPTO;
	}
	int n = OCSP_request_add1_nonce(q, NULL, -1) ? i2d_OCSP_REQUEST(q, &der) : -1;
	if (n <= 0)
		return ERR_CRYPTO;
	*ret_der = arena_str(a, str_make(der, (size_t)n));
	OPENSSL_free(der);
	*ret = q;
	q = NULL;
	return OK;
}

OCSP_BASICRESP *
ocsp_read(struct str der)
{
	const unsigned char *at = (const unsigned char *)der.p;
	OCSP_RESPONSE *r = d2i_OCSP_RESPONSE(NULL, &at, (long)der.n);
	OCSP_BASICRESP *basic = NULL;

	if (r && OCSP_response_status(r) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(r);
	OCSP_RESPONSE_free(r);
	return basic;
}

int64_t
ocsp_time_ms(const ASN1_TIME *t)
{
	struct tm tm;

	return t && ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) * 1000 : 0;
}

bool
ocsp_is_strong(int nid)
{
	int digest = NID_undef, key = NID_undef;

	return OBJ_find_sigid_algs(nid, &digest, &key) && digest != NID_md5 && digest != NID_sha1;
}

static bool
is_appointed(X509 *signer, X509 *issuer, int64_t at_ms)
{
	time_t at = (time_t)(at_ms / 1000);

	return X509_check_issued(issuer, signer) == X509_V_OK &&
	       X509_verify(signer, X509_get0_pubkey(issuer)) == 1 &&
	       (X509_get_extension_flags(signer) & EXFLAG_XKUSAGE) &&
	       (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) &&
	       X509_cmp_time(X509_get0_notBefore(signer), &at) < 0 &&
	       X509_cmp_time(X509_get0_notAfter(signer), &at) > 0;
}

static bool
is_believed(OCSP_BASICRESP *r, X509 *issuer)
{
	STACK_OF(X509) *known = sk_X509_new_null();
	const X509_ALGOR *algorithm = OCSP_resp_get0_tbs_sigalg(r);
	const ASN1_OBJECT *oid = NULL;
	X509 *signer = NULL;
	bool believed = false;

	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	if (known && sk_X509_push(known, issuer) && ocsp_is_strong(OBJ_obj2nid(oid)) &&
	    OCSP_resp_get0_signer(r, &signer, known) == 1 &&
	    OCSP_basic_verify(r, known, NULL, OCSP_NOVERIFY) == 1)
		believed = X509_cmp(signer, issuer) == 0 ||
		           is_appointed(signer, issuer, ocsp_time_ms(OCSP_resp_get0_produced_at(r)));
	sk_X509_free(known);
	return believed;
}

static bool
is_about(OCSP_SINGLERESP *one, X509 *x, X509 *issuer)
{
	const OCSP_CERTID *id = OCSP_SINGLERESP_get0_id(one);
	ASN1_OBJECT *digest = NULL;

	if (!OCSP_id_get0_info(NULL, &digest, NULL, NULL, (OCSP_CERTID *)(uintptr_t)id))
		return false;
	const EVP_MD *md = EVP_get_digestbyobj(digest);
	OCSP_CERTID *wanted = md ? OCSP_cert_to_id(md, x, issuer) : NULL;
	bool same = wanted && OCSP_id_cmp(wanted, id) == 0;

	OCSP_CERTID_free(wanted);
	return same;
}

bool
ocsp_about(OCSP_BASICRESP *r, X509 *x, X509 *issuer, struct ocsp_statement *ret)
{
	bool found = false;

#ifndef MUTANT_RESPONDER
	if (!is_believed(r, issuer))
		return false;
#endif
	for (int i = 0; i < OCSP_resp_count(r); i++) {
		OCSP_SINGLERESP *one = OCSP_resp_get0(r, i);
		ASN1_GENERALIZEDTIME *revoked = NULL, *this = NULL, *next = NULL;

		if (!is_about(one, x, issuer))
			continue;
		int status = OCSP_single_get0_status(one, NULL, &revoked, &this, &next);
		if (found && status != V_OCSP_CERTSTATUS_REVOKED)
			continue;
		*ret = (struct ocsp_statement){.good = status == V_OCSP_CERTSTATUS_GOOD,
		    .revoked = status == V_OCSP_CERTSTATUS_REVOKED,
		    .revoked_ms = ocsp_time_ms(revoked),
		    .this_ms = ocsp_time_ms(this),
		    .next_ms = ocsp_time_ms(next)};
		found = true;
	}
	return found;
}
