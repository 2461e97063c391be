/* Our own authority at work: pairs of a key and a certificate, as files. */
#ifndef EVIDENCE_KEYS_ISSUE_H
#define EVIDENCE_KEYS_ISSUE_H

#include "keys.h"
#include "ossl.h"

enum keys_profile { KEYS_ROOT, KEYS_SEAL, KEYS_TSA, KEYS_PROFILES };

struct authority {
	EVP_PKEY *key;
	X509 *certificate;
};
void
authority_free(struct authority *a);

enum { KEYS_PATH_LENGTH = 4096 };
MUST_CHECK enum err
keys_path(const char *dir, const char *file, const char *ending, char ret[KEYS_PATH_LENGTH]);
/* A new key and its certificate, "seal.key.new" and "seal.pem.new". Without a key in *ca it is a root and
 * becomes *ca. ERR_CONFIG: this root issues no key of that kind (PSS and PKCS#1 v1.5 do not mix). */
MUST_CHECK enum err
keys_issue(const char *dir, enum keys_profile which, enum key_algorithm algorithm,
    const struct keys_subject *subject, struct authority *ca);
/* "seal.key.new" becomes "seal.key". */
MUST_CHECK enum err
keys_move_into_place(const char *dir, enum keys_profile which, const char *ending);
MUST_CHECK enum err
keys_sync_folder(const char *dir);

#endif
