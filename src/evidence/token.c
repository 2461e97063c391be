#include "token.h"

#include "der_read.h"
#include "mutant.h"

#include <openssl/x509v3.h>
#include <time.h>

enum {
	TAG_BOOLEAN = 0x01,
	TAG_INTEGER = 0x02,
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_TIME = 0x18,
	TAG_SEQUENCE = 0x30
};

static const struct str TST_INFO = {"\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x04", 11};
static const struct str SHA256_OID = {"\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9};

static enum err
wrong(const char **ret_problem, const char *problem)
{
	if (mutant_is_off(problem))
		return OK;
	*ret_problem = problem;
	return ERR_TSA;
}

static bool
digits(struct str s, size_t from, size_t n, int *ret)
{
	unsigned long long v;

	if (from + n > s.n || !str_to_u64(str_slice(s, from, from + n), 9999, &v))
		return false;
	*ret = (int)v;
	return true;
}

/* "20261124030405.123Z" */
static bool
read_time(struct str s, int64_t *ret_ms)
{
	struct tm tm = {0};
	int64_t ms = 0, scale = 100;
	size_t at = 14;

	if (!digits(s, 0, 4, &tm.tm_year) || !digits(s, 4, 2, &tm.tm_mon) || !digits(s, 6, 2, &tm.tm_mday) ||
	    !digits(s, 8, 2, &tm.tm_hour) || !digits(s, 10, 2, &tm.tm_min) || !digits(s, 12, 2, &tm.tm_sec))
		return false;
	if (at < s.n && s.p[at] == '.')
		for (at++; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++, scale /= 10)
			ms += (s.p[at] - '0') * scale;
	if (at + 1 != s.n || s.p[at] != 'Z' || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
	    tm.tm_mday > 31)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*ret_ms = (int64_t)timegm(&tm) * 1000 + ms;
	return true;
}

static struct str
dotted(struct arena *a, struct str whole)
{
	const unsigned char *p = (const unsigned char *)whole.p;
	ASN1_OBJECT *o = d2i_ASN1_OBJECT(NULL, &p, (long)whole.n);
	char text[128];

	if (!o)
		return STR_NONE;
	OBJ_obj2txt(text, sizeof(text), o, 1);
	ASN1_OBJECT_free(o);
	return arena_str(a, str_c(text));
}

/* MessageImprint by SHA-256 over this digest. */
static bool
imprint_fits(struct str in, const struct sha256 *imprint)
{
	struct der_value algorithm, oid, none, hash;

	return der_expect(&in, TAG_SEQUENCE, &algorithm) && der_expect(&algorithm.content, TAG_OID, &oid) &&
	       str_eq(oid.content, SHA256_OID) &&
	       (algorithm.content.n == 0 || (der_expect(&algorithm.content, 0x05, &none) &&
	                                        none.content.n == 0 && algorithm.content.n == 0)) &&
	       der_expect(&in, TAG_OCTETS, &hash) && in.n == 0 &&
	       str_eq(hash.content, str_make(imprint->b, SHA256_LENGTH));
}

/* RFC 3161 2.4.2 */
static enum err
read_tst_info(
    struct arena *a, struct str der, const struct sha256 *imprint, struct token *t, const char **ret_problem)
{
	struct der_value version, policy, message, serial, time, v;
	struct str in;

	if (!der_only(der, TAG_SEQUENCE, &in) || !der_expect(&in, TAG_INTEGER, &version) ||
	    !str_eq(version.content, STR("\x01")) || !der_expect(&in, TAG_OID, &policy) ||
	    !der_expect(&in, TAG_SEQUENCE, &message) || !der_expect(&in, TAG_INTEGER, &serial) ||
	    !der_expect(&in, TAG_TIME, &time) || !read_time(time.content, &t->time_ms))
		return wrong(ret_problem, "the timestamp's content is malformed");
	if (!imprint_fits(message.content, imprint))
		return wrong(ret_problem, "the timestamp is over other bytes");
	if (in.n && (unsigned char)in.p[0] == TAG_SEQUENCE && !der_next(&in, &v)) /* accuracy */
		return wrong(ret_problem, "the timestamp's content is malformed");
	if (in.n && (unsigned char)in.p[0] == TAG_BOOLEAN && !der_next(&in, &v)) /* ordering */
		return wrong(ret_problem, "the timestamp's content is malformed");
	if (in.n && (unsigned char)in.p[0] == TAG_INTEGER) {
		if (!der_next(&in, &v))
			return wrong(ret_problem, "the timestamp's content is malformed");
		t->nonce = v.content;
		while (t->nonce.n > 1 && t->nonce.p[0] == 0)
			t->nonce = str_slice(t->nonce, 1, t->nonce.n);
	}
	t->policy = dotted(a, policy.whole);
	return OK;
}

enum err
token_time(const struct signed_data *token, int64_t *ret_ms)
{
	struct der_value v;
	struct str in;

	if (!der_only(token->content, TAG_SEQUENCE, &in))
		return ERR_INVALID;
	for (int i = 0; i < 4; i++) /* version, policy, imprint, serial number */
		if (!der_next(&in, &v))
			return ERR_INVALID;
	return der_expect(&in, TAG_TIME, &v) && read_time(v.content, ret_ms) ? OK : ERR_INVALID;
}

/* 2.3: the purpose timeStamping, critical, and no other. */
static bool
may_stamp(X509 *x)
{
	int critical = -1;
	EXTENDED_KEY_USAGE *usage = X509_get_ext_d2i(x, NID_ext_key_usage, &critical, NULL);
	bool ok = usage && critical == 1 && sk_ASN1_OBJECT_num(usage) == 1 &&
	          OBJ_obj2nid(sk_ASN1_OBJECT_value(usage, 0)) == NID_time_stamp;

	sk_ASN1_OBJECT_pop_free(usage, ASN1_OBJECT_free);
	return ok;
}

static enum err
check(struct arena *a, const struct signed_data *s, const struct sha256 *imprint, X509_STORE *anchors,
    struct token *t, const char **ret_problem)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	bool complete;

	if (!s->content.p || s->token.n)
		return wrong(ret_problem, "the timestamp holds no statement");
	if (!EVP_Digest(s->content.p, s->content.n, digest, &n, s->digest, NULL))
		return ERR_CRYPTO;
	if (signed_data_check(s, str_make(digest, n), TST_INFO, ret_problem) != OK)
		return ERR_TSA;
	TRY(read_tst_info(a, s->content, imprint, t, ret_problem));
	if (!may_stamp(s->leaf))
		return wrong(ret_problem, "the timestamp's certificate is not for timestamps");
	if (signed_data_check_chain(s, t->time_ms, &complete, ret_problem) != OK)
		return ERR_TSA;
	t->trusted = anchors && signed_data_is_trusted(s, anchors, t->time_ms);
	if (!complete && !t->trusted)
		return wrong(ret_problem, "the chain of the timestamp's certificate is not complete");
	return OK;
}

static struct str
common_name(struct arena *a, X509 *x)
{
	char name[256];
	int n = X509_NAME_get_text_by_NID(X509_get_subject_name(x), NID_commonName, name, sizeof(name));

	return n > 0 ? arena_str(a, str_make(name, (size_t)n)) : STR_NONE;
}

enum err
token_check(struct arena *a, struct str der, const struct sha256 *imprint, X509_STORE *anchors,
    struct token *ret, const char **ret_problem)
{
	struct signed_data s CLEANUP(signed_data_free) = {0};
	struct token t = {0};

	if (signed_data_read(der, &s, ret_problem) != OK)
		return ERR_TSA;
	TRY(check(a, &s, imprint, anchors, &t, ret_problem));
	t.tsa = common_name(a, s.leaf);
	t.nonce = arena_str(a, t.nonce);
	*ret = t;
	return OK;
}
