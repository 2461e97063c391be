/* Containers: CMS SignedData and tokens that are wrong in one place. */
#include "attack.h"

#include "clock.h"
#include "der_read.h"
#include "ossl.h"
#include "signed_data.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <setjmp.h>

#include <cmocka.h>

/* The newest container that is no timestamp, as bytes; back into the file by put(). */
struct opened {
	struct pdf_signature s;
	unsigned char *der;
	size_t n;
};

static struct opened
open_container(struct target *t)
{
	struct opened o = {.s = forge_newest(t->f, &t->file)};
	struct str in = o.s.contents;
	struct der_value whole;

	assert_true(der_expect(&in, 0x30, &whole));
	o.der = (unsigned char *)arena_str(&t->f->a, whole.whole).p;
	o.n = whole.whole.n;
	return o;
}

static void
put(struct target *t, const struct opened *o)
{
	assert_true(forge_fill(&t->file, &o->s, o->der, o->n));
}

enum place {
	TYPE,
	VERSION,
	LISTED_DIGEST,
	CONTENT_TYPE,
	CERTIFICATES,
	SIGNERS,
	SIGNER_VERSION,
	SERIAL,
	DIGEST,
	ATTRIBUTES,
	ALGORITHM,
	SIGNATURE,
	PLACES
};

static size_t
offset(const struct opened *o, struct str s)
{
	return (size_t)((const unsigned char *)s.p - o->der);
}

/* Where the parts of SignedData stand (RFC 5652 5.1, 5.3): offsets of tags. */
static void
places(const struct opened *o, size_t at[PLACES])
{
	struct str in = str_make(o->der, o->n), v, data, signer;
	struct der_value x;

	assert_true(der_only(in, 0x30, &v) && der_next(&v, &x));
	at[TYPE] = offset(o, x.whole);
	assert_true(der_next(&v, &x) && der_only(x.content, 0x30, &data));
	for (int i = 0; i < 5; i++) {
		static const enum place order[] = {
		    VERSION, LISTED_DIGEST, CONTENT_TYPE, CERTIFICATES, SIGNERS};

		assert_true(der_next(&data, &x));
		at[order[i]] = offset(o, x.whole);
	}
	assert_true(der_only(x.content, 0x30, &signer));
	for (int i = 0; i < 6; i++) {
		static const enum place order[] = {
		    SIGNER_VERSION, SERIAL, DIGEST, ATTRIBUTES, ALGORITHM, SIGNATURE};

		assert_true(der_next(&signer, &x));
		at[order[i]] = order[i] == SERIAL ? offset(o, x.whole) + x.whole.n - 1 : offset(o, x.whole);
	}
}

/* One byte, so far behind the tag of that place, is another one. */
static void
byte(struct target *t, const struct attack *how)
{
	struct opened o = open_container(t);
	size_t at[PLACES];
	unsigned behind, was;

	assert_int_equal(sscanf(how->text, "%u %x", &behind, &was), 2);
	places(&o, at);
	o.der[at[how->num] + behind] = (unsigned char)(o.der[at[how->num] + behind] ^ was);
	put(t, &o);
}

/* "signs another type of content": type and version both, so that only the type is wrong. */
static void
other_type(struct target *t, const struct attack *how)
{
	struct opened o = open_container(t);
	size_t at[PLACES];

	places(&o, at);
	o.der[at[VERSION] + 2] = 3;
	o.der[at[CONTENT_TYPE] + 2 + 10] ^= 3;
	put(t, &o);
}

static void
digest_twice(struct target *t, const struct attack *how)
{
	struct opened o = open_container(t);
	size_t at[PLACES];

	places(&o, at);
	o.der[at[DIGEST] + 2 + 10] = 2;
	put(t, &o);
}

/* The certificate's digest in the attributes is another one. */
static void
other_certificate_named(struct target *t, const struct attack *how)
{
	struct opened o = open_container(t);
	struct sha256 d = sha256_of(t->f->certs.seal.leaf);
	ptrdiff_t at = str_find(str_make(o.der, o.n), str_make(d.b, sizeof(d.b)));

	assert_true(at > 0);
	o.der[at] ^= 1;
	put(t, &o);
}

static void
last_byte_of_signature(struct target *t, const struct attack *how)
{
	struct opened o = open_container(t);
	struct signed_data s = {0};
	const char *why;

	assert_int_equal(signed_data_read(str_make(o.der, o.n), &s, &why), OK);
	o.der[offset(&o, s.signature) + s.signature.n - 1] ^= 1;
	signed_data_free(&s);
	put(t, &o);
}

