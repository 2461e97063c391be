#include "note.h"

#include "anchors.h"
#include "id.h"
#include "signed_data.h"
#include "token.h"

static const struct str DATA_TYPE = {"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", 9};

static enum err
wrong(const char **ret_problem, const char *problem)
{
	*ret_problem = problem;
	return ERR_INVALID;
}

static enum err
check(struct arena *a, const struct signed_data *s, struct str text, X509_STORE *anchors,
    int64_t *ret_time_ms, const char **ret_problem)
{
	struct sha256 digest = sha256_of(text), imprint = sha256_of(s->signature);
	struct token token;
	bool complete;
	if (s->content.p || s->digest != EVP_sha256() || !s->certificate_v2)
		return wrong(ret_problem, "the signature is of another kind");
	TRY(signed_data_check(s, str_make(digest.b, sizeof(digest.b)), DATA_TYPE, ret_problem));
	if (!s->token.n)
		return wrong(ret_problem, "the signature has no timestamp");
	if (token_check(a, s->token, &imprint, anchors, &token, ret_problem) != OK)
		return ERR_INVALID;
	TRY(signed_data_check_chain(s, token.time_ms, &complete, ret_problem));
	bool trusted = anchors && token.trusted && signed_data_is_trusted(s, anchors, token.time_ms);
	if (anchors && !trusted)
		return wrong(ret_problem, "the chain of certificates does not end in a given anchor");
	*ret_time_ms = token.time_ms;
	return OK;
}

enum err
note_check(struct arena *a, struct str text, struct str der, struct str trust_pem, int64_t *ret_time_ms,
    const char **ret_problem)
{
	struct signed_data s CLEANUP(signed_data_free) = {0};
	X509_STORE *anchors CLEANUP(anchors_free) = trust_pem.n ? anchors_read(trust_pem) : NULL;
	if (trust_pem.n && !anchors)
		return wrong(ret_problem, "there is no certificate among the anchors");
	TRY(signed_data_read(der, &s, ret_problem));
	return check(a, &s, text, anchors, ret_time_ms, ret_problem);
}
