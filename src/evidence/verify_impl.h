/* The inside of the verifier, shared by the files verify*.c only. */
#ifndef EVIDENCE_VERIFY_IMPL_H
#define EVIDENCE_VERIFY_IMPL_H

#include "id.h"
#include "material.h"
#include "sign.h"
#include "signed_data.h"
#include "verify.h"

/* SHA-256 over the ranges of one signature, where it was taken together with the others'. */
struct ranges_digest {
	struct sha256 sha256;
	bool known;
};

/* Of one chain of certificates: whether the material is conclusive about it. */
struct evident {
	bool now, stamped;
};

struct verifying {
	struct arena *a;
	struct str bytes;
	struct pdf *pdf;
	const struct pdf_revision *revisions;
	size_t revisions_n;
	struct pdf **views;  /* the file as each revision left it; NULL: that cannot be read */
	X509_STORE *anchors; /* NULL when none were given */
	struct pdf_signature *found;
	size_t n;
	struct ranges_digest *digests; /* by signature */
	struct verification *v;
	int64_t now_ms;
	int64_t *times_ms; /* of the timestamps, by signature; 0 = none */
	/* the validation material of the whole file, and of what its newest timestamp covers */
	struct material material, stamped;
	struct evident *evident; /* of the timestamps */
};

/* Notes what is wrong with a signature, or with the whole document; the first reason stays. */
void
verify_problem(struct verified_signature *s, const char *what);
void
verify_document_problem(struct verification *v, const char *what);

/* verify_structure.c: which bytes are covered (ISO 32000-2 12.8.1, EN 319 142-1 5.2). ret_container: bytes of
 * the container, without its padding. */
void
verify_structure(
    struct verifying *w, const struct pdf_signature *s, struct verified_signature *r, size_t *ret_container);

/* verify_revisions.c: the document through its revisions; what later ones did to a signature; what stands
 * behind the last one. */
MUST_CHECK enum err
verify_revisions(struct verifying *w);
void
verify_later_revisions(struct verifying *w, size_t i, struct verified_signature *r);
void
verify_end(struct verifying *w);

/* verify_remarks.c: what the newest revision holds besides pages and signatures. */
MUST_CHECK enum err
verify_remarks(struct verifying *w);

/* verify_signature.c: an approval or a certification; der is its container. */
void
verify_signature(struct verifying *w, size_t i, struct str der, struct verified_signature *r);
bool
verify_digest(const struct verifying *w, size_t i, const EVP_MD *md, unsigned char *ret, unsigned *ret_n);
/* Digests of all signatures' ranges and of the whole file: what they have in common is hashed once. */
struct sha256
verify_hash_ranges(struct verifying *w);
void
verify_describe_certificate(struct verifying *w, X509 *x, struct verified_signature *r);
/* Once anchors are given, what does not lead to one of them proves nothing. */
void
verify_anchor(const struct verifying *w, bool trusted, const char *what, struct verified_signature *r);

/* verify_time.c: when things existed, and what is known about their certificates long after (EN 319 102-1
 * 5.6.3). */
void
verify_timestamp(struct verifying *w, size_t i, struct str der, struct verified_signature *r);
/* The time of the signature's own token; 0 when it has none that is sound. */
int64_t
verify_own_token(struct verifying *w, size_t i, const struct signed_data *data, struct evident *ret_evident,
    struct verified_signature *r);
/* The oldest sound timestamp over the i-th signature or timestamp; w->n when there is none. */
size_t
verify_first_over(const struct verifying *w, size_t i);
struct evident
verify_material(
    const struct verifying *w, const struct signed_data *s, int64_t at_ms, struct verified_signature *r);
void
verify_stamped_at(const struct verifying *w, int64_t at_ms, struct verified_signature *r);
void
verify_read_material(struct verifying *w);
/* "D:20261124030405Z" or with an offset; 0 when it is none. */
int64_t
verify_date_ms(struct str pdf_date);

#endif