/* By OpenSSL: num chooses what is wrong. */
enum made {
	NO_SIGNER,
	TWO_SIGNERS,
	NO_CERTIFICATES,
	NO_NAME_OF_CERTIFICATE,
	UNSIGNED_ATTRIBUTE,
	CONTENT_INSIDE,
	WEAK_DIGEST,
	NO_ROOT,
	STRANGER,
	STRANGER_ADDED,
	NO_AUTHORITY
};

/* A certificate issued by one that may not issue. */
static X509 *
issued(EVP_PKEY *key, X509 *by, EVP_PKEY *by_key)
{
	X509 *x = forge_certificate(key, EVP_sha256());
	X509_NAME *name = X509_NAME_dup(X509_get_subject_name(x));

	X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"Below", -1, -1, 0);
	X509_set_subject_name(x, name);
	X509_NAME_free(name);
	X509_set_issuer_name(x, X509_get_subject_name(by));
	assert_true(X509_sign(x, by_key, EVP_sha256()));
	return x;
}

static void
made(struct target *t, const struct attack *how)
{
	EVP_PKEY *key CLEANUP(ossl_pkey_free) = EVP_EC_gen("P-256"),
	              *below_key CLEANUP(ossl_pkey_free) = EVP_EC_gen("P-256");
	X509 *self CLEANUP(ossl_x509_free) = forge_certificate(key, EVP_sha256());
	X509 *below CLEANUP(ossl_x509_free) = issued(below_key, self, key);
	const unsigned char *p = (const unsigned char *)t->f->certs.seal.leaf.p;
	X509 *seal CLEANUP(ossl_x509_free) = d2i_X509(NULL, &p, (long)t->f->certs.seal.leaf.n);
	struct container c = {.signers = 1};

	switch ((enum made)how->num) {
	case NO_SIGNER: c.signers = 0; break;
	case TWO_SIGNERS: c.signers = 2; break;
	case NO_CERTIFICATES: c.bare = true; break;
	case NO_NAME_OF_CERTIFICATE: c.plain = true; break;
	case UNSIGNED_ATTRIBUTE: c.attribute = true; break;
	case CONTENT_INSIDE: c.attached = true; break;
	case WEAK_DIGEST: c.digest = EVP_sha1(); break;
	case NO_ROOT: c.leaf = seal; break;
	case STRANGER:
		c.key = key;
		c.leaf = self;
		t->trust = forge_anchor(t->f);
		break;
	case STRANGER_ADDED: c.extra = self; break;
	case NO_AUTHORITY:
		c.key = below_key;
		c.leaf = below;
		c.extra = self;
		break;
	}
	assert_true(forge_container(t->f, &c, &t->file));
}

/* Signed by a certificate that was not yet valid at the time it claims. */
static void
claimed_before(struct target *t, const struct attack *how)
{
	overwrite(t, how);
	assert_true(forge_container(t->f, &(struct container){.signers = 1}, &t->file));
}

static void
much_later(struct target *t, const struct attack *how)
{
	clock_shift((int64_t)how->num * 365 * 86400000);
}

/* ---- timestamps ---- */

/* Into the place of the newest token: another content, or another signer. */
enum token { GARBAGE, BY_THE_SEAL, BY_AUTHORITY_ALONE, NO_CONTENT };

static void
token(struct target *t, const struct attack *how)
{
	struct opened o = open_container(t);
	struct signed_data s = {0};
	const char *why;
	struct container c = {.signers = 1};

	assert_int_equal(signed_data_read(str_make(o.der, o.n), &s, &why), OK);
	struct str info = arena_str(&t->f->a, s.content);
	signed_data_free(&s);
	switch ((enum token)how->num) {
	case GARBAGE: c.tst_info = STR("\x30\x03\x02\x01\x01"); break;
	case BY_THE_SEAL: c.tst_info = info; break;
	case BY_AUTHORITY_ALONE:
		c.tst_info = info;
		c.by_authority_alone = true;
		break;
	case NO_CONTENT: break;
	}
	assert_true(forge_container(t->f, &c, &t->file));
}

/* The newest container of another good file, of the same file before its last revisions, or of a stranger's.
 */
enum source { OTHER_FILE, EARLIER_TIMESTAMP, OWN_SIGNATURE };

