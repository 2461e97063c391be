#include "judging.h"

#include "ossl.h"
#include "package_names.h"
#include "reader.h"

#include <jansson.h>

/* ---- the certificate's record ---- */

/* The file audit.json among the associated ones (ISO 32000-2 14.13); empty when there is none. */
static enum err
read_attachment(struct arena *a, struct str pdf, struct str *ret)
{
	const struct pdf_obj *catalog, *all, *file, *name, *embedded, *stream;
	struct pdf *p;
	uint32_t num;
	*ret = STR_NONE;
	TRY(pdf_open(a, pdf, NULL, &p));
	TRY(pdf_catalog(p, &catalog, &num));
	TRY(pdf_get(p, catalog, "AF", &all));
	for (size_t i = 0; all && all->kind == PDF_ARRAY && i < all->u.array.n; i++) {
		TRY(pdf_resolve(p, &all->u.array.items[i], &file));
		if (file->kind != PDF_DICT)
			continue;
		TRY(pdf_get(p, file, "F", &name));
		TRY(pdf_get(p, file, "EF", &embedded));
		if (!name || name->kind != PDF_STRING || !str_eq(name->u.text, STR("audit.json")) ||
		    !embedded || embedded->kind != PDF_DICT)
			continue;
		TRY(pdf_get(p, embedded, "F", &stream));
		if (stream && stream->kind == PDF_STREAM)
			return pdf_stream_data(p, stream, ret);
	}
	return OK;
}

static bool
compare_events(struct judging *j, json_t *stated)
{
	size_t n = json_array_size(stated);
	if (n == 0)
		return judging_fault(j, PACKAGE_NOT_STATED, STR_NONE);
	for (size_t i = 0; i < n; i++) {
		const char *hash = json_string_value(json_object_get(json_array_get(stated, i), "hash"));
		if (i >= j->events_n || !str_eq(str_c(hash), j->hashes[i]))
			return judging_fault_at(j, PACKAGE_STATED_OTHERWISE, i + 1);
	}
	return true;
}

static bool
check_certificate(struct judging *j)
{
	struct str text;
	if (read_attachment(j->a, j->p.certificate, &text) != OK || !text.n)
		return judging_fault(j, PACKAGE_NOT_STATED, STR_NONE);
	json_t *o = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	bool good = compare_events(j, json_object_get(o, "events"));
	json_decref(o);
	return good;
}

/* ---- digests in the events ---- */

/* The last event of that kind; NULL when there is none. */
static const struct audit_event *
last_of(const struct judging *j, enum audit_kind kind)
{
	for (size_t i = j->events_n; i-- > 0;)
		if (str_eq(j->events[i].event, audit_name(kind)))
			return &j->events[i];
	return NULL;
}

/* Whether the file as it was at the end of one of its revisions had that digest. */
static bool
begins_with(struct arena *a, struct str pdf, struct str sha256)
{
	const struct pdf_revision *revisions;
	EVP_MD_CTX *whole CLEANUP(ossl_md_ctx_free) = EVP_MD_CTX_new();
	EVP_MD_CTX *part CLEANUP(ossl_md_ctx_free) = EVP_MD_CTX_new();
	struct sha256 d;
	struct pdf *p;
	size_t at = 0;
	if (!whole || !part || pdf_open(a, pdf, NULL, &p) != OK ||
	    !EVP_DigestInit_ex(whole, EVP_sha256(), NULL))
		return false;
	size_t n = pdf_revisions(p, &revisions);
	for (size_t i = 0; i < n; i++) {
		if (revisions[i].end < at || revisions[i].end > pdf.n ||
		    !EVP_DigestUpdate(whole, pdf.p + at, revisions[i].end - at) ||
		    !EVP_MD_CTX_copy_ex(part, whole) || !EVP_DigestFinal_ex(part, d.b, NULL))
			return false;
		at = revisions[i].end;
		if (str_eq(sha256_hex(a, &d), sha256))
			return true;
	}
	return false;
}

