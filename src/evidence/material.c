#include "material.h"

#include "dss.h"

#include <openssl/x509v3.h>
#include <time.h>

enum err
material_read(struct arena *a, struct pdf *p, struct material *ret)
{
	struct pdf_dss dss;
	*ret = (struct material){0};
	TRY(pdf_dss_read(a, p, &dss));
	ret->present = dss.certs_n + dss.crls_n + dss.ocsps_n > 0;
	ret->crls = ARENA_ARRAY(a, X509_CRL *, dss.crls_n + 1);
	for (size_t i = 0; i < dss.crls_n; i++) {
		const unsigned char *at = (const unsigned char *)dss.crls[i].p;
		X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)dss.crls[i].n);
		if (crl)
			ret->crls[ret->crls_n++] = crl;
	}
	return OK;
}

void
material_free(struct material *m)
{
	for (size_t i = 0; i < m->crls_n; i++)
		X509_CRL_free(m->crls[i]);
	*m = (struct material){0};
}

/* From this issuer, and about all its certificates: lists of parts (RFC 5280 5.2.5) and of changes say too
 * little. */
static bool
is_list_of(X509_CRL *crl, X509 *issuer)
{
	return X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) == 0 &&
	       X509_CRL_get_ext_by_NID(crl, NID_issuing_distribution_point, -1) < 0 &&
	       X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) < 0 &&
	       X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1;
}

static enum material_word
word_about(const struct material *m, X509 *x, X509 *issuer, int64_t at_ms)
{
	enum material_word word = MATERIAL_SILENT;
	time_t at = (time_t)(at_ms / 1000);
	for (size_t i = 0; i < m->crls_n; i++) {
		X509_REVOKED *revoked = NULL;
		if (!is_list_of(m->crls[i], issuer))
			continue;
		if (X509_CRL_get0_by_cert(m->crls[i], &revoked, x) == 1 &&
		    X509_cmp_time(X509_REVOKED_get0_revocationDate(revoked), &at) <= 0)
			return MATERIAL_REVOKED;
		/* "at or after", to the second */
		if (X509_cmp_time(X509_CRL_get0_lastUpdate(m->crls[i]), &(time_t){at - 1}) > 0)
			word = MATERIAL_GOOD;
	}
	return word;
}

enum material_word
material_of_chain(const struct material *m, const struct signed_data *s, int64_t at_ms)
{
	enum material_word worst = MATERIAL_GOOD;
	X509 *x = s->leaf;
	for (size_t i = 0; i < s->certificates_n; i++) {
		X509 *issuer = signed_data_issuer(s, x);
		if (issuer == x)
			return worst;
		enum material_word word = issuer ? word_about(m, x, issuer, at_ms) : MATERIAL_SILENT;
		if (word == MATERIAL_REVOKED || !issuer)
			return word;
		if (word == MATERIAL_SILENT)
			worst = word;
		x = issuer;
	}
	return worst;
}
