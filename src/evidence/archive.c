/* Evidence that outlives its makers: what a verifier would have to ask for is put into the document, and a
 * timestamp over that (EN 319 142-1 5.5, level B-LTA). */
#include "archive.h"

#include "der_read.h"
#include "token.h"

enum { TAG_SEQUENCE = 0x30 };

/* A container of the file, or the token in one, and the time at which it is known to have existed. */
struct judged {
	struct str der;
	int64_t at_ms; /* 0: no timestamp is over it */
};

struct collecting {
	struct arena *a;
	struct judged *all;
	size_t n;
	struct pdf_dss found;
};

static enum err
collect_certificates(struct collecting *c, const struct signed_data *data)
{
	for (size_t i = 0; i < data->certificates_n; i++) {
		if (c->found.certs_n == PDF_DSS_MAX)
			return ERR_PDF_LIMIT;
		c->found.certs[c->found.certs_n++] = arena_str(c->a, data->certificates[i]);
	}
	return OK;
}

/* A container and the token within. later_ms: of the first timestamp behind it; moves to this one's time when
 * it is one itself. */
static enum err
collect(struct collecting *c, struct str der, bool is_timestamp, int64_t *later_ms)
{
	struct signed_data data CLEANUP(signed_data_free) = {0}, token CLEANUP(signed_data_free) = {0};
	const char *why;
	int64_t own_ms = 0;
	TRY(signed_data_read(der, &data, &why));
	TRY(collect_certificates(c, &data));
	if (data.token.n) {
		TRY(signed_data_read(data.token, &token, &why));
		TRY(collect_certificates(c, &token));
		TRY(token_time(&token, &own_ms));
		c->all[c->n++] = (struct judged){data.token, own_ms};
	}
	if (is_timestamp)
		TRY(token_time(&data, later_ms));
	c->all[c->n++] = (struct judged){der, own_ms ? own_ms : *later_ms};
	return OK;
}

/* Every signature and timestamp in the file, the newest first. */
static enum err
collect_all(struct collecting *c, struct pdf *p)
{
	struct pdf_signature *all;
	int64_t later_ms = 0;
	size_t n;
	TRY(pdf_signatures(c->a, p, &all, &n));
	c->all = ARENA_ARRAY(c->a, struct judged, 2 * n + 1);
	c->found.certs = ARENA_ARRAY(c->a, struct str, PDF_DSS_MAX);
	c->found.crls = ARENA_ARRAY(c->a, struct str, PDF_DSS_MAX);
	c->found.ocsps = ARENA_ARRAY(c->a, struct str, PDF_DSS_MAX);
	for (size_t i = n; i > 0; i--) {
		struct str padded = all[i - 1].contents;
		struct der_value container;
		if (!der_expect(&padded, TAG_SEQUENCE, &container))
			return ERR_PDF_BROKEN;
		TRY(collect(c, container.whole, all[i - 1].is_timestamp, &later_ms));
	}
	return OK;
}

/* What is asked for outside: about chains that the file and the lists that are given say nothing conclusive
 * about. */
static enum err
complete(struct collecting *c, struct outside *outside, struct material *m)
{
	struct gathering g = {.a = c->a, .outside = outside, .material = m, .found = &c->found};
	for (size_t i = 0; i < c->n; i++) {
		struct signed_data data CLEANUP(signed_data_free) = {0};
		const char *why;
		if (!c->all[i].at_ms)
			continue;
		TRY(signed_data_read(c->all[i].der, &data, &why));
		TRY(gather_chain(&g, &data, c->all[i].at_ms));
	}
	return OK;
}

enum err
archive_material(struct outside *outside, const struct str *crls, size_t crls_n, struct buf *file)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct material m CLEANUP(material_free) = {0};
	struct collecting c = {.a = &a};
	struct pdf *p;
	TRY(pdf_open(&a, buf_str(file), NULL, &p));
	TRY(collect_all(&c, p));
	TRY(material_read(&a, p, &m));
	for (size_t i = 0; i < crls_n && c.found.crls_n < PDF_DSS_MAX; i++)
		if (material_add_crl(&m, crls[i]))
			c.found.crls[c.found.crls_n++] = crls[i];
	if (outside)
		TRY(complete(&c, outside, &m));
	return pdf_dss_append(&a, p, &c.found, file);
}

static enum err
newest_until(struct arena *a, const struct buf *file, size_t *ret_signatures, int64_t *ret_ms)
{
	struct signed_data data CLEANUP(signed_data_free) = {0};
	struct pdf_signature *all;
	struct der_value container;
	struct pdf *p;
	const char *why;
	TRY(pdf_open(a, buf_str(file), NULL, &p));
	TRY(pdf_signatures(a, p, &all, ret_signatures));
	if (*ret_signatures == 0 || !der_expect(&all[*ret_signatures - 1].contents, TAG_SEQUENCE, &container))
		return ERR_PDF_BROKEN;
	TRY(signed_data_read(container.whole, &data, &why));
	*ret_ms = signed_data_until_ms(&data);
	return OK;
}

enum err
archive_timestamp(const struct pades *p, struct buf *file, int64_t *ret_time_ms, int64_t *ret_until_ms)
{
	struct arena a CLEANUP(arena_free) = {0};
	size_t before = file->n, signatures;
	int64_t earlier;
	TRY(newest_until(&a, file, &signatures, &earlier));
	struct str field = arena_printf(&a, "keiin-archive-%zu", signatures + 1);
	struct pdf_sign_request req = {.kind = PDF_SIGN_TIMESTAMP, .field = arena_cstr(&a, field)};
	enum err e = pades_sign(p, &req, false, file, ret_time_ms);
	if (e == OK)
		e = newest_until(&a, file, &signatures, ret_until_ms);
	if (e != OK)
		file->n = before;
	return e;
}
