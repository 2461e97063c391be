#include "crl_scope.h"

#include "err.h"
#include "ossl.h"

#include <openssl/x509v3.h>

OSSL_CLEANUP(scope_free, ISSUING_DIST_POINT, ISSUING_DIST_POINT_free)
OSSL_CLEANUP(points_free, CRL_DIST_POINTS, CRL_DIST_POINTS_free)

static bool
is_understood(X509_CRL *crl)
{
	for (int i = 0; i < X509_CRL_get_ext_count(crl); i++) {
		X509_EXTENSION *e = X509_CRL_get_ext(crl, i);
		int nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));
		if (nid == NID_delta_crl ||
		    (X509_EXTENSION_get_critical(e) && nid != NID_issuing_distribution_point))
			return false;
	}
	return true;
}

static bool
share_a_name(const DIST_POINT_NAME *a, const DIST_POINT_NAME *b)
{
	if (!b || a->type != 0 || b->type != 0) /* names relative to the issuer's: nobody writes them */
		return false;
	for (int i = 0; i < sk_GENERAL_NAME_num(a->name.fullname); i++)
		for (int k = 0; k < sk_GENERAL_NAME_num(b->name.fullname); k++)
			if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(a->name.fullname, i),
			        sk_GENERAL_NAME_value(b->name.fullname, k)) == 0)
				return true;
	return false;
}

/* Points for some reasons, or of lists by others, are not what x's issuer says of it as a whole. */
static bool
names_point(X509 *x, const DIST_POINT_NAME *name)
{
	CRL_DIST_POINTS *points CLEANUP(points_free) =
	    X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
	for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
		const DIST_POINT *p = sk_DIST_POINT_value(points, i);
		if (!p->reasons && !p->CRLissuer && share_a_name(name, p->distpoint))
			return true;
	}
#ifdef MUTANT_POINT
	return true; /* for the test that must notice it: any point will do */
#endif
	return false;
}

bool
crl_covers(X509_CRL *crl, X509 *x)
{
	int critical;
	bool ca = X509_get_extension_flags(x) & EXFLAG_CA;
	ISSUING_DIST_POINT *scope CLEANUP(scope_free) =
	    X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, &critical, NULL);
	if (!is_understood(crl))
		return false;
	if (!scope)
		return critical == -1; /* there is none; else it is there twice or cannot be read */
#ifndef MUTANT_SCOPE
	if (scope->onlysomereasons || scope->indirectCRL || scope->onlyattr ||
	    (ca ? scope->onlyuser : scope->onlyCA))
		return false;
#endif
	return !scope->distpoint || names_point(x, scope->distpoint);
}
