#include "archive.h"
#include "clock.h"
#include "cms.h"
#include "der.h"
#include "der_read.h"
#include "inkan.h"
#include "pades.h"
#include "sealer_new.h"
#include "x509_text.h"

/* Field names of the platform's own signatures; those of participants are the caller's. */
#define FIELD_CERTIFICATION "keiin-certification"
#define FIELD_TIMESTAMP "keiin-timestamp"
#define FIELD_SEAL "keiin-seal"

static const int64_t RENEW_BEFORE_MS = 365 * 86400000LL;

struct sealer {
	struct signer signer;
	const struct certificates *certs;
	struct tsa *tsa;
	struct outside *outside;
	struct str name; /* common name of the seal's certificate */
};

static struct pades
pades_of(const struct sealer *s, struct str job)
{
	return (struct pades){.signer = s->signer, .certs = s->certs, .tsa = s->tsa, .job = job};
}

/* The same with timestamps of one authority. */
static enum err
pades_by(const struct sealer *s, struct str job, struct str authority, struct arena *a, struct pades *ret)
{
	*ret = pades_of(s, job);
	return tsa_choose(s->tsa, authority, a, &ret->tsa);
}

enum err
sealer_new(struct arena *a, struct signer signer, const struct certificates *certs, struct tsa *tsa,
    struct outside *outside, struct sealer **ret)
{
	struct sealer *s = ARENA_NEW(a, struct sealer);

	*s = (struct sealer){.signer = signer, .certs = certs, .tsa = tsa, .outside = outside};
	TRY(x509_common_name(a, certs->seal.leaf, &s->name));
	*ret = s;
	return OK;
}

enum err
sealer_certify(struct sealer *s, struct str job, const struct seal_place *places, size_t n, int64_t at_ms,
    struct buf *file)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct pades pades = pades_of(s, job);
	struct pdf_new_field *fields = ARENA_ARRAY(&a, struct pdf_new_field, n + 1);
	struct pdf_sign_request req = {.kind = PDF_SIGN_CERTIFY,
	    .field = FIELD_CERTIFICATION,
	    .fields = fields,
	    .fields_n = n,
	    .name = s->name,
	    .reason = STR("送信時の契約書の証明"),
	    .date = clock_pdf(&a, at_ms)};

	for (size_t i = 0; i < n; i++)
		fields[i] = (struct pdf_new_field){.name = arena_cstr(&a, places[i].field),
		    .visible = places[i].w_mm > 0,
		    .place = {
		        places[i].page, places[i].x_mm, places[i].y_mm, places[i].w_mm, places[i].h_mm}};
	return pades_sign(&pades, &req, false, file, NULL);
}

static enum err
ink_of(struct arena *a, struct str impression, struct pdf_ink *ret)
{
	struct inkan k;

	TRY(inkan_decode(a, impression, &k));
	*ret = (struct pdf_ink){.width_mm = k.width_mm,
	    .height_mm = k.height_mm,
	    .rgb = k.rgb,
	    .path = k.path,
	    .mask_w = k.mask_w,
	    .mask_h = k.mask_h,
	    .mask = k.mask};
	return OK;
}

enum err
sealer_approve(struct sealer *s, struct str job, const struct seal_approval *what,
    struct sha256_prefix *hashed, struct buf *file)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct pades pades = pades_of(s, job);
	struct pdf_ink ink;
	struct pdf_sign_request req = {.kind = PDF_SIGN_APPROVE,
	    .field = arena_cstr(&a, what->field),
	    .name = what->name,
	    .reason = what->reason,
	    .date = clock_pdf(&a, what->at_ms)};

	pades.hashed = hashed;
	if (what->impression.n) {
		TRY(ink_of(&a, what->impression, &ink));
		req.ink = &ink;
	}
	return pades_sign(&pades, &req, false, file, NULL);
}

