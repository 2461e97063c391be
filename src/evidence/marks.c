/* What stands in a file that we sealed: for the list in the 合意証明書. */
#include "der_read.h"
#include "ossl.h"
#include "sealer.h"
#include "sign.h"
#include "signed_data.h"
#include "x509_text.h"

#include <openssl/ts.h>
#include <time.h>

static void
tst_info_free(TS_TST_INFO **t)
{
	TS_TST_INFO_free(*t);
}

static struct str
digest_name(const EVP_MD *md)
{
	switch (md ? EVP_MD_get_size(md) : 0) {
	case 32: return STR("SHA-256");
	case 48: return STR("SHA-384");
	case 64: return STR("SHA-512");
	default: return STR_NONE;
	}
}

/* "D:20261124030405Z", as clock_pdf() writes it. */
static int64_t
date_ms(struct str d)
{
	struct tm tm = {0};
	int *const parts[] = {&tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec};
	size_t at = 2;

	for (size_t i = 0; i < 6; i++) {
		unsigned long long v;
		size_t end = at + (i ? 2 : 4);
		if (end > d.n || !str_to_u64(str_slice(d, at, end), 9999, &v))
			return 0;
		*parts[i] = (int)v;
		at = end;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return (int64_t)timegm(&tm) * 1000;
}

static enum err
signer_name(struct arena *a, const struct signed_data *d, struct str *ret)
{
	for (size_t i = 0; i < d->certificates_n; i++)
		if (d->parsed[i] == d->leaf)
			return x509_common_name(a, d->certificates[i], ret);
	return ERR_CRYPTO;
}

static struct str
serial_text(struct arena *a, const ASN1_INTEGER *serial)
{
	BIGNUM *n = ASN1_INTEGER_to_BN(serial, NULL);
	char *hex = n ? BN_bn2hex(n) : NULL;
	struct str s = hex ? arena_str(a, str_c(hex)) : STR_NONE;

	OPENSSL_free(hex);
	BN_free(n);
	return s;
}

/* RFC 3161 2.4.2. ret_digest: of the imprint. */
static enum err
read_token(struct arena *a, struct str der, struct seal_mark *m, int64_t *ret_ms, const EVP_MD **ret_digest)
{
	struct signed_data token CLEANUP(signed_data_free) = {0};
	const char *why;
	struct tm tm = {0};

	TRY(signed_data_read(der, &token, &why));
	const unsigned char *p = (const unsigned char *)token.content.p;
	TS_TST_INFO *t CLEANUP(tst_info_free) = p ? d2i_TS_TST_INFO(NULL, &p, (long)token.content.n) : NULL;
	if (!t || !ASN1_TIME_to_tm(TS_TST_INFO_get_time(t), &tm))
		return ERR_CRYPTO;
	*ret_ms = (int64_t)timegm(&tm) * 1000;
	*ret_digest = EVP_get_digestbyobj(TS_MSG_IMPRINT_get_algo(TS_TST_INFO_get_msg_imprint(t))->algorithm);
	m->serial = serial_text(a, TS_TST_INFO_get_serial(t));
	return signer_name(a, &token, &m->tsa);
}

static enum err
read_container(struct arena *a, struct str der, struct seal_mark *m)
{
	struct signed_data data CLEANUP(signed_data_free) = {0};
	const EVP_MD *imprint_by;
	struct sha256 d;
	const char *why;
	int64_t stamped_ms;
	unsigned n;

	TRY(signed_data_read(der, &data, &why));
	m->digest = digest_name(data.digest);
	if (!X509_digest(data.leaf, EVP_sha256(), d.b, &n))
		return ERR_CRYPTO;
	m->certificate = sha256_hex(a, &d);
	if (m->kind == SEAL_MARK_TIMESTAMP) {
		TRY(read_token(a, der, m, &m->at_ms, &imprint_by));
		m->digest = digest_name(imprint_by);
		return OK;
	}
	return data.token.n ? read_token(a, data.token, m, &stamped_ms, &imprint_by) : OK;
}

enum err
sealer_marks(struct arena *a, struct str file, struct seal_mark **ret, size_t *ret_n)
{
	struct pdf_signature *found;
	struct pdf *pdf;
	size_t n;
	bool stamped = false; /* by a later one */

	TRY(pdf_open(a, file, &PDF_LIMITS_DEFAULT, &pdf));
	TRY(pdf_signatures(a, pdf, &found, &n));
	*ret = ARENA_ARRAY(a, struct seal_mark, n + 1);
	*ret_n = n;
	for (size_t i = n; i-- > 0;) {
		struct seal_mark *m = &(*ret)[i];
		struct str in = found[i].contents;
		struct der_value container;
		*m = (struct seal_mark){.kind = found[i].is_timestamp ? SEAL_MARK_TIMESTAMP
		                                : found[i].certifies  ? SEAL_MARK_CERTIFICATION
		                                                      : SEAL_MARK_APPROVAL,
		    .field = found[i].field,
		    .signer = found[i].name,
		    .at_ms = date_ms(found[i].date)};
		if (!der_next(&in, &container)) /* zeros follow it in its hole */
			return ERR_CRYPTO;
		TRY(read_container(a, container.whole, m));
		m->level = m->kind == SEAL_MARK_TIMESTAMP ? STR("RFC 3161")
		           : stamped || m->serial.n       ? STR("B-T")
		                                          : STR("B-B");
		stamped = stamped || m->kind == SEAL_MARK_TIMESTAMP;
	}
	return OK;
}
