#include "package_verify.h"

#include "anchors.h"
#include "judging.h"
#include "ledger.h"
#include "note.h"
#include "package_names.h"
#include "signed_data.h"

bool
judging_fault(struct judging *j, enum package_fault what, struct str subject)
{
	if (j->v->fault == PACKAGE_SOUND) {
		j->v->fault = what;
		j->v->subject = subject;
		j->v->verdict = VERDICT_UNSOUND;
	}
	return false;
}

bool
judging_fault_at(struct judging *j, enum package_fault what, uint64_t number)
{
	return judging_fault(j, what, arena_printf(j->a, "%llu", (unsigned long long)number));
}

static bool
unreadable(struct judging *j, enum package_fault what)
{
	judging_fault(j, what, STR_NONE);
	j->v->verdict = VERDICT_UNREADABLE;
	return false;
}

/* ---- the list of digests ---- */

/* "SHA256  NAME" */
static bool
check_line(struct judging *j, struct str line, bool *listed)
{
	struct str sum = str_slice(line, 0, 64), name = str_slice(line, 66, line.n);
	struct zip_entry *f = zip_find(j->entries, j->n, name);
	struct sha256 d;
	if (line.n < 67 || !str_eq(str_slice(line, 64, 66), STR("  ")))
		return unreadable(j, PACKAGE_SUMS_MISSING);
	if (!f)
		return judging_fault(j, PACKAGE_FILE_MISSING, name);
	listed[f - j->entries] = true;
	d = sha256_of(f->bytes);
#ifndef MUTANT_MANIFEST
	if (!str_eq(sha256_hex(j->a, &d), sum))
		return judging_fault(j, PACKAGE_FILE_ALTERED, name);
#endif
	return true;
}

static bool
check_sums(struct judging *j)
{
	struct zip_entry *sums = zip_find(j->entries, j->n, STR(PACKAGE_SUMS));
	bool *listed = ARENA_ARRAY(j->a, bool, j->n + 1);
	struct str rest, line;
	if (!sums || sums->bytes.n == 0)
		return unreadable(j, PACKAGE_SUMS_MISSING);
	listed[sums - j->entries] = true;
	for (rest = sums->bytes; str_split(&rest, '\n', &line);)
		if (!check_line(j, line, listed))
			return false;
	for (size_t i = 0; i < j->n; i++)
		if (!listed[i])
			return judging_fault(j, PACKAGE_FILE_ADDED, j->entries[i].name);
	return true;
}

/* ---- the parts ---- */

static bool
take(struct judging *j, const char *name, struct str *ret)
{
	struct zip_entry *f = zip_find(j->entries, j->n, str_c(name));
	if (!f)
		return judging_fault(j, PACKAGE_FILE_MISSING, str_c(name));
	*ret = f->bytes;
	return true;
}

static bool
take_parts(struct judging *j)
{
	struct str guide;
	return take(j, PACKAGE_GUIDE, &guide) && take(j, PACKAGE_CONTRACT, &j->p.contract) &&
	       take(j, PACKAGE_CERTIFICATE, &j->p.certificate) && take(j, PACKAGE_EVENTS, &j->p.events) &&
	       take(j, PACKAGE_PROOFS, &j->p.proofs) && take(j, PACKAGE_NOTE, &j->p.note) &&
	       take(j, PACKAGE_NOTE_SIGNATURE, &j->p.note_signature);
}

/* Answers whether it could be judged at all; a fault is noted. */
static enum err
judge_pdfs(struct judging *j, struct str trust_pem)
{
	struct package_verification *v = j->v;
	TRY(verify_pdf(j->a, j->p.contract, trust_pem, &v->contract));
	v->has_contract = true;
	TRY(verify_pdf(j->a, j->p.certificate, trust_pem, &v->certificate));
	v->has_certificate = true;
	if (v->contract.verdict != VERDICT_SOUND)
		judging_fault(j, PACKAGE_PDF_UNSOUND, STR(PACKAGE_CONTRACT));
	if (v->certificate.verdict != VERDICT_SOUND)
		judging_fault(j, PACKAGE_PDF_UNSOUND, STR(PACKAGE_CERTIFICATE));
	v->anchored = v->contract.anchored && v->certificate.anchored;
	if (v->fault != PACKAGE_SOUND && package_plan(j->a, &j->p) == OK) {
		v->missing = j->p.missing;
		v->missing_n = j->p.missing_n;
	}
	return OK;
}

/* ---- the checkpoint ---- */

