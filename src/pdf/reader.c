#include "pdf_impl.h"

const struct pdf_limits PDF_LIMITS_DEFAULT = {
    .file_bytes = 64u << 20,
    .objects = 300 * 1000,
    .decoded_bytes = 256u << 20,
    .depth = 64,
    .revisions = 256,
    .pages = 1000,
};

/* "%PDF-1.7" at the very first byte. */
static enum err
read_header(struct pdf *p)
{
	struct str b = p->bytes;

	if (!str_starts(b, STR("%PDF-")))
		return ERR_NOT_PDF;
	if (b.n < 9 || b.p[5] < '1' || b.p[5] > '9' || b.p[6] != '.' || b.p[7] < '0' || b.p[7] > '9')
		return ERR_PDF_BROKEN;
	p->major = b.p[5] - '0';
	p->minor = b.p[7] - '0';
	return OK;
}

static enum err
read_version(struct pdf *p)
{
	const struct pdf_obj *catalog, *v;
	uint32_t num;

	TRY(pdf_catalog(p, &catalog, &num));
	TRY(pdf_get(p, catalog, "Version", &v));
	if (v && v->kind == PDF_NAME && v->u.text.n == 3 && v->u.text.p[1] == '.') {
		int major = v->u.text.p[0] - '0', minor = v->u.text.p[2] - '0';

		if (major >= 1 && major <= 9 && minor >= 0 && minor <= 9 &&
		    major * 10 + minor > p->major * 10 + p->minor) {
			p->major = major;
			p->minor = minor;
		}
	}
	return OK;
}

enum err
pdf_open(struct arena *a, struct str bytes, const struct pdf_limits *limits, struct pdf **ret)
{
	struct pdf *p = ARENA_NEW(a, struct pdf);

	p->a = a;
	p->bytes = bytes;
	p->limits = limits ? *limits : PDF_LIMITS_DEFAULT;
	if (bytes.n > p->limits.file_bytes)
		return ERR_PDF_LIMIT;
	TRY(read_header(p));
	TRY(pdf_xref_load(p));
	TRY(read_version(p));
	*ret = p;
	return OK;
}

struct str
pdf_bytes(const struct pdf *p)
{
	return p->bytes;
}

void
pdf_document_version(const struct pdf *p, int *ret_major, int *ret_minor)
{
	*ret_major = p->major;
	*ret_minor = p->minor;
}

const struct pdf_obj *
pdf_trailer_dict(const struct pdf *p)
{
	return &p->trailer;
}

uint32_t
pdf_max_num(const struct pdf *p)
{
	return p->slots_n ? (uint32_t)(p->slots_n - 1) : 0;
}

size_t
pdf_revisions(const struct pdf *p, const struct pdf_revision **ret)
{
	*ret = p->revisions;
	return p->revisions_n;
}

enum err
pdf_catalog(struct pdf *p, const struct pdf_obj **ret, uint32_t *ret_num)
{
	const struct pdf_obj *root = pdf_key(&p->trailer, "Root"), *catalog;

	if (!root || root->kind != PDF_REF)
		return ERR_PDF_BROKEN;
	TRY(pdf_resolve(p, root, &catalog));
	if (catalog->kind != PDF_DICT)
		return ERR_PDF_BROKEN;
	*ret = catalog;
	*ret_num = root->u.ref.num;
	return OK;
}
