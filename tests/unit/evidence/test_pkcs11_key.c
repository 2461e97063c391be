/* A key made in a token (SoftHSM): it signs for us, and nobody gets it out. */
#include "keys_outside.h"
#include "ossl.h"
#include "scratch.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define PIN "4711"

static const char *const MODULES[] = {
    "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"};
static struct scratch s;
static const char *module_path;
static struct keys_source source;

static int
make_token(void **state)
{
	const char *const argv[] = {"softhsm2-util", "--init-token", "--free", "--label", "keiin", "--pin",
	    PIN, "--so-pin", "0815", NULL};
	struct str said;

	(void)state;
	if (!scratch_open(&s, KEY_P256))
		return -1;
	for (size_t i = 0; i < sizeof(MODULES) / sizeof(MODULES[0]); i++)
		if (access(MODULES[i], R_OK) == 0)
			module_path = MODULES[i];
	setenv("SOFTHSM2_CONF",
	    scratch_write(&s, "softhsm2.conf",
	        arena_printf(&s.a, "directories.tokendir = %s\nobjectstore.backend = file\n", s.dir)),
	    1);
	source = (struct keys_source){.dir = s.key_dir,
	    .pkcs11_module = module_path,
	    .pkcs11_key = "pkcs11:token=keiin;object=seal",
	    .pkcs11_pin = scratch_write(&s, "pin", STR(PIN "\n"))};
	return !module_path || scratch_run(&s, argv, &said) == 0 ? 0 : -1;
}

static int
close_token(void **state)
{
	(void)state;
	scratch_close(&s);
	return 0;
}

struct session {
	CK_FUNCTION_LIST *module;
	CK_SESSION_HANDLE handle;
};

static struct session
open_session(void)
{
	struct session t = {.module = p11_kit_module_load(module_path, P11_KIT_MODULE_UNMANAGED)};
	CK_SLOT_ID slots[8];
	CK_ULONG n = 8;

	assert_non_null(t.module);
	assert_int_equal(p11_kit_module_initialize(t.module), CKR_OK);
	assert_int_equal(t.module->C_GetSlotList(CK_TRUE, slots, &n), CKR_OK);
	assert_true(n >= 1);
	assert_int_equal(
	    t.module->C_OpenSession(slots[0], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &t.handle),
	    CKR_OK);
	assert_int_equal(t.module->C_Login(t.handle, CKU_USER, (CK_UTF8CHAR_PTR)PIN, strlen(PIN)), CKR_OK);
	return t;
}

static void
close_session(struct session *t)
{
	t->module->C_CloseSession(t->handle);
	p11_kit_module_finalize(t->module);
	p11_kit_module_release(t->module);
}

/* A P-256 pair made in the token, the private half never to leave it. */
static void
generate(struct session *t, CK_OBJECT_HANDLE *ret_public, CK_OBJECT_HANDLE *ret_private)
{
	static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	static CK_BYTE p256[] = {0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07},
	               label[] = "seal";
	CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
	CK_ATTRIBUTE public[] = {{CKA_TOKEN, &yes, 1}, {CKA_VERIFY, &yes, 1},
	    {CKA_EC_PARAMS, p256, sizeof(p256)}, {CKA_LABEL, label, sizeof(label) - 1}};
	CK_ATTRIBUTE private[] = {{CKA_TOKEN, &yes, 1}, {CKA_PRIVATE, &yes, 1}, {CKA_SENSITIVE, &yes, 1},
	    {CKA_EXTRACTABLE, &no, 1}, {CKA_SIGN, &yes, 1}, {CKA_LABEL, label, sizeof(label) - 1}};

	assert_int_equal(t->module->C_GenerateKeyPair(
	                     t->handle, &mechanism, public, 4, private, 6, ret_public, ret_private),
	    CKR_OK);
}

static EVP_PKEY *
public_key(struct session *t, CK_OBJECT_HANDLE object)
{
	unsigned char point[128];
	CK_ATTRIBUTE a = {CKA_EC_POINT, point, sizeof(point)};
	EVP_PKEY_CTX *ctx CLEANUP(ossl_pkey_ctx_free) = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	assert_int_equal(t->module->C_GetAttributeValue(t->handle, object, &a, 1), CKR_OK);
	assert_int_equal(a.ulValueLen, 2 + 65); /* an OCTET STRING of DER around it */
	OSSL_PARAM parameters[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char[]){"prime256v1"}, 0),
	    OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point + 2, 65),
	    OSSL_PARAM_construct_end()};
	assert_true(EVP_PKEY_fromdata_init(ctx) > 0);
	assert_true(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, parameters) > 0);
	return key;
}

static void
it_signs_and_stays(void **state)
{
	struct pkcs11_key *k;
	struct sha256 digest = sha256_of(STR("契約書"));
	CK_OBJECT_HANDLE public, private;
	unsigned char out[256];
	CK_ATTRIBUTE value = {CKA_VALUE, out, sizeof(out)};
	struct str signature;

	(void)state;
	if (!module_path)
		skip();
	assert_int_equal(pkcs11_key_open(&source, &k), ERR_CONFIG); /* no such key yet */
	struct session t = open_session();
	generate(&t, &public, &private);
	EVP_PKEY *key CLEANUP(ossl_pkey_free) = public_key(&t, public);
	EVP_PKEY_CTX *ctx CLEANUP(ossl_pkey_ctx_free) = EVP_PKEY_CTX_new(key, NULL);
	assert_int_equal(
	    t.module->C_GetAttributeValue(t.handle, private, &value, 1), CKR_ATTRIBUTE_SENSITIVE);
	close_session(&t);

	assert_int_equal(pkcs11_key_open(&source, &k), OK);
	assert_true(EVP_PKEY_verify_init(ctx) > 0);
	for (int i = 0; i < 50; i++) {
		digest.b[0] = (unsigned char)i;
		assert_int_equal(pkcs11_key_sign(k, KEY_P256, &digest, &s.a, &signature), OK);
		assert_int_equal(EVP_PKEY_verify(ctx, (const unsigned char *)signature.p, signature.n,
		                     digest.b, sizeof(digest.b)),
		    1);
	}
	pkcs11_key_close(k);
}

static void
what_is_not_there_is_told_apart(void **state)
{
	struct keys_source other = source;
	struct pkcs11_key *k;

	(void)state;
	if (!module_path)
		skip();
	other.pkcs11_key = "pkcs11:token=another;object=seal";
	assert_int_equal(pkcs11_key_open(&other, &k), ERR_CONFIG);
	other.pkcs11_key = "pkcs11:token=keiin;nonsense=seal";
	assert_int_equal(pkcs11_key_open(&other, &k), ERR_CONFIG);
	other.pkcs11_key = "seal";
	assert_int_equal(pkcs11_key_open(&other, &k), ERR_CONFIG);
	other = source;
	other.pkcs11_pin = scratch_write(&s, "wrong", STR("0000\n"));
	assert_int_equal(pkcs11_key_open(&other, &k), ERR_PEER);
	other = source;
	other.pkcs11_pin = "/nonexistent";
	assert_int_equal(pkcs11_key_open(&other, &k), ERR_IO);
	other = source;
	other.pkcs11_module = other.pkcs11_pin;
	assert_int_equal(pkcs11_key_open(&other, &k), ERR_CONFIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_signs_and_stays), cmocka_unit_test(what_is_not_there_is_told_apart)};

	return cmocka_run_group_tests(tests, make_token, close_token);
}
