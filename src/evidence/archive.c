/* Evidence that outlives its makers: what a verifier would have to ask for is put into the document, and a
 * timestamp over that (EN 319 142-1 5.5, level B-LTA). */
#include "der_read.h"
#include "dss.h"
#include "pades.h"
#include "signed_data.h"

enum { TAG_SEQUENCE = 0x30 };

struct collecting {
	struct arena *a;
	struct pdf_dss found;
};

static enum err
collect(struct collecting *c, struct str der)
{
	struct signed_data data CLEANUP(signed_data_free) = {0};
	const char *why;
	TRY(signed_data_read(der, &data, &why));
	for (size_t i = 0; i < data.certificates_n && c->found.certs_n < PDF_DSS_MAX; i++)
		c->found.certs[c->found.certs_n++] = arena_str(c->a, data.certificates[i]);
	return data.token.n ? collect(c, data.token) : OK;
}

/* The certificates of every signature and timestamp in the file. */
static enum err
collect_certificates(struct collecting *c, struct pdf *p, size_t *ret_signatures)
{
	struct pdf_signature *all;
	TRY(pdf_signatures(c->a, p, &all, ret_signatures));
	c->found.certs = ARENA_ARRAY(c->a, struct str, PDF_DSS_MAX);
	for (size_t i = 0; i < *ret_signatures; i++) {
		struct str padded = all[i].contents;
		struct der_value container;
		if (!der_expect(&padded, TAG_SEQUENCE, &container))
			return ERR_PDF_BROKEN;
		TRY(collect(c, container.whole));
	}
	return OK;
}

static enum err
append_material(struct arena *a, struct str *crls, size_t crls_n, struct buf *file, size_t *ret_signatures)
{
	struct collecting c = {.a = a, .found = {.crls = crls, .crls_n = crls_n}};
	struct pdf *p;
	TRY(pdf_open(a, buf_str(file), NULL, &p));
	TRY(collect_certificates(&c, p, ret_signatures));
	return pdf_dss_append(a, p, &c.found, file);
}

static enum err
newest_until(struct arena *a, const struct buf *file, int64_t *ret_ms)
{
	struct signed_data data CLEANUP(signed_data_free) = {0};
	struct pdf_signature *all;
	struct der_value container;
	struct pdf *p;
	const char *why;
	size_t n;
	TRY(pdf_open(a, buf_str(file), NULL, &p));
	TRY(pdf_signatures(a, p, &all, &n));
	if (n == 0 || !der_expect(&all[n - 1].contents, TAG_SEQUENCE, &container))
		return BUG("the timestamp just made is not there");
	TRY(signed_data_read(container.whole, &data, &why));
	*ret_ms = signed_data_until_ms(&data);
	return OK;
}

enum err
pades_archive(const struct pades *p, struct str *crls, size_t crls_n, struct buf *file, int64_t *ret_time_ms,
    int64_t *ret_until_ms)
{
	struct arena a CLEANUP(arena_free) = {0};
	size_t before = file->n, signatures;
	enum err e = append_material(&a, crls, crls_n, file, &signatures);
	if (e == OK) {
		struct str field = arena_printf(&a, "keiin-archive-%zu", signatures + 1);
		struct pdf_sign_request req = {.kind = PDF_SIGN_TIMESTAMP, .field = arena_cstr(&a, field)};
		e = pades_sign(p, &req, false, file, ret_time_ms);
	}
	if (e == OK)
		e = newest_until(&a, file, ret_until_ms);
	if (e != OK)
		file->n = before;
	return e;
}
