#include "keys_issue.h"

#include "clock.h"
#include "id.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CA_YEARS = 20, LEAF_YEARS = 10, NAME_MAX_CHARACTERS = 64 };

struct extension {
	int nid;
	const char *value;
};

struct profile {
	const char *file, *title; /* "seal": seal.key, seal.pem */
	int years;
	bool leave_open; /* NSS, and with it pdfsig, judges no signature by a key that is for PSS alone;
	                  * OpenSSL's reader of tokens takes PSS from no other key */
	struct extension extensions[5];
};

static const struct profile PROFILES[KEYS_PROFILES] = {
    {"ca", "Root CA", CA_YEARS, false,
        {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
            {NID_key_usage, "critical,keyCertSign,cRLSign"}, {NID_subject_key_identifier, "hash"}}},
    {"seal", "Seal", LEAF_YEARS, true,
        {{NID_basic_constraints, "critical,CA:FALSE"},
            {NID_key_usage, "critical,digitalSignature,nonRepudiation"}, {NID_subject_key_identifier, "hash"},
            {NID_authority_key_identifier, "keyid"}}},
    {"tsa", "Timestamp Authority", LEAF_YEARS, false,
        {{NID_basic_constraints, "critical,CA:FALSE"}, {NID_key_usage, "critical,digitalSignature"},
            {NID_ext_key_usage, "critical,timeStamping"}, {NID_subject_key_identifier, "hash"},
            {NID_authority_key_identifier, "keyid"}}},
};

enum err
keys_path(const char *dir, const char *file, const char *ending, char ret[KEYS_PATH_LENGTH])
{
	return snprintf(ret, KEYS_PATH_LENGTH, "%s/%s%s", dir, file, ending) < KEYS_PATH_LENGTH ? OK
	                                                                                        : ERR_CONFIG;
}

static bool
set_serial(X509 *x)
{
	unsigned char bytes[16];
	BIGNUM *n;
	bool ok;

	random_bytes(bytes, sizeof(bytes));
	bytes[0] = (unsigned char)((bytes[0] & 0x7F) | 0x40); /* positive and always of one length */
	n = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = n && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x));
	BN_free(n);
	return ok;
}

/* X.520 allows 64 characters of common name; a longer organisation is cut between characters. */
static int
name_length(struct str utf8)
{
	size_t n = 0, characters = 0;

	while (n < utf8.n) {
		size_t next = n + 1;

		while (next < utf8.n && ((unsigned char)utf8.p[next] & 0xC0) == 0x80)
			next++;
		if (++characters > NAME_MAX_CHARACTERS)
			break;
		n = next;
	}
	return (int)n;
}

static bool
set_name(X509 *x, const struct profile *profile, struct str organisation)
{
	X509_NAME *name = X509_get_subject_name(x);
	char common[512];
	int n = snprintf(common, sizeof(common), "%.*s %s", name_length(organisation),
	    organisation.p ? organisation.p : "", profile->title);
	struct str cn = str_trim(str_make(common, n > 0 && n < (int)sizeof(common) ? (size_t)n : 0));

	if (cn.n > NAME_MAX_CHARACTERS * 4 || name_length(cn) < (int)cn.n) {
		n = snprintf(common, sizeof(common), "Keiin %s", profile->title);
		cn = str_make(common, (size_t)n);
	}
	return X509_NAME_add_entry_by_NID(
	           name, NID_commonName, MBSTRING_UTF8, (const unsigned char *)cn.p, (int)cn.n, -1, 0) &&
	       (organisation.n == 0 ||
	           X509_NAME_add_entry_by_NID(name, NID_organizationName, MBSTRING_UTF8,
	               (const unsigned char *)organisation.p, name_length(organisation), -1, 0));
}

static bool
add_extension(X509 *x, X509V3_CTX *ctx, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
	bool ok = e && X509_add_ext(x, e, -1);

	X509_EXTENSION_free(e);
	return ok;
}

/* Where to ask about a certificate (RFC 5280 4.2.2.1, 4.2.1.13). */
static bool
add_addresses(X509 *x, X509 *issuer, struct str base_url)
{
	char ocsp[512], list[512];
	X509V3_CTX ctx;
	int n = snprintf(ocsp, sizeof(ocsp), "OCSP;URI:%.*s/ocsp", STR_ARG(base_url));

	if (base_url.n == 0 || issuer == x)
		return true;
	if (n >= (int)sizeof(ocsp) || str_find(base_url, STR(",")) >= 0)
		return false;
	snprintf(list, sizeof(list), "URI:%.*s/crl", STR_ARG(base_url));
	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	return add_extension(x, &ctx, NID_info_access, ocsp) &&
	       add_extension(x, &ctx, NID_crl_distribution_points, list);
}

