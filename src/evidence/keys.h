/* The platform's keys and certificates.  Private keys are held by the role keyd alone; everything else asks
 * through struct signer.  Certificates are public and read from files. */
#ifndef EVIDENCE_KEYS_H
#define EVIDENCE_KEYS_H

#include "arena.h"
#include "id.h"
#include "key_algorithm.h"

#include <stdint.h>

enum key_id { KEY_SEAL, KEY_TSA };

/* One question: sign this SHA-256 digest for this job. The answer is a raw signature (ECDSA: DER
 * Ecdsa-Sig-Value, RSA: PKCS#1 v1.5 or PSS block). Implementations: keyd's client (proc) and in-process keys
 * (command line, tests, benchmarks). */
struct signer {
	enum err (*sign)(void *self, enum key_id key, struct str job, const struct sha256 *digest,
	    struct arena *a, struct str *ret);
	/* The root's list of revoked certificates as of now (RFC 5280 5), DER. Whoever holds the root's key
	 * makes it whole, so that the key can be asked for nothing else. ERR_NOT_FOUND when the key was taken
	 * away. */
	enum err (*crl)(void *self, struct str job, struct arena *a, struct str *ret);
	void *self;
};

struct keys_subject {
	struct str organisation; /* O= and in the CN of the certificates, UTF-8 */
	struct str base_url;     /* where the certificates say that one can ask about them; empty: nowhere */
};

/* Makes what is missing in the folder (0700): root CA, seal key and certificate, TSA key and certificate
 * (critical EKU timeStamping only). Files: ca.key ca.pem seal.key seal.pem tsa.key tsa.pem; keys 0400. Whole
 * or not at all (temporary names, then renamed); repeating it changes nothing.  ca.key may be taken away to a
 * safe place. ERR_CONFIG when other files are missing. */
MUST_CHECK enum err
keys_create(const char *dir, enum key_algorithm algorithm, const struct keys_subject *subject);

/* Where private keys are: in the folder, unless that for seals comes from outside. What is not given is NULL
 * or empty. */
struct keys_source {
	const char *dir;
	const char *pkcs12, *pkcs12_password; /* files; the second's first line is the password */
	const char *pkcs11_module, *pkcs11_key,
	    *pkcs11_pin;         /* shared object, URI (RFC 7512), file as above */
	const char *certificate; /* PEM file: of the key in the token, with its issuers */
};
/* Puts the certificates of a key from outside, the leaf first, each followed by its issuer, at most 8, where
 * certificates_load() finds them: outside.pem in the folder, which is taken away when no key comes from
 * outside; what stood there before is kept in the folder old, named by the serial number, ending in
 * -outside.pem. ERR_CONFIG: no such chain, or a kind of key that does not serve; ERR_CRYPTO: the file cannot
 * be opened with the password; ERR_IO. */
MUST_CHECK enum err
keys_outside_publish(const struct keys_source *source);

/* Private keys in this process: for keyd and for the command line. The folder may hold a file "revoked": a
 * line a certificate, "SERIAL-IN-HEX YYYYMMDDHHMMSSZ", of those that are no longer good from then on. */
struct keys;
MUST_CHECK enum err
keys_load(const char *dir, struct keys **ret);
/* The same from wherever they are, after keys_outside_publish(). ERR_PEER: the token does not answer or
 * refuses. */
MUST_CHECK enum err
keys_open(const struct keys_source *source, struct keys **ret);
void
keys_free(struct keys *k);
MUST_CHECK enum err
keys_sign(struct keys *k, enum key_id key, const struct sha256 *digest, struct arena *a, struct str *ret);
MUST_CHECK enum err
keys_crl(struct keys *k, int64_t now_ms, struct arena *a, struct str *ret);
/* ERR_NOT_FOUND when the root did not issue it, or its key was taken away. */
struct ocsp_subject;
MUST_CHECK enum err
keys_ocsp(struct keys *k, const struct ocsp_subject *about, int64_t now_ms, struct arena *a, struct str *ret);
/* When the key's certificate ends. */
int64_t
keys_until_ms(const struct keys *k, enum key_id key);
struct signer
keys_signer(struct keys *k);

/* The public side: what CMS containers embed. DER, owned by the structure. */
enum { CHAIN_ISSUERS_MAX = 7 };
struct chain {
	struct str leaf;                       /* DER, as all certificates */
	struct str issuers[CHAIN_ISSUERS_MAX]; /* of the leaf, of that one, and so on */
	size_t issuers_n;
	struct str issuer_and_serial; /* of the leaf, DER (RFC 5652 10.2.4) */
	struct sha256 leaf_digest;
	enum key_algorithm algorithm; /* of the leaf */
	size_t signature_max;         /* no signature by it is longer */
};
struct certificates {
	struct chain seal, tsa;
};
MUST_CHECK enum err
certificates_load(struct arena *a, const char *dir, struct certificates *ret);
/* The same of our own authority only. */
MUST_CHECK enum err
certificates_load_own(struct arena *a, const char *dir, struct certificates *ret);

/* What may be wrong with a key's certificate, or with one of its issuers'. */
enum keys_fault { KEYS_FIT, KEYS_NOT_YET, KEYS_ENDED, KEYS_ANOTHER_KEY, KEYS_WRONG_USE };
struct keys_finding {
	enum keys_fault fault;
	int64_t until_ms; /* the first end of the chain */
};
/* Whether the key fits its certificate, shown by a signature, and that is for what it is used for and valid
 * at the time. */
MUST_CHECK enum err
keys_check(
    struct keys *k, const struct certificates *c, enum key_id key, int64_t at_ms, struct keys_finding *ret);

#endif
