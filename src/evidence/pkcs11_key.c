/* A key in a token (PKCS#11 2.40): it signs there and never comes out. */
#include "keys_outside.h"
#include "log.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>
#include <stdlib.h>

enum { SLOTS_MAX = 64, ATTRIBUTES_MAX = 16 };

struct pkcs11_key {
	CK_FUNCTION_LIST *module;
	bool initialised;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE object;
};

OSSL_CLEANUP(uri_free, P11KitUri, p11_kit_uri_free)
OSSL_CLEANUP(ecdsa_free, ECDSA_SIG, ECDSA_SIG_free)

static enum err
refused(const char *what, CK_RV rv, enum err e)
{
	log_event(LOG_ERROR, "pkcs11", "%s: %s", what, p11_kit_strerror(rv));
	return e;
}

void
pkcs11_key_close(struct pkcs11_key *k)
{
	if (!k)
		return;
	if (k->session)
		k->module->C_CloseSession(k->session);
	if (k->initialised)
		p11_kit_module_finalize(k->module);
	if (k->module)
		p11_kit_module_release(k->module);
	free(k);
}

static enum err
load_module(struct pkcs11_key *k, const char *path)
{
	CK_RV rv;

	k->module = p11_kit_module_load(path, P11_KIT_MODULE_CRITICAL | P11_KIT_MODULE_UNMANAGED);
	if (!k->module) {
		log_event(LOG_ERROR, "pkcs11", "seal.pkcs11_module is no PKCS#11 module: %s", path);
		return ERR_CONFIG;
	}
	rv = p11_kit_module_initialize(k->module);
	k->initialised = rv == CKR_OK;
	return k->initialised ? OK : refused("the module does not start", rv, ERR_PEER);
}

/* The only slot whose token the URI names. */
static enum err
find_token(struct pkcs11_key *k, P11KitUri *uri, CK_SLOT_ID *ret)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG n = SLOTS_MAX, found = 0;
	CK_RV rv = k->module->C_GetSlotList(CK_TRUE, slots, &n);

	if (rv != CKR_OK)
		return refused("slots", rv, ERR_PEER);
	for (CK_ULONG i = 0; i < n; i++) {
		CK_TOKEN_INFO info;

		if (k->module->C_GetTokenInfo(slots[i], &info) == CKR_OK &&
		    p11_kit_uri_match_token_info(uri, &info) && found++ == 0)
			*ret = slots[i];
	}
	if (found == 1)
		return OK;
	log_event(LOG_ERROR, "pkcs11", "seal.pkcs11_key names %lu tokens instead of one", found);
	return ERR_CONFIG;
}

static enum err
log_in(struct pkcs11_key *k, CK_SLOT_ID slot, const char *pin_file)
{
	char pin[KEYS_SECRET_MAX] = "";
	CK_RV rv = k->module->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &k->session);

	if (rv != CKR_OK)
		return refused("session", rv, ERR_PEER);
	if (!keys_given(pin_file))
		return OK;
	TRY(keys_secret_read(pin_file, pin));
	rv = k->module->C_Login(k->session, CKU_USER, (CK_UTF8CHAR_PTR)pin, strlen(pin));
	OPENSSL_cleanse(pin, sizeof(pin));
	return rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN ? OK : refused("login", rv, ERR_PEER);
}

/* The only private key that the URI names. */
static enum err
find_key(struct pkcs11_key *k, P11KitUri *uri)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE wanted[ATTRIBUTES_MAX + 1] = {{CKA_CLASS, &class, sizeof(class)}};
	CK_ULONG given, n = 1, found = 0;
	CK_ATTRIBUTE *attributes = p11_kit_uri_get_attributes(uri, &given);
	CK_OBJECT_HANDLE objects[2];
	CK_RV rv;

	for (CK_ULONG i = 0; i < given && n <= ATTRIBUTES_MAX; i++)
		if (attributes[i].type != CKA_CLASS)
			wanted[n++] = attributes[i];
	rv = k->module->C_FindObjectsInit(k->session, wanted, n);
	if (rv == CKR_OK) {
		rv = k->module->C_FindObjects(k->session, objects, 2, &found);
		k->module->C_FindObjectsFinal(k->session);
	}
	if (rv != CKR_OK)
		return refused("search for the key", rv, ERR_PEER);
	if (found != 1) {
		log_event(LOG_ERROR, "pkcs11", "seal.pkcs11_key names %s private key",
		    found ? "more than one" : "no");
		return ERR_CONFIG;
	}
	k->object = objects[0];
	return OK;
}

