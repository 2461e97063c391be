#include "forge.h"

#include "archive.h"
#include "mini.h"
#include "ossl.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

bool
forge_open(struct forge *f, enum key_algorithm algorithm)
{
	struct keys_subject subject = {.organisation = STR("Keiin Test")};
	struct tsa *tsa;

	*f = (struct forge){.dir = "/tmp/keiin-forge-XXXXXX"};
	if (id_init() != OK || !mkdtemp(f->dir) || keys_create(f->dir, algorithm, &subject) != OK ||
	    keys_load(f->dir, &f->keys) != OK || certificates_load(&f->a, f->dir, &f->certs) != OK ||
	    tsa_embedded(&f->a, keys_signer(f->keys), &f->certs, &tsa) != OK)
		return false;
	f->pades = (struct pades){
	    .signer = keys_signer(f->keys), .certs = &f->certs, .tsa = tsa, .job = STR("test")};
	return true;
}

static void
path_of(const struct forge *f, const char *name, char ret[96])
{
	snprintf(ret, 96, "%s/%s", f->dir, name);
}

void
forge_close(struct forge *f)
{
	static const char *const names[] = {
	    "ca.key", "ca.pem", "seal.key", "seal.pem", "tsa.key", "tsa.pem", "revoked"};
	char path[96];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path_of(f, names[i], path);
		unlink(path);
	}
	rmdir(f->dir);
	keys_free(f->keys);
	arena_free(&f->a);
}

static struct str
read_text(struct forge *f, const char *name)
{
	char path[96], *p = arena_alloc(&f->a, 16384);
	size_t n;
	FILE *in;

	path_of(f, name, path);
	in = fopen(path, "rb");
	if (!in)
		return STR_NONE;
	n = fread(p, 1, 16384, in);
	fclose(in);
	return str_make(p, n);
}

struct str
forge_anchor(struct forge *f)
{
	return read_text(f, "ca.pem");
}

void
forge_contract(struct buf *file)
{
	struct mini m;

	mini_contract(&m, 1, 0, false);
	*file = m.b;
}

static struct str
pdf_date_now(struct arena *a)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[32];

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "D:%Y%m%d%H%M%SZ", &tm);
	return arena_str(a, str_c(text));
}

enum err
forge_sign(struct forge *f, enum pdf_sign_kind kind, const char *field, bool with_timestamp, struct buf *file)
{
	struct pdf_new_field party = {.name = "party"};
	struct pdf_sign_request req = {.kind = kind, .field = field, .fields = &party};
	int64_t time_ms;

	if (kind == PDF_SIGN_CERTIFY)
		req.fields_n = 1;
	if (kind != PDF_SIGN_TIMESTAMP) {
		req.name = STR("Yamada Taro");
		req.reason = STR("agreed");
		req.date = pdf_date_now(&f->a);
	}
	return pades_sign(&f->pades, &req, with_timestamp, file, &time_ms);
}

static size_t
number_after(struct str s, const char *word)
{
	ptrdiff_t at = str_find_last(s, str_c(word));

	return at < 0 ? 0 : strtoul(s.p + at + strlen(word), NULL, 10);
}

void
forge_update(struct buf *file, unsigned num, const char *text)
{
	size_t prev = number_after(buf_str(file), "startxref\n"),
	       size = number_after(buf_str(file), "/Size "), at = file->n, table;

	buf_printf(file, "%u 0 obj\n%s\nendobj\n", num, text);
	table = file->n;
	buf_printf(file,
	    "xref\n%u 1\n%010zu 00000 n \ntrailer\n<</Size %zu/Root 1 0 R/ID[<00><01>]/Prev "
	    "%zu>>\nstartxref\n%zu\n%%%%EOF\n",
	    num, at, size, prev, table);
}

struct pdf_signature
forge_newest(struct forge *f, const struct buf *file)
{
	struct pdf_signature *all;
	struct pdf *pdf;
	size_t n;

	if (pdf_open(&f->a, buf_str(file), NULL, &pdf) != OK || pdf_signatures(&f->a, pdf, &all, &n) != OK ||
	    n == 0)
		return (struct pdf_signature){0};
	return all[n - 1];
}

bool
forge_replace(struct buf *file, size_t after, const char *old, const char *text)
{
	ptrdiff_t at = str_find(str_slice(buf_str(file), after, file->n), str_c(old));

	if (at < 0 || strlen(old) != strlen(text))
		return false;
	memcpy(file->p + after + at, text, strlen(text));
	return true;
}