static bool
check_beginning(struct judging *j, enum audit_kind kind, struct str pdf, const char *name)
{
	const struct audit_event *e = last_of(j, kind);
	if (!e)
		return judging_fault(j, PACKAGE_INCOMPLETE, audit_name(kind));
	return begins_with(j->a, pdf, e->detail) || judging_fault(j, PACKAGE_OTHER_FILE, str_c(name));
}

static bool
check_whole(struct judging *j)
{
	const struct audit_event *archived = last_of(j, AUDIT_ARCHIVED),
	                         *newest = archived ? archived : last_of(j, AUDIT_SEALED);
	return str_eq(j->v->contract.sha256, newest->detail) ||
	       judging_fault(j, PACKAGE_OTHER_FILE, STR(PACKAGE_CONTRACT));
}

/* ---- submitted documents: "REQUEST: FILE SHA256" ---- */

static struct str
submitted_digest(const struct audit_event *e)
{
	return str_slice(e->detail, e->detail.n < 64 ? 0 : e->detail.n - 64, e->detail.n);
}

static bool
is_about_same(const struct audit_event *a, const struct audit_event *b)
{
	ptrdiff_t request = str_find(a->detail, STR(": "));
	return str_eq(a->participant, b->participant) && request > 0 &&
	       str_starts(b->detail, str_slice(a->detail, 0, (size_t)request + 2));
}

/* Submitted, and neither replaced nor taken back. */
static bool
is_final(const struct judging *j, size_t i)
{
	for (size_t k = i + 1; k < j->events_n; k++)
		if ((str_eq(j->events[k].event, audit_name(AUDIT_SUBMITTED)) ||
		        str_eq(j->events[k].event, audit_name(AUDIT_UNSUBMITTED))) &&
		    is_about_same(&j->events[i], &j->events[k]))
			return false;
	return true;
}

static bool
is_document(const struct zip_entry *f)
{
	return str_starts(f->name, STR(PACKAGE_DOCUMENTS));
}

static bool
has_document(const struct judging *j, struct str sha256)
{
	for (size_t i = 0; i < j->n; i++) {
		struct sha256 d;
		if (!is_document(&j->entries[i]))
			continue;
		d = sha256_of(j->entries[i].bytes);
		if (str_eq(sha256_hex(j->a, &d), sha256))
			return true;
	}
	return false;
}

static bool
is_submitted(const struct judging *j, const struct zip_entry *f)
{
	struct sha256 d = sha256_of(f->bytes);
	struct str sha256 = sha256_hex(j->a, &d);
	for (size_t i = 0; i < j->events_n; i++)
		if (str_eq(j->events[i].event, audit_name(AUDIT_SUBMITTED)) &&
		    str_eq(submitted_digest(&j->events[i]), sha256))
			return true;
	return false;
}

static bool
check_documents(struct judging *j)
{
	for (size_t i = 0; i < j->n; i++) {
		if (!is_document(&j->entries[i]))
			continue;
		j->v->documents_n++;
		if (!is_submitted(j, &j->entries[i]))
			return judging_fault(j, PACKAGE_DOCUMENT_UNKNOWN, j->entries[i].name);
	}
	for (size_t i = 0; i < j->events_n; i++)
		if (str_eq(j->events[i].event, audit_name(AUDIT_SUBMITTED)) && is_final(j, i) &&
		    !has_document(j, submitted_digest(&j->events[i])))
			return judging_fault(j, PACKAGE_DOCUMENT_MISSING, j->events[i].detail);
	return true;
}

bool
judging_check_stated(struct judging *j)
{
	return check_certificate(j) && check_beginning(j, AUDIT_SENT, j->p.contract, PACKAGE_CONTRACT) &&
	       check_beginning(j, AUDIT_SEALED, j->p.contract, PACKAGE_CONTRACT) &&
	       check_beginning(j, AUDIT_COMPLETED, j->p.certificate, PACKAGE_CERTIFICATE) && check_whole(j) &&
	       check_documents(j);
}
