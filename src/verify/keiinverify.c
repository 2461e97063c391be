/* The verifier behind a face of its own: no type of ours gets out, and everything is said beforehand, so that
 * a result can be read by several threads. */
#include "keiinverify.h"

#include "pair.h"

#include <openssl/err.h>
#include <stdlib.h>

enum { TRUST_BYTES_MAX = 16 << 20 };

struct remark {
	const char *words[KEIINVERIFY_LANGUAGES];
};

struct keiinverify {
	struct arena a; /* empty in a pair, whose memory it shares */
	enum keiinverify_verdict verdict;
	const char *sentence[KEIINVERIFY_LANGUAGES], *json, *sha256;
	struct keiinverify_signature *signatures;
	size_t signatures_n;
	struct remark *remarks;
	size_t remarks_n;
};

struct keiinverify_pair {
	struct arena a;
	enum keiinverify_pair_verdict verdict;
	const char *sentence[KEIINVERIFY_LANGUAGES];
	struct keiinverify contract, certificate;
};

_Static_assert((int)KEIINVERIFY_UNREADABLE == VERDICT_UNREADABLE, "verdicts in one order");
_Static_assert((int)KEIINVERIFY_PAIR_OTHER_CONTRACT == PAIR_OTHER_CONTRACT, "verdicts in one order");

const char *
keiinverify_version(void)
{
	return KEIIN_VERSION;
}

/* Anchors that were given and are none must not count as no anchors. */
static enum keiinverify_error
read_anchors(const char *trust_pem, struct str *ret)
{
	*ret = str_c(trust_pem);
#ifdef MUTANT_NO_ANCHOR
	return KEIINVERIFY_OK; /* for the test that must notice it */
#endif
	return trust_pem && (!ret->n || ret->n > TRUST_BYTES_MAX) ? KEIINVERIFY_NO_ANCHOR : KEIINVERIFY_OK;
}

/* Ends what ERR_set_mark() began: the calling program's own queue of OpenSSL errors stays as it was. */
static enum keiinverify_error
error_of(enum err e)
{
	ERR_pop_to_mark();
	if (e == OK)
		return KEIINVERIFY_OK;
	return e == ERR_INVALID ? KEIINVERIFY_NO_ANCHOR : KEIINVERIFY_NO_MEMORY;
}

static const char *
plain(struct arena *a, struct str s)
{
	return verify_plain(a, s).p;
}

static void
in_all_languages(struct arena *a, struct str words, const char *ret[KEIINVERIFY_LANGUAGES])
{
	for (int l = 0; l < KEIINVERIFY_LANGUAGES; l++)
		ret[l] = plain(a, verify_words(a, words, l == KEIINVERIFY_ENGLISH));
}

static enum keiinverify_kind
kind_of(struct str kind)
{
	if (str_eq(kind, STR("certification")))
		return KEIINVERIFY_CERTIFICATION;
	return str_eq(kind, STR("timestamp")) ? KEIINVERIFY_TIMESTAMP : KEIINVERIFY_APPROVAL;
}

static void
tell_signature(struct arena *a, const struct verified_signature *s, struct keiinverify_signature *ret)
{
	*ret = (struct keiinverify_signature){
	    .kind = kind_of(s->kind),
	    .sound = s->sound,
	    .trusted = s->trusted,
	    .field = plain(a, s->field),
	    .signer = plain(a, s->signer),
	    .reason = plain(a, s->reason),
	    .certificate_subject = plain(a, s->certificate_subject),
	    .certificate_issuer = plain(a, s->issuer),
	    .certificate_sha256 = plain(a, s->fingerprint_sha256),
	    .level = plain(a, s->level),
	    .valid_until = plain(a, s->valid_until),
	    .claimed_ms = s->claimed_ms,
	    .timestamp_ms = s->timestamp_ms,
	    .revision = s->revision,
	    .covered_bytes = s->covered_bytes,
	};
	in_all_languages(a, s->problem, ret->problem);
	in_all_languages(a, s->followed_by, ret->followed_by);
}

