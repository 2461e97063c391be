#include "authority_new.h"

#include "clock.h"
#include "der.h"
#include "der_read.h"
#include "ossl.h"

#include <openssl/pem.h>
#include <pthread.h>
#include <stdlib.h>

enum { TAG_BOOLEAN = 0x01, TAG_INTEGER = 0x02, TAG_OCTETS = 0x04, TAG_OID = 0x06, TAG_SEQUENCE = 0x30 };
enum { TAG_CONTEXT_0 = 0xA0, TAG_CONTEXT_1 = 0xA1, TAG_CONTEXT_2 = 0xA2 };
enum { KEPT_MAX = 32, KEPT_MS = 60000 };

static const struct str SHA1_OID = {"\x2B\x0E\x03\x02\x1A", 5};

/* An answer that is given again for a minute: strangers cannot make the root sign as often as they like. */
struct kept {
	struct ocsp_subject about;
	int64_t until_ms; /* of the monotonic clock; 0: a free place */
	struct str der;   /* from malloc() */
};

struct authority {
	struct authority_keeper keeper;
	bool timestamps;
	unsigned char name_hash[2][EVP_MAX_MD_SIZE], key_hash[2][EVP_MAX_MD_SIZE]; /* by SHA-1, by SHA-256 */
	pthread_mutex_t lock;
	struct kept answers[KEPT_MAX], list;
};

enum err
authority_new(struct arena *a, struct authority_keeper keeper, struct str root_pem, bool timestamps,
    struct authority **ret)
{
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new_mem_buf(root_pem.p, (int)root_pem.n);
	X509 *root CLEANUP(ossl_x509_free) = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	struct authority *t = ARENA_NEW(a, struct authority);

	if (!root)
		return ERR_CONFIG;
	t->keeper = keeper;
	t->timestamps = timestamps;
	pthread_mutex_init(&t->lock, NULL);
	for (int i = 0; i < 2; i++) {
		const EVP_MD *md = i ? EVP_sha256() : EVP_sha1();

		if (!X509_NAME_digest(X509_get_subject_name(root), md, t->name_hash[i], NULL) ||
		    !X509_pubkey_digest(root, md, t->key_hash[i], NULL))
			return ERR_CRYPTO;
	}
	*ret = t;
	return OK;
}

/* ---- timestamps ---- */

/* PKIFailureInfo (2.4.2) */
enum failure {
	BAD_ALG = 0,
	BAD_REQUEST = 2,
	BAD_DATA_FORMAT = 5,
	TIME_NOT_AVAILABLE = 14,
	UNACCEPTED_POLICY = 15,
	UNACCEPTED_EXTENSION = 16,
	NO_FAILURE = -1
};

static const char *
failure_words(enum failure f)
{
	switch (f) {
	case BAD_ALG: return "the digest must be SHA-256, SHA-384 or SHA-512";
	case BAD_REQUEST: return "the request is not one that can be answered";
	case BAD_DATA_FORMAT: return "the request is malformed";
	case TIME_NOT_AVAILABLE: return "no timestamp can be made at present";
	case UNACCEPTED_POLICY: return "that policy is not ours";
	case UNACCEPTED_EXTENSION: return "extensions are not known here";
	case NO_FAILURE: break;
	}
	return "";
}

/* A named bit: zeros behind it are left out (X.690 11.2.2). */
static struct str
refusal(struct arena *a, enum failure f)
{
	unsigned char bits[4] = {(unsigned char)(7 - f % 8)};

	bits[1 + f / 8] = (unsigned char)(0x80 >> f % 8);
	return DER(a, DER_SEQUENCE,
	    DER(a, DER_SEQUENCE, der_small(a, 2),
	        DER(a, DER_SEQUENCE, DER(a, DER_UTF8, str_c(failure_words(f)))),
	        DER(a, DER_BITS, str_make(bits, 2 + (size_t)f / 8))));
}

static bool
is_next(struct str in, unsigned char tag)
{
	return in.n && (unsigned char)in.p[0] == tag;
}

static enum failure
read_imprint(struct str in, struct stamp *s)
{
	struct der_value algorithm, oid, none, imprint;
	enum stamp_digest digest;

	if (!der_expect(&in, TAG_SEQUENCE, &algorithm) || !der_expect(&in, TAG_OCTETS, &imprint) || in.n ||
	    !der_expect(&algorithm.content, TAG_OID, &oid))
		return BAD_DATA_FORMAT;
	if (algorithm.content.n && (!der_expect(&algorithm.content, DER_NULL, &none) || none.content.n))
		return BAD_DATA_FORMAT;
	if (!stamp_digest_by_oid(oid.content, &digest))
		return BAD_ALG;
	if (algorithm.content.n || imprint.content.n != stamp_imprint_length(digest))
		return BAD_DATA_FORMAT;
	s->digest = (unsigned char)digest;
	memcpy(s->imprint, imprint.content.p, imprint.content.n);
	return NO_FAILURE;
}