/* Digest of the self-signed certificate that the signer's chain ends in; empty when it is not there. */
static struct str
root_of(struct arena *a, struct str der)
{
	struct signed_data d CLEANUP(signed_data_free) = {0};
	struct sha256 digest;
	const char *why;
	if (signed_data_read(der, &d, &why) != OK)
		return STR_NONE;
	X509 *x = d.leaf, *issuer = signed_data_issuer(&d, x);
	for (size_t i = 0; issuer && issuer != x && i < d.certificates_n; i++) {
		x = issuer;
		issuer = signed_data_issuer(&d, x);
	}
	return issuer == x && X509_digest(x, EVP_sha256(), digest.b, NULL) ? sha256_hex(a, &digest)
	                                                                   : STR_NONE;
}

/* Without given anchors, the contract's root is what the checkpoint is held to. */
static bool
check_root(struct judging *j)
{
	struct str of_note = root_of(j->a, j->p.note_signature), of_contract = STR_NONE;
	for (size_t i = 0; i < j->p.files_n; i++)
		if (str_eq(j->p.files[i].name, STR("signatures/contract-1.p7s")))
			of_contract = root_of(j->a, j->p.files[i].bytes);
	return (of_note.n && str_eq(of_note, of_contract)) ||
	       judging_fault(j, PACKAGE_NOTE_FOREIGN, STR_NONE);
}

static bool
check_note(struct judging *j, struct str trust_pem)
{
	struct package_verification *v = j->v;
	const char *why = "";
	struct str root;
	if (!ledger_note_read(j->p.note, &v->checkpoint_size, &root))
		return judging_fault(j, PACKAGE_NOTE_UNREADABLE, STR_NONE);
	if (note_check(j->a, j->p.note, j->p.note_signature, trust_pem, &v->checkpoint_ms, &why) != OK)
		return judging_fault(j, PACKAGE_NOTE_UNSOUND, str_c(why));
	return judging_check_proofs(j, v->checkpoint_size, root);
}

/* ---- what was taken out of them ---- */

static bool
is_planned(const struct package *p, struct str name)
{
	for (size_t i = 0; i < p->files_n; i++)
		if (str_eq(p->files[i].name, name))
			return true;
	return str_starts(name, STR(PACKAGE_DOCUMENTS)) || str_eq(name, STR(PACKAGE_GUIDE)) ||
	       str_eq(name, STR(PACKAGE_SUMS));
}

static bool
check_files(struct judging *j)
{
	if (package_plan(j->a, &j->p) != OK)
		return judging_fault(j, PACKAGE_PDF_UNSOUND, STR(PACKAGE_CONTRACT));
	for (size_t i = 0; i < j->p.files_n; i++) {
		const struct package_file *should = &j->p.files[i];
		struct zip_entry *f = zip_find(j->entries, j->n, should->name);
		if (!f)
			return judging_fault(j, PACKAGE_FILE_MISSING, should->name);
		if (!str_eq(f->bytes, should->bytes))
			return judging_fault(j, PACKAGE_FILE_ALTERED, should->name);
	}
	for (size_t i = 0; i < j->n; i++)
		if (!is_planned(&j->p, j->entries[i].name))
			return judging_fault(j, PACKAGE_FILE_ADDED, j->entries[i].name);
	return true;
}

/* ---- all together ---- */

static bool
read_archive(struct judging *j, struct str zip)
{
	enum err e = zip_read(j->a, zip, &j->entries, &j->n);
	if (e != OK)
		return unreadable(j, e == ERR_INVALID ? PACKAGE_NO_ZIP : PACKAGE_LIMIT);
	j->v->files_n = j->n;
	return check_sums(j) && take_parts(j);
}

enum err
package_verify(struct arena *a, struct str zip, struct str trust_pem, struct package_verification *ret)
{
	struct judging j = {.a = a, .v = ret};
	struct sha256 d = sha256_of(zip);
	X509_STORE *anchors CLEANUP(anchors_free) = trust_pem.n ? anchors_read(trust_pem) : NULL;
	if (trust_pem.n && !anchors)
		return ERR_INVALID;
	*ret = (struct package_verification){.verdict = VERDICT_UNSOUND, .sha256 = sha256_hex(a, &d)};
	if (!read_archive(&j, zip))
		return OK;
	TRY(judge_pdfs(&j, trust_pem));
	if (ret->fault == PACKAGE_SOUND && judging_read_events(&j) && check_note(&j, trust_pem) &&
	    judging_check_stated(&j) && check_files(&j) && (anchors || check_root(&j)))
		ret->verdict = VERDICT_SOUND;
	return OK;
}