static void
copied(struct target *t, const struct attack *how)
{
	struct target other = {.f = t->f, .level = t->level, .streams = t->streams};
	struct opened o = open_container(t), from = o;

	if (how->num == OTHER_FILE) {
		target_make(&other);
		from = open_container(&other);
	} else {
		struct pdf_signature *all;
		struct pdf *p;
		size_t n;

		assert_int_equal(pdf_open(&t->f->a, buf_str(&t->file), NULL, &p), OK);
		assert_int_equal(pdf_signatures(&t->f->a, p, &all, &n), OK);
		from.s = all[how->num == EARLIER_TIMESTAMP ? n - 2 : 0];
		from.der = (unsigned char *)(uintptr_t)from.s.contents.p;
		from.n = from.s.contents.n;
		while (from.n && !from.der[from.n - 1])
			from.n--;
	}
	o.der = from.der;
	o.n = from.n;
	put(t, &o);
	buf_free(&other.file);
}

/* The signature's own token comes from another one of the same kind and length. */
static void
token_of_another_signature(struct target *t, const struct attack *how)
{
	for (int tries = 0; tries < 200; tries++) {
		struct target other = {.f = t->f, .level = t->level, .streams = t->streams};
		struct opened to = open_container(t), from;
		struct signed_data x = {0}, y = {0};
		const char *why;
		bool fits;

		target_make(&other);
		from = open_container(&other);
		assert_int_equal(signed_data_read(str_make(to.der, to.n), &x, &why), OK);
		assert_int_equal(signed_data_read(str_make(from.der, from.n), &y, &why), OK);
		fits = x.token.n == y.token.n;
		if (fits)
			memcpy(to.der + offset(&to, x.token), y.token.p, y.token.n);
		signed_data_free(&x);
		signed_data_free(&y);
		buf_free(&other.file);
		if (fits) {
			put(t, &to);
			return;
		}
	}
	fail_msg("no token of the same length");
}

/* A stranger's timestamp over all, when only our root is believed. */
static void
strangers_timestamp(struct target *t, const struct attack *how)
{
	assert_int_equal(forge_sign(t->stranger, PDF_SIGN_TIMESTAMP, "late", false, &t->file), OK);
	t->trust = forge_anchor(t->f);
}

/* A timestamp whose authority's clock is a day behind the one that it covers. */
static void
timestamp_of_yesterday(struct target *t, const struct attack *how)
{
	clock_shift(6 * 3600000);
	target_make(t);
	clock_shift(0);
	assert_int_equal(forge_sign(t->f, PDF_SIGN_TIMESTAMP, "late", false, &t->file), OK);
}

static void
renewed_too_late(struct target *t, const struct attack *how)
{
	struct forge late;

	clock_shift((int64_t)how->num * 365 * 86400000);
	assert_true(forge_open(&late, KEY_P256));
	assert_int_equal(forge_sign(&late, PDF_SIGN_TIMESTAMP, "late", false, &t->file), OK);
	forge_close(&late);
}