static void
tell(struct arena *a, const struct verification *v, struct keiinverify *ret)
{
	ret->verdict = (enum keiinverify_verdict)v->verdict;
	for (int l = 0; l < KEIINVERIFY_LANGUAGES; l++)
		ret->sentence[l] = plain(a, verify_headline(a, v, l == KEIINVERIFY_ENGLISH));
	ret->json = verify_json(a, v).p;
	ret->sha256 = plain(a, v->sha256);
	ret->signatures = ARENA_ARRAY(a, struct keiinverify_signature, v->signatures_n);
	ret->signatures_n = v->signatures_n;
	for (size_t i = 0; i < v->signatures_n; i++)
		tell_signature(a, &v->signatures[i], &ret->signatures[i]);
	ret->remarks = ARENA_ARRAY(a, struct remark, v->remarks_n);
	ret->remarks_n = v->remarks_n;
	for (size_t i = 0; i < v->remarks_n; i++)
		in_all_languages(a, v->remarks[i], ret->remarks[i].words);
}

enum keiinverify_error
keiinverify_check(const void *bytes, size_t n, const char *trust_pem, struct keiinverify **ret)
{
	struct arena working CLEANUP(arena_free) = {0};
	struct keiinverify *v;
	struct verification found;
	struct str anchors;
	enum keiinverify_error e = read_anchors(trust_pem, &anchors);

	if (e != KEIINVERIFY_OK)
		return e;
	ERR_set_mark();
	e = error_of(verify_pdf(&working, str_make(bytes, n), anchors, &found));
	if (e != KEIINVERIFY_OK)
		return e;
	v = calloc(1, sizeof(*v));
	if (!v)
		return KEIINVERIFY_NO_MEMORY;
	tell(&v->a, &found, v);
	*ret = v;
	return KEIINVERIFY_OK;
}

void
keiinverify_free(struct keiinverify *v)
{
	if (v)
		arena_free(&v->a);
	free(v);
}

enum keiinverify_verdict
keiinverify_verdict(const struct keiinverify *v)
{
	return v->verdict;
}

const char *
keiinverify_sentence(const struct keiinverify *v, enum keiinverify_language language)
{
	return v->sentence[language == KEIINVERIFY_ENGLISH];
}

const char *
keiinverify_json(const struct keiinverify *v)
{
	return v->json;
}

const char *
keiinverify_sha256(const struct keiinverify *v)
{
	return v->sha256;
}

size_t
keiinverify_signatures_n(const struct keiinverify *v)
{
	return v->signatures_n;
}

const struct keiinverify_signature *
keiinverify_signature(const struct keiinverify *v, size_t i)
{
	return i < v->signatures_n ? &v->signatures[i] : NULL;
}

size_t
keiinverify_remarks_n(const struct keiinverify *v)
{
	return v->remarks_n;
}

const char *
keiinverify_remark(const struct keiinverify *v, size_t i, enum keiinverify_language language)
{
	return i < v->remarks_n ? v->remarks[i].words[language == KEIINVERIFY_ENGLISH] : NULL;
}

enum keiinverify_error
keiinverify_pair_check(const void *first, size_t first_n, const void *second, size_t second_n,
    const char *trust_pem, struct keiinverify_pair **ret)
{
	struct arena working CLEANUP(arena_free) = {0};
	struct keiinverify_pair *p;
	struct pair found;
	struct str anchors;
	enum keiinverify_error e = read_anchors(trust_pem, &anchors);

	if (e != KEIINVERIFY_OK)
		return e;
	ERR_set_mark();
	e = error_of(
	    pair_check(&working, str_make(first, first_n), str_make(second, second_n), anchors, &found));
	if (e != KEIINVERIFY_OK)
		return e;
	p = calloc(1, sizeof(*p));
	if (!p)
		return KEIINVERIFY_NO_MEMORY;
	p->verdict = (enum keiinverify_pair_verdict)found.verdict;
	for (int l = 0; l < KEIINVERIFY_LANGUAGES; l++)
		p->sentence[l] = plain(&p->a, pair_sentence(&p->a, &found, l == KEIINVERIFY_ENGLISH));
	tell(&p->a, &found.contract, &p->contract);
	tell(&p->a, &found.certificate, &p->certificate);
	*ret = p;
	return KEIINVERIFY_OK;
}

void
keiinverify_pair_free(struct keiinverify_pair *p)
{
	if (p)
		arena_free(&p->a);
	free(p);
}

enum keiinverify_pair_verdict
keiinverify_pair_verdict(const struct keiinverify_pair *p)
{
	return p->verdict;
}

const char *
keiinverify_pair_sentence(const struct keiinverify_pair *p, enum keiinverify_language language)
{
	return p->sentence[language == KEIINVERIFY_ENGLISH];
}

const struct keiinverify *
keiinverify_pair_contract(const struct keiinverify_pair *p)
{
	return &p->contract;
}

const struct keiinverify *
keiinverify_pair_certificate(const struct keiinverify_pair *p)
{
	return &p->certificate;
}