bool
forge_fill(struct buf *file, const struct pdf_signature *s, const unsigned char *der, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	size_t room = s->contents_end - s->contents_at - 2;
	char *hex = file->p + s->contents_at + 1;

	if (2 * n > room)
		return false;
	memset(hex, '0', room);
	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = digits[der[i] >> 4];
		hex[2 * i + 1] = digits[der[i] & 15];
	}
	return true;
}

static EVP_PKEY *
read_key(struct forge *f, const char *name)
{
	struct str pem = read_text(f, name);
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new_mem_buf(pem.p, (int)pem.n);

	return PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
}

static X509 *
parse(struct str der)
{
	const unsigned char *p = (const unsigned char *)der.p;

	return d2i_X509(NULL, &p, (long)der.n);
}

static unsigned
flags_of(const struct container *how)
{
	return CMS_PARTIAL | CMS_BINARY | CMS_NOCERTS | (how->attached || how->tst_info.n ? 0 : CMS_DETACHED);
}

static bool
add_signers(const struct container *how, CMS_ContentInfo *cms, X509 *leaf, EVP_PKEY *key, BIO *data)
{
	unsigned flags = flags_of(how) | CMS_NOSMIMECAP | (how->plain ? 0 : CMS_CADES);
	STACK_OF(CMS_SignerInfo) * signers;

	if (how->signers == 0)
		return true;
	for (unsigned i = 0; i < how->signers; i++)
		if (!CMS_add1_signer(cms, leaf, key, how->digest ? how->digest : EVP_sha256(), flags))
			return false;
	if (!CMS_final(cms, data, NULL, flags))
		return false;
	signers = CMS_get0_SignerInfos(cms);
	return !how->attribute || CMS_unsigned_add1_attr_by_txt(sk_CMS_SignerInfo_value(signers, 0),
	                              "1.2.3.4.5", MBSTRING_UTF8, "hello", 5);
}

static bool
add_certificates(struct forge *f, const struct container *how, CMS_ContentInfo *cms, X509 *leaf)
{
	X509 *ca CLEANUP(ossl_x509_free) = parse(f->certs.seal.issuers[0]);

	return how->bare || (CMS_add1_cert(cms, leaf) &&
	                        (leaf == how->leaf || how->by_authority_alone || CMS_add1_cert(cms, ca)) &&
	                        (!how->extra || CMS_add1_cert(cms, how->extra)));
}

bool
forge_container(struct forge *f, const struct container *how, struct buf *file)
{
	struct pdf_signature s = forge_newest(f, file);
	EVP_PKEY *own CLEANUP(ossl_pkey_free) = read_key(f, how->by_authority_alone ? "tsa.key" : "seal.key");
	X509 *seal CLEANUP(ossl_x509_free) =
	    parse(how->by_authority_alone ? f->certs.tsa.leaf : f->certs.seal.leaf);
	X509 *leaf = how->leaf ? how->leaf : seal;
	BIO *data CLEANUP(ossl_bio_free) = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags_of(how));
	unsigned char *der = NULL;
	bool ok;
	int n;

	if (s.range_n != 4 || !own || !seal || !data || !cms)
		return false;
	if (how->tst_info.n) {
		CMS_set1_eContentType(cms, OBJ_nid2obj(NID_id_smime_ct_TSTInfo));
		BIO_write(data, how->tst_info.p, (int)how->tst_info.n);
	} else if (how->attached) {
		BIO_write(data, "inside", 6);
	} else {
		BIO_write(data, file->p, (int)s.range[1]);
		BIO_write(data, file->p + s.range[2], (int)s.range[3]);
	}
	ok = add_certificates(f, how, cms, leaf) &&
	     add_signers(how, cms, leaf, how->key ? how->key : own, data);
	n = ok ? i2d_CMS_ContentInfo(cms, &der) : -1;
	ok = n > 0 && forge_fill(file, &s, der, (size_t)n);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	return ok;
}

enum err
forge_archive(struct forge *f, struct buf *file)
{
	struct str crl;
	int64_t at, until;

	TRY(f->pades.signer.crl(f->pades.signer.self, STR("test"), &f->a, &crl));
	TRY(archive_material(NULL, &crl, 1, file));
	return archive_timestamp(&f->pades, file, &at, &until);
}

X509 *
forge_certificate(EVP_PKEY *key, const EVP_MD *digest)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_NAME_add_entry_by_txt(
	    name, "CN", MBSTRING_UTF8, (const unsigned char *)"Somebody Else", -1, -1, 0);
	X509_set_issuer_name(x, name);
	ASN1_TIME_set_string(X509_getm_notBefore(x), "20200101000000Z");
	ASN1_TIME_set_string(X509_getm_notAfter(x), "20401231000000Z");
	X509_set_pubkey(x, key);
	if (!X509_sign(x, key, digest)) {
		X509_free(x);
		return NULL;
	}
	return x;
}