#define WEAK "the digest algorithm is weak or unknown"
#define SIGNED (LEVEL_B_B | LEVEL_B_T)
static const struct attack containers[] = {
    {"type of another content", byte, "not CMS SignedData in DER", 0, TYPE, "10 1"},
    {"listed digest unknown", byte, WEAK, 0, LISTED_DIGEST, "12 7f"},
    {"signer's digest unknown", byte, WEAK, 0, DIGEST, "12 7f"},
    {"listed digest is another one", digest_twice, "names two digest algorithms", 0, 0, 0},
    {"content without a type", byte, "the container's content is malformed", 0, CONTENT_TYPE, "2 1"},
    {"another version", byte, "the container has the wrong version", 0, VERSION, "2 7"},
    {"certificates under another tag", byte, "the container has no certificates", 0, CERTIFICATES, "0 1"},
    {"signers under another tag", byte, "exactly one signer", 0, SIGNERS, "0 1"},
    {"signer named by key", byte, "not named by issuer and serial number", 0, SIGNER_VERSION, "2 2"},
    {"another serial number", byte, "certificate is missing or malformed", 0, SERIAL, "0 1"},
    {"attributes of another shape", byte, "the signed attributes are malformed", 0, ATTRIBUTES, "0 1"},
    {"signature of another shape", byte, "the signature value is malformed", 0, SIGNATURE, "0 1"},
    {"another type of content", other_type, "signs another type of content", SIGNED, 0, 0},
    {"another certificate named", other_certificate_named, "not the one that was signed with", SIGNED, 0, 0},
    {"signature changed", last_byte_of_signature, "the signature does not fit", 0, 0, 0},
    {"content changed", overwrite, "the signed bytes were changed", SIGNED, 0, "Pay 100=>Pay 900"},
    {"no signer", made, WEAK, SIGNED, NO_SIGNER, 0},
    {"two signers", made, "exactly one signer", LEVEL_B_T, TWO_SIGNERS, 0},
    {"no certificates", made, "the container has no certificates", LEVEL_B_T, NO_CERTIFICATES, 0},
    {"certificate not named", made, "signing-certificate-v2", LEVEL_B_T, NO_NAME_OF_CERTIFICATE, 0},
    {"unsigned attribute", made, "unsigned attributes that cannot be judged", LEVEL_B_T, UNSIGNED_ATTRIBUTE,
        0},
    {"content inside", made, "the container is not detached", LEVEL_B_T, CONTENT_INSIDE, 0},
    {"SHA-1", made, WEAK, SIGNED, WEAK_DIGEST, 0},
    {"no root", made, "is not complete: give its root", LEVEL_B_T, NO_ROOT, 0},
    {"stranger's certificate", made, "the chain of certificates does not end in a given anchor", LEVEL_B_T,
        STRANGER, 0},
    {"stranger's certificate beside", made, "does not belong to the signer's chain", LEVEL_B_T,
        STRANGER_ADDED, 0},
    {"issued by one that may not", made, "by one that may not issue", LEVEL_B_T, NO_AUTHORITY, 0},
    {"kind of another program", overwrite, "the kind of signature is unknown", SIGNED, 0,
        "ETSI.CAdES.detached=>ETSI.CAdES.attached"},
    {"timestamp of another kind", overwrite, "the kind of signature is unknown", LEVEL_LTA, 0,
        "ETSI.RFC3161=>ETSI.RFC9999"},
    {"claimed before the certificate began", claimed_before, "a certificate was not valid at the time",
        LEVEL_B_B | HEALS, 0, "/M (D:20=>/M (D:19"},
    {"claimed in the future", claimed_before, "later than the signature can be", SIGNED, 0,
        "/M (D:20=>/M (D:21"},
    {"certificate ended, nothing stamped", much_later, "no timestamp proves that the signature is older",
        LEVEL_B_B, 15, 0},
};
const struct attack_table CONTAINER = ATTACK_TABLE("containers", containers);

static const struct attack tokens[] = {
    {"container of another document", copied, "the signed bytes were changed", SIGNED, OTHER_FILE, 0},
    {"timestamp of another document", copied, "the timestamp is over other bytes", LEVEL_LTA, OTHER_FILE, 0},
    {"older timestamp of the document", copied, "the timestamp is over other bytes", LEVEL_LTA,
        EARLIER_TIMESTAMP, 0},
    {"signature as a timestamp", copied, "the timestamp holds no statement", LEVEL_LTA, OWN_SIGNATURE, 0},
    {"token of another signature", token_of_another_signature, "the timestamp is over other bytes", LEVEL_B_T,
        0, 0},
    {"content of a token malformed", token, "the timestamp's content is malformed", LEVEL_LTA, GARBAGE, 0},
    {"token without content", token, "the timestamp holds no statement", LEVEL_LTA, NO_CONTENT, 0},
    {"token by the seal", token, "certificate is not for timestamps", LEVEL_LTA, BY_THE_SEAL, 0},
    {"token without a root", token, "chain of the timestamp's certificate is not complete", LEVEL_LTA,
        BY_AUTHORITY_ALONE, 0},
    {"stranger's timestamp", strangers_timestamp, "the timestamp's chain does not end in a given anchor", 0,
        0, 0},
    {"timestamp of yesterday", timestamp_of_yesterday, "a later timestamp tells an earlier time",
        LEVEL_B_T | LEVEL_LTA, 0, 0},
    {"timestamp's certificate ended", much_later, "the newest timestamp's certificate is no longer valid",
        LEVEL_B_T | LEVEL_LTA, 15, 0},
    {"renewed too late", renewed_too_late, "was no longer valid at the next timestamp", LEVEL_B_T | LEVEL_LTA,
        15, 0},
};
const struct attack_table TOKEN = ATTACK_TABLE("tokens", tokens);