static enum err
open_key(struct pkcs11_key *k, const struct keys_source *s)
{
	P11KitUri *uri CLEANUP(uri_free) = p11_kit_uri_new();
	CK_SLOT_ID slot = 0;

	if (!uri ||
	    p11_kit_uri_parse(s->pkcs11_key, P11_KIT_URI_FOR_OBJECT_ON_TOKEN, uri) != P11_KIT_URI_OK ||
	    p11_kit_uri_any_unrecognized(uri)) {
		log_event(LOG_ERROR, "pkcs11", "seal.pkcs11_key is not understood");
		return ERR_CONFIG;
	}
	TRY(load_module(k, s->pkcs11_module));
	TRY(find_token(k, uri, &slot));
	TRY(log_in(k, slot, s->pkcs11_pin));
	return find_key(k, uri);
}

enum err
pkcs11_key_open(const struct keys_source *s, struct pkcs11_key **ret)
{
	struct pkcs11_key *k = calloc(1, sizeof(*k));
	enum err e = k ? open_key(k, s) : ERR_NOMEM;

	if (e == OK)
		*ret = k;
	else
		pkcs11_key_close(k);
	return e;
}

/* r and s, each half of the bytes (2.3.1), as Ecdsa-Sig-Value (RFC 3279 2.2.3). */
static enum err
ecdsa_value(struct arena *a, const unsigned char *raw, size_t n, struct str *ret)
{
	ECDSA_SIG *both CLEANUP(ecdsa_free) = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, (int)n / 2, NULL), *s = BN_bin2bn(raw + n / 2, (int)n / 2, NULL);
	unsigned char *der = NULL;
	int length;

	if (!both || !r || !s || !ECDSA_SIG_set0(both, r, s)) {
		BN_free(r);
		BN_free(s);
		return ERR_NOMEM;
	}
	length = i2d_ECDSA_SIG(both, &der);
	if (length <= 0)
		return ERR_CRYPTO;
	*ret = arena_str(a, str_make(der, (size_t)length));
	OPENSSL_free(der);
	return OK;
}

enum err
pkcs11_key_sign(struct pkcs11_key *k, enum key_algorithm algorithm, const struct sha256 *digest,
    struct arena *a, struct str *ret)
{
	/* DigestInfo of SHA-256 up to the digest (RFC 8017 9.2) */
	static const unsigned char prefix[] = {0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
	    0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
	bool ecdsa = key_algorithm_is_ecdsa(algorithm), pss = key_algorithm_is_pss(algorithm);
	size_t head = ecdsa || pss ? 0 : sizeof(prefix);
	CK_RSA_PKCS_PSS_PARAMS parameters = {CKM_SHA256, CKG_MGF1_SHA256, KEY_PSS_SALT};
	CK_MECHANISM mechanism = {ecdsa ? CKM_ECDSA
	                          : pss ? CKM_RSA_PKCS_PSS
	                                : CKM_RSA_PKCS,
	    pss ? &parameters : NULL, pss ? sizeof(parameters) : 0};
	unsigned char input[sizeof(prefix) + SHA256_LENGTH], signature[KEY_SIGNATURE_MAX];
	CK_ULONG n = sizeof(signature);
	CK_RV rv;

	memcpy(input, prefix, head);
	memcpy(input + head, digest->b, SHA256_LENGTH);
	rv = k->module->C_SignInit(k->session, &mechanism, k->object);
	if (rv == CKR_OK)
		rv = k->module->C_Sign(k->session, input, head + SHA256_LENGTH, signature, &n);
	if (rv != CKR_OK)
		return refused("signature", rv, ERR_PEER);
	if (ecdsa)
		return ecdsa_value(a, signature, n, ret);
	*ret = arena_str(a, str_make(signature, n));
	return OK;
}