static enum failure
read_nonce(struct str number, struct stamp *s)
{
	if (number.n == 0)
		return BAD_DATA_FORMAT;
	if ((unsigned char)number.p[0] & 0x80)
		return BAD_REQUEST; /* no number that a nonce may be is negative */
	while (number.n > 1 && number.p[0] == 0)
		number = str_slice(number, 1, number.n);
	if (number.n > STAMP_NONCE_MAX)
		return BAD_REQUEST;
	s->nonce_n = (unsigned char)number.n;
	memcpy(s->nonce, number.p, number.n);
	return NO_FAILURE;
}

/* RFC 3161 2.4.1 */
static enum failure
read_query(struct str query, struct stamp *s)
{
	struct der_value version, imprint, v;
	enum failure f;
	struct str in;

	if (!der_only(query, TAG_SEQUENCE, &in) || !der_expect(&in, TAG_INTEGER, &version))
		return BAD_DATA_FORMAT;
	if (!str_eq(version.content, STR("\x01")))
		return BAD_REQUEST;
	if (!der_expect(&in, TAG_SEQUENCE, &imprint))
		return BAD_DATA_FORMAT;
	f = read_imprint(imprint.content, s);
	if (f != NO_FAILURE)
		return f;
	if (is_next(in, TAG_OID)) {
		if (!der_next(&in, &v))
			return BAD_DATA_FORMAT;
		if (!str_eq(v.content, stamp_policy()))
			return UNACCEPTED_POLICY;
	}
	if (is_next(in, TAG_INTEGER)) {
		if (!der_next(&in, &v))
			return BAD_DATA_FORMAT;
		f = read_nonce(v.content, s);
		if (f != NO_FAILURE)
			return f;
	}
	if (is_next(in, TAG_BOOLEAN)) {
		if (!der_next(&in, &v) || v.content.n != 1)
			return BAD_DATA_FORMAT;
		s->certificates = v.content.p[0] != 0;
	}
	if (is_next(in, TAG_CONTEXT_0))
		return UNACCEPTED_EXTENSION;
	return in.n ? BAD_DATA_FORMAT : NO_FAILURE;
}

enum err
authority_timestamp(struct authority *t, struct str query, struct arena *a, struct str *ret)
{
	struct stamp s = {0};
	struct str token;

	if (!t->timestamps)
		return ERR_NOT_FOUND;
	enum failure f = read_query(query, &s);
	if (f == NO_FAILURE && t->keeper.stamp(t->keeper.self, &s, a, &token) != OK)
		f = TIME_NOT_AVAILABLE;
	*ret = f == NO_FAILURE ? DER(a, DER_SEQUENCE, DER(a, DER_SEQUENCE, der_small(a, 0)), token)
	                       : refusal(a, f);
	return OK;
}

/* ---- answers about certificates ---- */

/* OCSPResponseStatus (RFC 6960 4.2.1) */
enum response { SUCCESSFUL = 0, MALFORMED = 1, TRY_LATER = 3, UNAUTHORIZED = 6 };

static bool
read_serial(struct str number, struct ocsp_subject *s)
{
	while (number.n > 1 && number.p[0] == 0)
		number = str_slice(number, 1, number.n);
	if (number.n == 0 || number.n > OCSP_SERIAL_MAX)
		return false;
	s->serial_n = (unsigned char)number.n;
	memcpy(s->serial, number.p, number.n);
	return true;
}

/* CertID (4.1.1): only those of our root. */
static enum response
read_subject(const struct authority *t, struct str in, struct ocsp_subject *s)
{
	struct der_value algorithm, oid, name, key, serial;
	enum stamp_digest digest = STAMP_SHA384;

	if (!der_expect(&in, TAG_SEQUENCE, &algorithm) || !der_expect(&in, TAG_OCTETS, &name) ||
	    !der_expect(&in, TAG_OCTETS, &key) || !der_expect(&in, TAG_INTEGER, &serial) || in.n ||
	    !der_expect(&algorithm.content, TAG_OID, &oid))
		return MALFORMED;
	s->by_sha256 = stamp_digest_by_oid(oid.content, &digest) && digest == STAMP_SHA256;
	if (!s->by_sha256 && !str_eq(oid.content, SHA1_OID))
		return UNAUTHORIZED;
	size_t n = s->by_sha256 ? 32 : 20;
	if (!str_eq(name.content, str_make(t->name_hash[s->by_sha256], n)) ||
	    !str_eq(key.content, str_make(t->key_hash[s->by_sha256], n)) || !read_serial(serial.content, s))
		return UNAUTHORIZED;
	return SUCCESSFUL;
}

