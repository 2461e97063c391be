#include "crl_issuer.h"
#include "log.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_LENGTH = 4096, LINE_LENGTH = 200, SERIAL_LENGTH = 80, TIME_LENGTH = 20 };

OSSL_CLEANUP(crl_free, X509_CRL, X509_CRL_free)

void
crl_issuer_free(struct crl_issuer *i)
{
	if (!i)
		return;
	EVP_PKEY_free(i->key);
	X509_free(i->certificate);
	sk_X509_REVOKED_pop_free(i->revoked, X509_REVOKED_free);
	sk_X509_pop_free(i->issued, X509_free);
	free(i);
}

static FILE *
open_file(const char *dir, const char *name)
{
	char path[PATH_LENGTH];
	return snprintf(path, sizeof(path), "%s/%s", dir, name) < (int)sizeof(path) ? fopen(path, "re")
	                                                                            : NULL;
}

/* "4A3F... 20261124030405Z" */
static X509_REVOKED *
read_line(const char *line)
{
	char serial[SERIAL_LENGTH + 1], time[TIME_LENGTH + 1];
	BIGNUM *n = NULL;
	if (sscanf(line, "%80[0-9A-Fa-f] %20[0-9Z]", serial, time) != 2 || !BN_hex2bn(&n, serial))
		return NULL;
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_INTEGER *number = BN_to_ASN1_INTEGER(n, NULL);
	ASN1_TIME *at = ASN1_TIME_new();
	bool ok = r && number && at && ASN1_TIME_set_string_X509(at, time) &&
	          X509_REVOKED_set_serialNumber(r, number) && X509_REVOKED_set_revocationDate(r, at);
	BN_free(n);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(at);
	if (ok)
		return r;
	X509_REVOKED_free(r);
	return NULL;
}

static enum err
read_revoked(const char *dir, STACK_OF(X509_REVOKED) * to)
{
	FILE *f = open_file(dir, "revoked");
	char line[LINE_LENGTH];
	enum err e = OK;
	if (!f)
		return errno == ENOENT ? OK : ERR_IO;
	while (e == OK && fgets(line, sizeof(line), f)) {
		if (line[strspn(line, " \t\r\n")] == 0)
			continue;
		X509_REVOKED *r = read_line(line);
		if (!r || !sk_X509_REVOKED_push(to, r)) {
			X509_REVOKED_free(r);
			log_event(LOG_ERROR, "revoked",
			    "a line of the list of revoked certificates cannot be read");
			e = ERR_CONFIG;
		}
	}
	fclose(f);
	return e;
}

/* Every certificate of the folder that the root issued. */
static enum err
read_issued(const char *dir, struct crl_issuer *i)
{
	DIR *d = opendir(dir);
	if (!d)
		return ERR_IO;
	for (struct dirent *entry = readdir(d); entry; entry = readdir(d)) {
		FILE *f = str_ends(str_c(entry->d_name), STR(".pem")) ? open_file(dir, entry->d_name) : NULL;
		X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
		if (f)
			fclose(f);
		if (!x || X509_verify(x, X509_get0_pubkey(i->certificate)) != 1 ||
		    !sk_X509_push(i->issued, x))
			X509_free(x);
	}
	closedir(d);
	return OK;
}

enum err
crl_issuer_load(const char *dir, struct crl_issuer **ret)
{
	FILE *key = open_file(dir, "ca.key"), *certificate = open_file(dir, "ca.pem");
	struct crl_issuer *i = calloc(1, sizeof(*i));
	enum err e = ERR_NOMEM;
	*ret = NULL;
	if (i && key && certificate) {
		i->key = PEM_read_PrivateKey(key, NULL, NULL, NULL);
		i->certificate = PEM_read_X509(certificate, NULL, NULL, NULL);
		i->revoked = sk_X509_REVOKED_new_null();
		i->issued = sk_X509_new_null();
		e = i->key && i->certificate && i->revoked && i->issued ? read_revoked(dir, i->revoked)
		                                                        : ERR_CRYPTO;
		if (e == OK)
			e = read_issued(dir, i);
	}
	bool absent = !key;
	if (key)
		fclose(key);
	if (certificate)
		fclose(certificate);
	if (e == OK) {
		*ret = i;
		return OK;
	}
	crl_issuer_free(i);
	return absent ? OK : e;
}

static bool
set_times(X509_CRL *crl, int64_t now_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	ASN1_TIME *from = ASN1_TIME_adj(NULL, now, 0, 0), *to = ASN1_TIME_adj(NULL, now, CRL_DAYS, 0);
	bool ok = from && to && X509_CRL_set1_lastUpdate(crl, from) && X509_CRL_set1_nextUpdate(crl, to);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	return ok;
}

/* Issuer's key and number (5.2.1, 5.2.3). */
static bool
add_extensions(X509_CRL *crl, X509 *issuer, int64_t now_ms)
{
	X509V3_CTX ctx;
	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, NULL, NULL, crl, 0);
	X509_EXTENSION *key = X509V3_EXT_conf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid");
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	bool ok = key && number && X509_CRL_add_ext(crl, key, -1) && ASN1_INTEGER_set_int64(number, now_ms) &&
	          X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0);
	X509_EXTENSION_free(key);
	ASN1_INTEGER_free(number);
	return ok;
}

static bool
add_revoked(X509_CRL *crl, const struct crl_issuer *i)
{
	for (int k = 0; k < sk_X509_REVOKED_num(i->revoked); k++) {
		X509_REVOKED *copy = X509_REVOKED_dup(sk_X509_REVOKED_value(i->revoked, k));
		if (!copy || !X509_CRL_add0_revoked(crl, copy))
			return false;
	}
	return X509_CRL_sort(crl);
}

enum err
crl_issue(struct crl_issuer *i, int64_t now_ms, struct arena *a, struct str *ret)
{
	X509_CRL *crl CLEANUP(crl_free) = X509_CRL_new();
	if (!crl || !X509_CRL_set_version(crl, X509_CRL_VERSION_2) ||
	    !X509_CRL_set_issuer_name(crl, X509_get_subject_name(i->certificate)) ||
	    !set_times(crl, now_ms) || !add_extensions(crl, i->certificate, now_ms) || !add_revoked(crl, i) ||
	    X509_CRL_sign(crl, i->key, EVP_sha256()) <= 0)
		return ERR_CRYPTO;
	unsigned char *der = NULL;
	int n = i2d_X509_CRL(crl, &der);
	if (n <= 0)
		return ERR_CRYPTO;
	*ret = arena_str(a, str_make(der, (size_t)n));
	OPENSSL_free(der);
	return OK;
}