/* Who signed the newest timestamp, by its certificate. */
static enum err
stamped_by(struct arena *a, const struct buf *file, struct str *ret)
{
	struct signed_data data CLEANUP(signed_data_free) = {0};
	struct pdf_signature *all;
	struct der_value container;
	struct pdf *p;
	const char *why;
	size_t n;

	TRY(pdf_open(a, buf_str(file), NULL, &p));
	TRY(pdf_signatures(a, p, &all, &n));
	if (n == 0 || !der_expect(&all[n - 1].contents, DER_SEQUENCE, &container))
		return ERR_PDF_BROKEN;
	TRY(signed_data_read(container.whole, &data, &why));
	for (size_t i = 0; i < data.certificates_n; i++)
		if (data.parsed[i] == data.leaf)
			return x509_common_name(a, data.certificates[i], ret);
	return ERR_INVALID;
}

enum err
sealer_timestamp(struct sealer *s, struct str job, struct str authority, struct sha256_prefix *hashed,
    struct buf *file, struct arena *a, struct seal_stamp *ret)
{
	struct arena own CLEANUP(arena_free) = {0};
	struct pdf_sign_request req = {.kind = PDF_SIGN_TIMESTAMP, .field = FIELD_TIMESTAMP};
	struct seal_stamp stamp;
	struct pades pades;

	TRY(pades_by(s, job, authority, &own, &pades));
	pades.hashed = hashed;
	TRY(pades_sign(&pades, &req, false, file, &stamp.time_ms));
	TRY(stamped_by(&own, file, &stamp.by));
	stamp.by = arena_str(a, stamp.by);
	*ret = stamp;
	return OK;
}

enum err
sealer_material(struct sealer *s, struct str job, struct buf *file)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct str crl;

	enum err e = s->signer.crl(s->signer.self, job, &a, &crl);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_CONFIG : e;
	return archive_material(s->outside, &crl, 1, file);
}

enum err
sealer_archive(
    struct sealer *s, struct str job, struct str authority, struct buf *file, int64_t *ret_renew_ms)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct pades pades;
	int64_t at_ms, until_ms;

	TRY(pades_by(s, job, authority, &a, &pades));
	TRY(archive_timestamp(&pades, file, &at_ms, &until_ms));
	int64_t margin_ms = (until_ms - at_ms) / 4;
	*ret_renew_ms = until_ms - (margin_ms < RENEW_BEFORE_MS ? margin_ms : RENEW_BEFORE_MS);
	return OK;
}

enum err
sealer_seal(struct sealer *s, struct str job, struct str authority, struct str reason, int64_t at_ms,
    struct buf *file)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct pades pades;
	struct pdf_sign_request req = {.kind = PDF_SIGN_APPROVE,
	    .field = FIELD_SEAL,
	    .name = s->name,
	    .reason = reason,
	    .date = clock_pdf(&a, at_ms)};

	TRY(pades_by(s, job, authority, &a, &pades));
	return pades_sign(&pades, &req, true, file, NULL);
}

enum err
sealer_note(struct sealer *s, struct str job, struct str text, struct arena *a, struct str *ret)
{
	struct cms_request r = {.signer = s->signer,
	    .key = KEY_SEAL,
	    .chain = &s->certs->seal,
	    .job = job,
	    .digest = sha256_of(text)};
	struct cms_signed signature;
	struct str token;
	int64_t at_ms;

	TRY(cms_sign(a, &r, &signature));
	struct sha256 digest = sha256_of(signature.signature);
	TRY(tsa_token(s->tsa, job, &digest, a, &token, &at_ms));
	*ret = cms_encode(a, &r, &signature, token);
	return OK;
}

enum err
sealer_identity(struct sealer *s, struct arena *a, struct sealer_identity *ret)
{
	ret->subject = s->name;
	ret->fingerprint_sha256 = sha256_hex(a, &s->certs->seal.leaf_digest);
	return x509_serial(a, s->certs->seal.leaf, &ret->serial);
}
