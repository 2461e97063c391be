/* What a sender may look at and take away. */
#include "envelope_files.h"

#include "app_text.h"
#include "dossier.h"
#include "intake.h"
#include "package_make.h"

enum err
envelope_file(struct app *a, const struct row_envelope *e, enum download what, struct file_ref *ret)
{
	struct str digest = what == DOWNLOAD_CONTRACT ? e->concluded_sha256 : e->certificate_sha256;
	struct str archived = what == DOWNLOAD_CONTRACT ? e->archived_sha256 : e->archived_certificate_sha256;
	if (digest.n == 0)
		return ERR_WRONG_STATE;
	if (archived.n)
		digest = archived;
	*ret = (struct file_ref){.mime = STR("application/pdf"),
	    .file_name = arena_printf(
	        a->arena, what == DOWNLOAD_CONTRACT ? "%.*s.pdf" : "%.*s_合意証明書.pdf", STR_ARG(e->title))};
	return digest_read(digest, &ret->blob);
}

enum err
app_envelope_page(struct app *a, const struct user *u, struct str envelope, unsigned page, unsigned width_px,
    struct str *ret_png)
{
	struct dossier d;
	TRY(dossier_load_of(a, u, envelope, &d));
	return page_image(
	    a, d.e.document_sha256.n ? d.e.document_sha256 : d.e.source_sha256, page, width_px, ret_png);
}

enum err
app_envelope_download(
    struct app *a, const struct user *u, struct str envelope, enum download what, struct file_ref *ret)
{
	struct dossier d;
	TRY(dossier_load_of(a, u, envelope, &d));
	return envelope_file(a, &d.e, what, ret);
}

enum err
app_envelope_package(struct app *a, const struct user *u, struct str envelope, struct package *ret)
{
	struct dossier d;
	TRY(dossier_load_of(a, u, envelope, &d));
	return package_make(a, &d.e, ret);
}

enum err
app_submission_download(struct app *a, const struct user *u, struct str submission, struct file_ref *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_submission s;
	TRY(tx_read(a->store, &tx));
	TRY(q_submission_for(&tx, a->arena, u->organisation, submission, &s));
	*ret = (struct file_ref){.file_name = s.file_name, .mime = s.mime};
	return digest_read(s.sha256, &ret->blob);
}