/* RFC 6960 4.1.1, of one certificate at a time; a nonce is not taken up (RFC 8954 2.1 leaves that to us), so
 * that an answer serves many. */
static enum response
read_request(const struct authority *t, struct str request, struct ocsp_subject *s)
{
	struct der_value tbs, list, one, id, v;
	struct str in;

	if (!der_only(request, TAG_SEQUENCE, &in) || !der_expect(&in, TAG_SEQUENCE, &tbs) ||
	    (in.n && !der_expect(&in, TAG_CONTEXT_0, &v)) || in.n)
		return MALFORMED;
	in = tbs.content;
	if ((is_next(in, TAG_CONTEXT_0) && !der_next(&in, &v)) ||
	    (is_next(in, TAG_CONTEXT_1) && !der_next(&in, &v)) || !der_expect(&in, TAG_SEQUENCE, &list) ||
	    (in.n && !der_expect(&in, TAG_CONTEXT_2, &v)) || in.n ||
	    !der_expect(&list.content, TAG_SEQUENCE, &one) || list.content.n ||
	    !der_expect(&one.content, TAG_SEQUENCE, &id))
		return MALFORMED;
	return read_subject(t, id.content, s);
}

static bool
recall(const struct kept *k, struct arena *a, struct str *ret)
{
	if (!k->until_ms || k->until_ms <= clock_monotonic_ms())
		return false;
	*ret = arena_str(a, k->der);
	return true;
}

static void
keep(struct kept *k, struct str der)
{
	char *copy = malloc(der.n);

	if (!copy)
		return;
	memcpy(copy, der.p, der.n);
	free((void *)(uintptr_t)k->der.p);
	k->der = str_make(copy, der.n);
	k->until_ms = clock_monotonic_ms() + KEPT_MS;
}

/* The place of an answer, or the one that is free the longest. */
static struct kept *
place_of(struct authority *t, const struct ocsp_subject *about)
{
	struct kept *oldest = &t->answers[0];

	for (size_t i = 0; i < KEPT_MAX; i++) {
		if (t->answers[i].until_ms && memcmp(&t->answers[i].about, about, sizeof(*about)) == 0)
			return &t->answers[i];
		if (t->answers[i].until_ms < oldest->until_ms)
			oldest = &t->answers[i];
	}
	oldest->about = *about;
	oldest->until_ms = 0;
	return oldest;
}

/* Under the lock, so that of many askers at once one makes whoever holds the key sign. */
static enum err
answer_about(struct authority *t, const struct ocsp_subject *about, struct arena *a, struct str *ret)
{
	pthread_mutex_lock(&t->lock);
	struct kept *k = place_of(t, about);
	enum err e = OK;

	if (!recall(k, a, ret)) {
		e = t->keeper.ocsp(t->keeper.self, about, a, ret);
		if (e == OK)
			keep(k, *ret);
	}
	pthread_mutex_unlock(&t->lock);
	return e;
}

enum err
authority_ocsp(struct authority *t, struct str request, struct arena *a, struct str *ret)
{
	struct ocsp_subject about = {0};
	enum response r = read_request(t, request, &about);

	if (r == SUCCESSFUL) {
		enum err e = answer_about(t, &about, a, ret);

		if (e == OK)
			return OK;
		r = e == ERR_NOT_FOUND ? UNAUTHORIZED : TRY_LATER;
	}
	unsigned char status = (unsigned char)r;
	*ret = DER(a, DER_SEQUENCE, DER(a, DER_ENUMERATED, str_make(&status, 1)));
	return OK;
}

enum err
authority_crl(struct authority *t, struct arena *a, struct str *ret)
{
	enum err e = OK;

	pthread_mutex_lock(&t->lock);
	if (!recall(&t->list, a, ret)) {
		e = t->keeper.crl(t->keeper.self, a, ret);
		if (e == OK)
			keep(&t->list, *ret);
	}
	pthread_mutex_unlock(&t->lock);
	return e;
}
