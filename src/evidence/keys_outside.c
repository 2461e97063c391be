#include "keys_outside.h"

#include "certificates.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_LENGTH = 4096, PKCS12_MAX = 1 << 20 };

OSSL_CLEANUP(pkcs12_free, PKCS12, PKCS12_free)

enum err
keys_secret_read(const char *path, char ret[KEYS_SECRET_MAX])
{
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return ERR_IO;
	setvbuf(f, NULL, _IONBF, 0); /* no copy stays behind */
	n = fread(ret, 1, KEYS_SECRET_MAX, f);
	fclose(f);
	if (n == KEYS_SECRET_MAX)
		return ERR_CONFIG;
	ret[n] = 0;
	ret[strcspn(ret, "\r\n")] = 0;
	return OK;
}

static enum err
read_container(const char *path, PKCS12 **ret)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	PKCS12 *p = NULL;

	if (!f)
		return ERR_IO;
	if (fstat(fileno(f), &st) == 0 && st.st_size <= PKCS12_MAX)
		p = d2i_PKCS12_fp(f, NULL);
	fclose(f);
	*ret = p;
	return p ? OK : ERR_CRYPTO;
}

static enum err
open_pkcs12(const struct keys_source *s, EVP_PKEY **ret_key, X509 **ret_leaf, STACK_OF(X509) * *ret_others)
{
	PKCS12 *p CLEANUP(pkcs12_free) = NULL;
	char password[KEYS_SECRET_MAX] = "";
	enum err e = keys_given(s->pkcs12_password) ? keys_secret_read(s->pkcs12_password, password) : OK;

	if (e == OK)
		e = read_container(s->pkcs12, &p);
	if (e == OK && !PKCS12_parse(p, password, ret_key, ret_leaf, ret_others))
		e = ERR_CRYPTO;
	OPENSSL_cleanse(password, sizeof(password));
	if (e == OK && (!*ret_key || !*ret_leaf))
		e = ERR_CONFIG;
	return e;
}

enum err
keys_pkcs12_read(const struct keys_source *s, EVP_PKEY **ret)
{
	STACK_OF(X509) * others CLEANUP(ossl_x509s_free) = NULL;
	EVP_PKEY *key CLEANUP(ossl_pkey_free) = NULL;
	X509 *leaf CLEANUP(ossl_x509_free) = NULL;

	TRY(open_pkcs12(s, &key, &leaf, &others));
	*ret = key;
	key = NULL;
	return OK;
}

static X509 *
issuer_of(X509 *x, STACK_OF(X509) * among)
{
	for (int i = 0; i < sk_X509_num(among); i++) {
		X509 *other = sk_X509_value(among, i);

		if (X509_check_issued(other, x) == X509_V_OK && X509_verify(x, X509_get0_pubkey(other)) == 1)
			return other;
	}
	return NULL;
}

/* The leaf, its issuer, and so on as far as they are there; others are left out, because the verifier refuses
 * certificates that do not belong to the chain. */
static enum err
write_chain(FILE *f, X509 *leaf, STACK_OF(X509) * among)
{
	enum key_algorithm algorithm;
	X509 *x = leaf;

	TRY(key_algorithm_of(leaf, &algorithm));
	for (size_t n = 0; x; n++) {
		X509 *issuer = issuer_of(x, among);

		if (n > CHAIN_ISSUERS_MAX)
			return ERR_CONFIG;
		if (!PEM_write_X509(f, x))
			return ERR_IO;
		if (issuer && X509_cmp(issuer, x) == 0)
			break; /* the root */
		x = issuer;
	}
	return OK;
}

/* Seals by an earlier key from outside are still to be judged: its chain gets one more name. */
static enum err
keep_earlier(const char *dir, const char *path)
{
	STACK_OF(X509) * chain CLEANUP(ossl_x509s_free) = NULL;
	BIGNUM *serial;
	char old[PATH_LENGTH], *hex;
	int n;

	if (access(path, F_OK))
		return OK;
	TRY(certificates_read(path, &chain));
	if (snprintf(old, sizeof(old), "%s/old", dir) >= (int)sizeof(old) ||
	    (mkdir(old, 0700) && errno != EEXIST))
		return ERR_IO;
	serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(sk_X509_value(chain, 0)), NULL);
	hex = serial ? BN_bn2hex(serial) : NULL;
	n = hex ? snprintf(old, sizeof(old), "%s/old/%s-" OUTSIDE_PEM, dir, hex) : -1;
	BN_free(serial);
	OPENSSL_free(hex);
	return n > 0 && n < (int)sizeof(old) && (link(path, old) == 0 || errno == EEXIST) ? OK : ERR_IO;
}

static enum err
publish(const char *path, X509 *leaf, STACK_OF(X509) * among)
{
	char fresh[PATH_LENGTH];
	FILE *f;
	enum err e;

	if (snprintf(fresh, sizeof(fresh), "%s.new", path) >= (int)sizeof(fresh))
		return ERR_CONFIG;
	f = fopen(fresh, "we");
	if (!f)
		return ERR_IO;
	e = write_chain(f, leaf, among);
	if (fflush(f) || fsync(fileno(f)))
		e = e == OK ? ERR_IO : e;
	if (fclose(f) && e == OK)
		e = ERR_IO;
	if (e == OK && rename(fresh, path))
		e = ERR_IO;
	return e;
}

enum err
keys_outside_publish(const struct keys_source *s)
{
	STACK_OF(X509) * others CLEANUP(ossl_x509s_free) = NULL;
	EVP_PKEY *key CLEANUP(ossl_pkey_free) = NULL;
	X509 *leaf CLEANUP(ossl_x509_free) = NULL;
	char path[PATH_LENGTH];

	if (snprintf(path, sizeof(path), "%s/" OUTSIDE_PEM, s->dir) >= (int)sizeof(path))
		return ERR_CONFIG;
	if (keys_given(s->pkcs12) && keys_given(s->pkcs11_module))
		return ERR_CONFIG;
	TRY(keep_earlier(s->dir, path));
	if (keys_given(s->pkcs12))
		TRY(open_pkcs12(s, &key, &leaf, &others));
	else if (keys_given(s->pkcs11_module)) {
		TRY(keys_given(s->certificate) ? certificates_read(s->certificate, &others) : ERR_CONFIG);
		leaf = sk_X509_shift(others);
	} else
		return unlink(path) == 0 || errno == ENOENT ? OK : ERR_IO;
	return publish(path, leaf, others);
}
