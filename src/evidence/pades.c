#include "pades.h"

#include "cms.h"
#include "log.h"

#include <stdatomic.h>

/* SPARE: tokens of one authority differ by some bytes, as do ECDSA signatures. */
enum { TRIES = 2, SPARE = 1024 };

/* The largest container that did not fit at first, since this process began: the next one has the room at
 * once, and costs one token. */
static atomic_size_t largest;

/* Both ranges of the new revision, of whose file so much is hashed already. */
static struct sha256
digest_ranges(struct str file, const struct pdf_hole *hole, const struct sha256_prefix *hashed)
{
	return sha256_prefix_digest(hashed, str_slice(file, hashed->n, hole->range[1]),
	    str_slice(file, hole->range[2], hole->range[2] + hole->range[3]));
}

static enum err
token_over(const struct pades *p, struct arena *a, struct str bytes, struct str *ret)
{
	struct sha256 digest = sha256_of(bytes);
	int64_t time_ms;

	return tsa_token(p->tsa, p->job, &digest, a, ret, &time_ms);
}

static enum err
container(
    const struct pades *p, struct arena *a, const struct sha256 *digest, bool with_timestamp, struct str *ret)
{
	struct cms_request r = {
	    .signer = p->signer, .key = KEY_SEAL, .chain = &p->certs->seal, .job = p->job, .digest = *digest};
	struct cms_signed s;
	struct str token = STR_NONE;

	TRY(cms_sign(a, &r, &s));
	if (with_timestamp)
		TRY(token_over(p, a, s.signature, &token));
	*ret = cms_encode(a, &r, &s, token);
	return OK;
}

/* What is signed depends on the size of the hole: a token that does not fit is lost with it, and was paid
 * for. So the hole is made large enough before. */
static size_t
reserve_for(const struct pades *p, enum pdf_sign_kind kind, bool with_timestamp)
{
	size_t own = kind == PDF_SIGN_TIMESTAMP ? 0 : cms_reserve(&p->certs->seal);
	if (kind != PDF_SIGN_TIMESTAMP && !with_timestamp)
		return own;
	size_t expected = own + tsa_reserve(p->tsa), known = atomic_load(&largest);
	return known > expected ? known : expected;
}

static void
make_room(struct pdf_sign_request *req, size_t n)
{
	log_event(LOG_WARN, "seal", "a container of %zu bytes does not fit into %zu: signed again", n,
	    req->reserve);
#ifndef MUTANT_PADES_REBUILD
	req->reserve = n + SPARE;
#endif
#ifndef MUTANT_PADES_ROOM
	if (atomic_load(&largest) < req->reserve)
		atomic_store(&largest, req->reserve);
#endif
}

static enum err
try_to_sign(const struct pades *p, struct arena *a, struct pdf_sign_request *req, bool with_timestamp,
    const struct sha256_prefix *hashed, struct buf *file, int64_t *time_ms)
{
	struct pdf_hole hole;
	struct sha256 digest;
	struct str der;
	struct pdf *pdf;
	enum err e;

	TRY(pdf_open(a, buf_str(file), NULL, &pdf));
	TRY(pdf_sign_prepare(a, pdf, req, file, &hole));
	digest = digest_ranges(buf_str(file), &hole, hashed);
	if (req->kind == PDF_SIGN_TIMESTAMP)
		TRY(tsa_token(p->tsa, p->job, &digest, a, &der, time_ms));
	else
		TRY(container(p, a, &digest, with_timestamp, &der));
	e = pdf_sign_fill(file, &hole, der);
	if (e == ERR_TOO_LARGE)
		make_room(req, der.n);
	return e;
}

enum err
pades_sign(const struct pades *p, struct pdf_sign_request *req, bool with_timestamp, struct buf *file,
    int64_t *ret_time_ms)
{
	struct sha256_prefix none CLEANUP(sha256_prefix_free) = {0};
	size_t before = file->n;
	enum err e = ERR_TOO_LARGE;

	if (p->hashed)
		sha256_prefix_extend(p->hashed, buf_str(file));
	req->reserve = reserve_for(p, req->kind, with_timestamp);
	for (int i = 0; i < TRIES && e == ERR_TOO_LARGE; i++) {
		struct arena a CLEANUP(arena_free) = {0};

		e = try_to_sign(p, &a, req, with_timestamp, p->hashed ? p->hashed : &none, file, ret_time_ms);
		if (e != OK)
			file->n = before;
	}
	return e;
}
