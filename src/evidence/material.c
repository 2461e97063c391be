#include "material.h"

#include "certificate_read.h"
#include "crl_scope.h"
#include "dss.h"

#include <openssl/x509v3.h>
#include <time.h>

/* A store, and as much again that is about to get into it. */
enum { ROOM = 2 * PDF_DSS_MAX, CHAIN_MAX = 16 };

bool
material_add_crl(struct material *m, struct str der)
{
	const unsigned char *at = (const unsigned char *)der.p;
	X509_CRL *crl = m->crls_n < ROOM ? d2i_X509_CRL(NULL, &at, (long)der.n) : NULL;

	if (crl)
		m->crls[m->crls_n++] = crl;
	return crl != NULL;
}

bool
material_add_ocsp(struct material *m, struct str der)
{
	OCSP_BASICRESP *answer = m->ocsps_n < ROOM ? ocsp_read(der) : NULL;

	if (answer)
		m->ocsps[m->ocsps_n++] = answer;
	return answer != NULL;
}

bool
material_add_certificate(struct material *m, struct str der)
{
	X509 *x = m->certs_n < ROOM ? certificate_read(der) : NULL;

	if (x)
		m->certs[m->certs_n++] = x;
	return x != NULL;
}

enum err
material_read(struct arena *a, struct pdf *p, struct material *ret)
{
	struct pdf_dss dss;
	*ret = (struct material){0};
	TRY(pdf_dss_read(a, p, &dss));
	ret->present = dss.certs_n + dss.crls_n + dss.ocsps_n > 0;
	ret->crls = ARENA_ARRAY(a, X509_CRL *, ROOM);
	ret->ocsps = ARENA_ARRAY(a, OCSP_BASICRESP *, ROOM);
	ret->certs = ARENA_ARRAY(a, X509 *, ROOM);
	for (size_t i = 0; i < dss.crls_n; i++)
		material_add_crl(ret, dss.crls[i]);
	for (size_t i = 0; i < dss.ocsps_n; i++)
		material_add_ocsp(ret, dss.ocsps[i]);
	for (size_t i = 0; i < dss.certs_n; i++)
		material_add_certificate(ret, dss.certs[i]);
	return OK;
}

void
material_free(struct material *m)
{
	for (size_t i = 0; i < m->crls_n; i++)
		X509_CRL_free(m->crls[i]);
	for (size_t i = 0; i < m->ocsps_n; i++)
		OCSP_BASICRESP_free(m->ocsps[i]);
	for (size_t i = 0; i < m->certs_n; i++)
		X509_free(m->certs[i]);
	*m = (struct material){0};
}

static bool
is_list_about(X509_CRL *crl, X509 *x, X509 *issuer)
{
	return X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) == 0 &&
	       crl_covers(crl, x) && ocsp_is_strong(X509_CRL_get_signature_nid(crl)) &&
	       certificate_list_is_signed_by(crl, issuer);
}

static enum material_word
word_of_lists(const struct material *m, X509 *x, X509 *issuer, int64_t at_ms)
{
	enum material_word word = MATERIAL_SILENT;
	time_t at = (time_t)(at_ms / 1000);
	for (size_t i = 0; i < m->crls_n; i++) {
		X509_REVOKED *revoked = NULL;
		if (!is_list_about(m->crls[i], x, issuer))
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

/* "At", "at or after": to the second. */
static enum material_word
word_of_answers(const struct material *m, X509 *x, X509 *issuer, int64_t at_ms)
{
	enum material_word word = MATERIAL_SILENT;
	int64_t at = at_ms / 1000;
	for (size_t i = 0; i < m->ocsps_n; i++) {
		struct ocsp_statement said;
		if (!ocsp_about(m->ocsps[i], x, issuer, &said))
			continue;
		if (said.revoked && said.revoked_ms / 1000 <= at)
			return MATERIAL_REVOKED;
#ifndef MUTANT_STALE
		if (said.this_ms / 1000 < at)
			continue;
#endif
		if (said.good || said.revoked)
			word = MATERIAL_GOOD;
	}
	return word;
}

enum material_word
material_of(const struct material *m, X509 *x, X509 *issuer, int64_t at_ms)
{
	enum material_word lists = word_of_lists(m, x, issuer, at_ms);
	if (lists == MATERIAL_REVOKED)
		return lists;
	enum material_word answers = word_of_answers(m, x, issuer, at_ms);
	return answers == MATERIAL_SILENT ? lists : answers;
}

X509 *
material_issuer(const struct material *m, const struct signed_data *s, X509 *x)
{
	X509 *found = signed_data_issuer(s, x);
	for (size_t i = 0; !found && i < m->certs_n; i++)
		if (X509_check_issued(m->certs[i], x) == X509_V_OK &&
		    certificate_is_signed_by(x, m->certs[i]))
			found = m->certs[i];
	return found && X509_cmp(found, x) == 0 ? x : found;
}

enum material_word
material_of_chain(const struct material *m, const struct signed_data *s, int64_t at_ms)
{
	enum material_word worst = MATERIAL_GOOD;
	X509 *x = s->leaf;
	for (size_t i = 0; i < CHAIN_MAX; i++) {
		X509 *issuer = material_issuer(m, s, x);
		if (issuer == x)
			return worst;
		enum material_word word = issuer ? material_of(m, x, issuer, at_ms) : MATERIAL_SILENT;
		if (word == MATERIAL_REVOKED || !issuer)
			return word;
		if (word == MATERIAL_SILENT)
			worst = word;
		x = issuer;
	}
	return MATERIAL_SILENT;
}
