#include "x509_text.h"

#include "ossl.h"

static X509 *
parse(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;

	return d2i_X509(NULL, &p, (long)der.n);
}

static enum err
subject_part(struct arena *a, struct str der, int nid, struct str *ret)
{
	X509 *x CLEANUP(ossl_x509_free) = parse(der);
	unsigned char *utf8;
	int at, n;

	*ret = STR_NONE;
	if (!x)
		return ERR_CRYPTO;
	at = X509_NAME_get_index_by_NID(X509_get_subject_name(x), nid, -1);
	if (at < 0)
		return OK;
	n = ASN1_STRING_to_UTF8(
	    &utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(X509_get_subject_name(x), at)));
	if (n < 0)
		return ERR_CRYPTO;
	*ret = arena_str(a, str_make(utf8, (size_t)n));
	OPENSSL_free(utf8);
	return OK;
}

enum err
x509_common_name(struct arena *a, struct str der, struct str *ret)
{
	return subject_part(a, der, NID_commonName, ret);
}

enum err
x509_organisation(struct arena *a, struct str der, struct str *ret)
{
	return subject_part(a, der, NID_organizationName, ret);
}

enum err
x509_serial(struct arena *a, struct str der, struct str *ret)
{
	X509 *x CLEANUP(ossl_x509_free) = parse(der);
	BIGNUM *n = x ? ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL) : NULL;
	char *hex = n ? BN_bn2hex(n) : NULL;

	BN_free(n);
	if (!hex)
		return ERR_CRYPTO;
	*ret = arena_str(a, str_c(hex));
	OPENSSL_free(hex);
	return OK;
}

struct str
x509_name_text(struct arena *a, const X509_NAME *name)
{
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new(BIO_s_mem());
	char *p;
	long n;

	if (!bio ||
	    X509_NAME_print_ex(bio, name, 0,
	        (XN_FLAG_RFC2253 | ASN1_STRFLGS_UTF8_CONVERT) & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
		return STR_NONE;
	n = BIO_get_mem_data(bio, &p);
	return n > 0 ? arena_str(a, str_make(p, (size_t)n)) : STR_NONE;
}