static bool
add_extensions(X509 *x, const struct profile *profile, X509 *issuer)
{
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	for (size_t i = 0;
	     i < sizeof(profile->extensions) / sizeof(profile->extensions[0]) && profile->extensions[i].value;
	     i++)
		if (!add_extension(x, &ctx, profile->extensions[i].nid, profile->extensions[i].value))
			return false;
	return true;
}

static enum err
issue(const struct profile *profile, const struct keys_subject *subject, const struct authority *ca,
    EVP_PKEY *key, X509 **ret)
{
	X509 *x = X509_new();
	X509 *issuer = ca->certificate ? ca->certificate : x;
	time_t now = (time_t)(clock_utc_ms() / 1000);

	*ret = x; /* the caller frees it, good or not */
	if (!x || !X509_set_version(x, X509_VERSION_3) || !set_serial(x) ||
	    !set_name(x, profile, subject->organisation) ||
	    !X509_set_issuer_name(x, X509_get_subject_name(issuer)) ||
	    !X509_time_adj_ex(X509_getm_notBefore(x), 0, -3600, &now) ||
	    !X509_time_adj_ex(X509_getm_notAfter(x), profile->years * 365 + profile->years / 4, 0, &now) ||
	    !X509_set_pubkey(x, key) || !add_extensions(x, profile, issuer) ||
	    !add_addresses(x, issuer, subject->base_url) ||
	    X509_sign(x, ca->key ? ca->key : key, EVP_sha256()) <= 0)
		return ERR_CRYPTO;
	return OK;
}

static enum err
write_pem(const char *dir, const char *file, const char *ending, mode_t mode, EVP_PKEY *key, X509 *x)
{
	char path[KEYS_PATH_LENGTH];
	FILE *f;
	bool ok;
	int fd;

	TRY(keys_path(dir, file, ending, path));
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	f = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!f) {
		if (fd >= 0)
			close(fd);
		return ERR_IO;
	}
	ok = key ? PEM_write_PKCS8PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) : PEM_write_X509(f, x);
	ok = ok && fflush(f) == 0 && fsync(fd) == 0;
	return fclose(f) == 0 && ok ? OK : ERR_IO;
}

enum err
keys_issue(const char *dir, enum keys_profile which, enum key_algorithm algorithm,
    const struct keys_subject *subject, struct authority *ca)
{
	const struct profile *profile = &PROFILES[which];
	bool open = profile->leave_open && ca->key && EVP_PKEY_get_base_id(ca->key) == EVP_PKEY_RSA_PSS;
	EVP_PKEY *key CLEANUP(ossl_pkey_free) = key_algorithm_generate(algorithm, open);
	X509 *x CLEANUP(ossl_x509_free) = NULL;
	enum key_algorithm made;

	if (!key)
		return ERR_CRYPTO;
	TRY(issue(profile, subject, ca, key, &x));
	TRY(key_algorithm_of(x, &made));
	if (made != algorithm) /* the root's own padding decides where the key leaves it open */
		return ERR_CONFIG;
	TRY(write_pem(dir, profile->file, ".key.new", 0400, key, NULL));
	TRY(write_pem(dir, profile->file, ".pem.new", 0444, NULL, x));
	if (!ca->key) { /* the first one is the root */
		ca->key = key;
		ca->certificate = x;
		key = NULL;
		x = NULL;
	}
	return OK;
}

void
authority_free(struct authority *a)
{
	EVP_PKEY_free(a->key);
	X509_free(a->certificate);
}

enum err
keys_move_into_place(const char *dir, enum keys_profile which, const char *ending)
{
	char from[KEYS_PATH_LENGTH], to[KEYS_PATH_LENGTH], temporary[16];

	snprintf(temporary, sizeof(temporary), "%s.new", ending);
	TRY(keys_path(dir, PROFILES[which].file, temporary, from));
	TRY(keys_path(dir, PROFILES[which].file, ending, to));
	return rename(from, to) == 0 ? OK : ERR_IO;
}

enum err
keys_sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd >= 0 ? fsync(fd) : -1;

	if (fd >= 0)
		close(fd);
	return rc == 0 ? OK : ERR_IO;
}
