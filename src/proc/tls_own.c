#include "tls_own.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum { DAY_S = 24 * 3600, VALID_DAYS = 730, RENEW_DAYS = 30 };

static bool
still_good(const char *certificate_path, const char *key_path)
{
	FILE *f = access(key_path, R_OK) == 0 ? fopen(certificate_path, "re") : NULL;
	if (!f)
		return false;
	X509 *x = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	time_t soon = time(NULL) + RENEW_DAYS * DAY_S;
	bool good = x && X509_cmp_time(X509_get0_notAfter(x), &soon) > 0;
	X509_free(x);
	return good;
}

static bool
extension(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bool ok = e && X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
	return ok;
}

static bool
fill(X509 *x, EVP_PKEY *key)
{
	unsigned char serial[16];
	char host[128] = "localhost", names[256];
	if (RAND_bytes(serial, sizeof(serial)) != 1)
		return false;
	serial[0] &= 0x7f;
	BIGNUM *number = BN_bin2bn(serial, sizeof(serial), NULL);
	bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
	BN_free(number);
	gethostname(host, sizeof(host) - 1);
	for (char *c = host; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
		        *c == '-' || *c == '.'))
			*c = '-';
	snprintf(
	    names, sizeof(names), "DNS:localhost,DNS:%s,IP:127.0.0.1,IP:::1", host[0] ? host : "localhost");
	X509_NAME *name = X509_get_subject_name(x);
	return ok && X509_set_version(x, X509_VERSION_3) && X509_gmtime_adj(X509_getm_notBefore(x), -DAY_S) &&
	       X509_gmtime_adj(X509_getm_notAfter(x), (long)VALID_DAYS * DAY_S) && X509_set_pubkey(x, key) &&
	       X509_NAME_add_entry_by_txt(
	           name, "CN", MBSTRING_UTF8, (const unsigned char *)"localhost", -1, -1, 0) &&
	       X509_set_issuer_name(x, name) && extension(x, NID_subject_alt_name, names) &&
	       extension(x, NID_basic_constraints, "critical,CA:FALSE") &&
	       extension(x, NID_key_usage, "critical,digitalSignature") &&
	       extension(x, NID_ext_key_usage, "serverAuth") && X509_sign(x, key, EVP_sha256()) > 0;
}

static bool
save(const char *path, mode_t mode, X509 *x, EVP_PKEY *key)
{
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f)
		return false;
	bool ok = x ? PEM_write_X509(f, x) : PEM_write_PKCS8PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	ok = fflush(f) == 0 && fsync(fd) == 0 && ok;
	return fclose(f) == 0 && ok;
}

enum err
tls_own_create(const char *certificate_path, const char *key_path)
{
	if (still_good(certificate_path, key_path))
		return OK;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	bool ok = key && x && fill(x, key) && save(key_path, 0400, NULL, key) &&
	          save(certificate_path, 0644, x, NULL);
	X509_free(x);
	EVP_PKEY_free(key);
	return ok ? OK : ERR_CRYPTO;
}
