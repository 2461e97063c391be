#include "parts.h"

#include "der_read.h"
#include "dss.h"
#include "package_names.h"
#include "sign.h"
#include "signed_data.h"
#include "x509_text.h"

#include <openssl/pem.h>
#include <openssl/ts.h>
#include <stdio.h>
#include <time.h>

enum { TAG_SEQUENCE = 0x30 };

enum err
parts_add_file(struct parts *t, struct str name, struct str bytes)
{
	struct package *p = t->p;
	struct sha256 d = sha256_of(bytes);
	if (p->files_n == PACKAGE_FILES_MAX)
		return ERR_PDF_LIMIT;
	p->files[p->files_n++] = (struct package_file){
	    .name = name, .bytes = bytes, .sha256 = sha256_hex(t->a, &d), .fd = -1, .size = bytes.n};
	return OK;
}

static void
add_once(struct str *all, size_t *n, struct str s)
{
	for (size_t i = 0; i < *n; i++)
		if (str_eq(all[i], s))
			return;
	if (*n < PARTS_CERTIFICATES_MAX)
		all[(*n)++] = s;
}

/* What is none proves nothing, and is in the document all the same. */
static void
add_certificate(struct parts *t, struct str der)
{
	const unsigned char *at = (const unsigned char *)der.p;
	X509 *x CLEANUP(ossl_x509_free) = d2i_X509(NULL, &at, (long)der.n);
	if (!x)
		return;
	if (X509_NAME_cmp(X509_get_subject_name(x), X509_get_issuer_name(x)) == 0)
		add_once(t->roots, &t->roots_n, der);
	else
		add_once(t->others, &t->others_n, der);
}

static void
add_certificates_of(struct parts *t, const struct signed_data *d)
{
	for (size_t i = 0; i < d->certificates_n; i++)
		add_certificate(t, d->certificates[i]);
}

static enum err
add_seal(struct parts *t, const struct package_seal *s, struct str der)
{
	TRY(parts_add_file(t, s->file, der));
	t->p->seals[t->p->seals_n++] = *s; /* one a file: it has room */
	return OK;
}

/* genTime of RFC 3161 2.4.2, in whole seconds; 0 when there is none. */
static int64_t
token_ms(struct str der)
{
	const unsigned char *at = (const unsigned char *)der.p;
	PKCS7 *container = d2i_PKCS7(NULL, &at, (long)der.n);
	TS_TST_INFO *info = container ? PKCS7_to_TS_TST_INFO(container) : NULL;
	struct tm tm;
	bool good = info && ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm);
	TS_TST_INFO_free(info);
	PKCS7_free(container);
	return good ? (int64_t)timegm(&tm) * 1000 : 0;
}

static enum err
add_token(struct parts *t, struct package_seal *s, struct str der)
{
	struct signed_data d CLEANUP(signed_data_free) = {0};
	const char *why;
	TRY(signed_data_read(der, &d, &why));
	add_certificates_of(t, &d);
	s->is_timestamp = true;
	s->at_ms = token_ms(der);
	return add_seal(t, s, der);
}

/* A signature, and the timestamp in it over its value. */
static enum err
add_signature(struct parts *t, const char *stem, unsigned number, struct package_seal *s, struct str der)
{
	struct signed_data d CLEANUP(signed_data_free) = {0};
	const char *why;
	char place[24] = "";
	size_t mine = t->p->seals_n;
	if (number)
		snprintf(place, sizeof(place), "-%u", number);
	TRY(signed_data_read(der, &d, &why));
	add_certificates_of(t, &d);
	s->file = arena_printf(t->a, "signatures/%s%s.p7s", stem, place);
	TRY(add_seal(t, s, der));
	if (!d.token.n)
		return OK;
	struct package_seal stamp = {.file = arena_printf(t->a, "timestamps/%s%s.tst", stem, place),
	    .of = s->file,
	    .then_at = (size_t)(d.signature.p - der.p),
	    .then_n = d.signature.n};
	TRY(add_token(t, &stamp, d.token));
	t->p->seals[mine].at_ms = stamp.at_ms;
	return OK;
}

enum err
parts_add_signature(struct parts *t, const char *stem, struct str of, size_t n, struct str der)
{
	struct package_seal s = {.of = of, .first_n = n};
	return add_signature(t, stem, 0, &s, der);
}

