/* 契約書を検証: our own record of the file first, then its signatures. */
#include "app_text.h"
#include "app.h"
#include "issued.h"

#include "query.h"

static enum err
look_up(struct app *a, struct str sha256, struct verify_view *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_issued_file_get r;
	TRY(tx_read(a->store, &tx));
	enum err e = q_issued_file_get(&tx, a->arena, sha256, &r);
	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	ret->known = true;
	ret->known_certificate = r.kind == ISSUED_CERTIFICATE;
	return OK;
}

enum err
app_verify(struct app *a, struct str pdf, struct str anchors_pem, bool english, struct verify_view *ret)
{
	struct document_verdict by_us;
	struct sha256 digest = sha256_of(pdf);
	*ret = (struct verify_view){0};
	if (pdf.n == 0)
		return ERR_NOT_PDF;
	TRY(look_up(a, sha256_hex(a->arena, &digest), ret));
	TRY(documents_verify(a->documents, pdf, anchors_pem, english, a->arena, &ret->verdict));
	if (ret->verdict.kind != DOCUMENT_SOUND)
		return OK;
	if (anchors_pem.n) {
		ret->issuer = VERIFY_ISSUER_GIVEN;
		return OK;
	}
	TRY(documents_verify(a->documents, pdf, a->config->root_pem, english, a->arena, &by_us));
	if (by_us.kind == DOCUMENT_SOUND) {
		ret->issuer = VERIFY_ISSUER_OURS;
		ret->verdict = by_us;
	}
	return OK;
}
