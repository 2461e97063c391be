/* Signed files for the verifier's tests: good ones by the product's own writer, forged ones by OpenSSL. */
#ifndef TEST_FORGE_H
#define TEST_FORGE_H

#include "pades.h"

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

struct forge {
	struct arena a;
	char dir[64];
	struct keys *keys;
	struct certificates certs;
	struct pades pades;
};

/* Keys in a folder of its own. False when that cannot be. */
bool
forge_open(struct forge *f, enum key_algorithm algorithm);
void
forge_close(struct forge *f);
/* The CA certificate as PEM text: the trust anchor. */
struct str
forge_anchor(struct forge *f);

/* A contract of one page, unsigned. */
void
forge_contract(struct buf *file);
/* One more revision by the product's writer. field is new, or an empty field of the certification. */
enum err
forge_sign(
    struct forge *f, enum pdf_sign_kind kind, const char *field, bool with_timestamp, struct buf *file);
/* An incremental update that redefines one object of a file with a table (catalog 1, page 3). */
void
forge_update(struct buf *file, unsigned num, const char *text);

/* What is different about a container. */
struct container {
	const EVP_MD *digest; /* NULL: SHA-256 */
	unsigned signers;     /* SignerInfos with the seal's key */
	bool plain;           /* no signing-certificate-v2 */
	bool attribute;       /* with an unsigned attribute that says nothing */
	EVP_PKEY *key;        /* NULL: the seal's key and certificate */
	X509 *leaf;
	X509 *extra;             /* one more certificate */
	bool bare, attached;     /* without certificates; with the content inside */
	struct str tst_info;     /* inside, as a time-stamp token's content */
	bool by_authority_alone; /* signed by the timestamp authority, without its root */
};
/* Puts a new container over the ranges of the newest signature into its hole; the bytes around stay. False
 * when it does not fit. */
bool
forge_container(struct forge *f, const struct container *how, struct buf *file);
/* The newest signature in the file. */
struct pdf_signature
forge_newest(struct forge *f, const struct buf *file);
/* Replaces text of the same length after an offset; false when it is not there. */
bool
forge_replace(struct buf *file, size_t after, const char *old, const char *text);
/* Any other container, in hexadecimal, padded with zeros. */
bool
forge_fill(struct buf *file, const struct pdf_signature *s, const unsigned char *der, size_t n);

/* Level B-LTA: validation material and a timestamp over it. */
enum err
forge_archive(struct forge *f, struct buf *file);

/* A certificate signed by itself. */
X509 *
forge_certificate(EVP_PKEY *key, const EVP_MD *digest);

#endif
