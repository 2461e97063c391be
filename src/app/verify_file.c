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

/* By our root as well, when nobody else's was given. */
static enum err
judge_pair(struct app *a, const struct str files[2], struct str anchors_pem, bool english,
    struct document_pair *ret, enum verify_issuer *ret_issuer)
{
	struct document_pair by_us;
	*ret_issuer = anchors_pem.n ? VERIFY_ISSUER_GIVEN : VERIFY_ISSUER_UNKNOWN;
	TRY(documents_pair(a->documents, files[0], files[1], anchors_pem, english, a->arena, ret));
	if (!ret->fits || anchors_pem.n)
		return OK;
	TRY(documents_pair(a->documents, files[0], files[1], a->config->root_pem, english, a->arena, &by_us));
	if (by_us.fits) {
		*ret_issuer = VERIFY_ISSUER_OURS;
		*ret = by_us;
	}
	return OK;
}

static enum err
half(struct app *a, const struct document_verdict *v, enum verify_issuer issuer, struct verify_view *ret)
{
	*ret = (struct verify_view){.verdict = *v, .issuer = issuer};
	return look_up(a, v->sha256, ret);
}

enum err
app_verify_pair(struct app *a, struct str first, struct str second, struct str anchors_pem, bool english,
    struct verify_pair_view *ret)
{
	struct document_pair p;
	if (first.n == 0 || second.n == 0)
		return ERR_NOT_PDF;
	*ret = (struct verify_pair_view){0};
	TRY(judge_pair(a, (const struct str[2]){first, second}, anchors_pem, english, &p, &ret->issuer));
	ret->fits = p.fits;
	ret->swapped = p.swapped;
	ret->sentence = p.sentence;
	ret->document_id = p.document_id;
	TRY(half(a, &p.contract, ret->issuer, &ret->contract));
	return half(a, &p.certificate, ret->issuer, &ret->certificate);
}

enum err
app_verify_known(struct app *a, struct str sha256, bool *ret)
{
	struct verify_view v = {0};
	TRY(look_up(a, sha256, &v));
	*ret = v.known && !v.known_certificate;
	return OK;
}