static enum err
add_container(struct parts *t, const char *stem, unsigned number, struct str of, struct str pdf,
    const struct pdf_signature *found)
{
	struct str padded = found->contents;
	struct der_value container;
	const int64_t *r = found->range;
	bool within = found->range_n == 4 && r[0] == 0 && r[1] >= 0 && r[2] >= r[1] && r[3] >= 0 &&
	              r[2] <= (int64_t)pdf.n && r[3] <= (int64_t)pdf.n - r[2];
	if (!within || !der_expect(&padded, TAG_SEQUENCE, &container))
		return ERR_PDF_BROKEN;
	struct package_seal s = {
	    .of = of, .first_n = (size_t)r[1], .then_at = (size_t)r[2], .then_n = (size_t)r[3]};
	if (!found->is_timestamp)
		return add_signature(t, stem, number, &s, container.whole);
	s.file = arena_printf(t->a, "timestamps/%s-%u.tst", stem, number);
	return add_token(t, &s, container.whole);
}

/* What has no timestamp in itself existed at the first one over it. */
static void
date_signatures(struct package *p, size_t from)
{
	for (size_t i = from; i < p->seals_n; i++)
		for (size_t k = i + 1; !p->seals[i].at_ms && k < p->seals_n; k++)
			if (p->seals[k].is_timestamp && str_eq(p->seals[k].of, p->seals[i].of))
				p->seals[i].at_ms = p->seals[k].at_ms;
}

static enum err
add_revocation(struct parts *t, const char *format, const struct str *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool known = false;
		for (size_t k = 0; k < t->p->revocation_n; k++)
			for (size_t f = 0; f < t->p->files_n; f++)
				known = known || (str_eq(t->p->files[f].name, t->p->revocation[k]) &&
				                     str_eq(t->p->files[f].bytes, all[i]));
		if (known)
			continue;
		struct str name = arena_printf(t->a, format, t->p->revocation_n + 1);
		TRY(parts_add_file(t, name, all[i]));
		t->p->revocation[t->p->revocation_n++] = name;
	}
	return OK;
}

enum err
parts_add_pdf(struct parts *t, const char *stem, struct str of, struct str pdf)
{
	struct pdf_signature *found;
	struct pdf_dss dss;
	struct pdf *p;
	size_t n, first = t->p->seals_n;
	TRY(pdf_open(t->a, pdf, NULL, &p));
	TRY(pdf_signatures(t->a, p, &found, &n));
	for (size_t i = 0; i < n; i++)
		TRY(add_container(t, stem, (unsigned)i + 1, of, pdf, &found[i]));
	date_signatures(t->p, first);
	TRY(pdf_dss_read(t->a, p, &dss));
	for (size_t i = 0; i < dss.certs_n; i++)
		add_certificate(t, dss.certs[i]);
	TRY(add_revocation(t, "revocation/%zu.crl", dss.crls, dss.crls_n));
	return add_revocation(t, "revocation/%zu.ocsp", dss.ocsps, dss.ocsps_n);
}

static enum err
add_pem(struct parts *t, const char *name, const struct str *all, size_t n)
{
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new(BIO_s_mem());
	char *text;
	for (size_t i = 0; bio && i < n; i++)
		if (!PEM_write_bio(bio, PEM_STRING_X509, "", (const unsigned char *)all[i].p, (long)all[i].n))
			return ERR_NOMEM;
	if (!bio)
		return ERR_NOMEM;
	long length = BIO_get_mem_data(bio, &text);
	return parts_add_file(t, str_c(name), arena_str(t->a, str_make(text, (size_t)length)));
}

static size_t
decode(X509 **to, const struct str *der, size_t n)
{
	size_t decoded = 0;
	for (size_t i = 0; i < n; i++) {
		const unsigned char *at = (const unsigned char *)der[i].p;
		X509 *x = d2i_X509(NULL, &at, (long)der[i].n);
		if (x)
			to[decoded++] = x;
	}
	return decoded;
}

static bool
is_there(X509 *const *all, size_t n, const X509_NAME *name)
{
	for (size_t i = 0; i < n; i++)
		if (X509_NAME_cmp(X509_get_subject_name(all[i]), name) == 0)
			return true;
	return false;
}

static void
note_missing(struct parts *t)
{
	X509 *all[2 * PARTS_CERTIFICATES_MAX];
	size_t n = decode(all, t->roots, t->roots_n);
	n += decode(all + n, t->others, t->others_n);
	for (size_t i = 0; i < n; i++) {
		const X509_NAME *issuer = X509_get_issuer_name(all[i]);
		if (!is_there(all, n, issuer))
			add_once(t->p->missing, &t->p->missing_n, x509_name_text(t->a, issuer));
	}
	for (size_t i = 0; i < n; i++)
		X509_free(all[i]);
}

enum err
parts_add_certificates(struct parts *t)
{
	note_missing(t);
	TRY(add_pem(t, PACKAGE_ROOTS, t->roots, t->roots_n));
	return add_pem(t, PACKAGE_OTHERS, t->others, t->others_n);
}
