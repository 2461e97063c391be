#include "sha256_prefix.h"
#include "verify_impl.h"
#include "x509_text.h"

enum { CLAIM_TOLERANCE_MS = 24 * 60 * 60 * 1000 };

static const struct str DATA_TYPE = {"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", 9};

struct sha256
verify_hash_ranges(struct verifying *w)
{
	struct sha256_prefix prefix CLEANUP(sha256_prefix_free) = {0};

	for (size_t i = 0; i < w->n; i++) {
		const struct pdf_signature *s = &w->found[i];
		size_t b = s->contents_at, c = s->contents_end;

		if (s->range_n != 4 || b < prefix.n || s->range[0] != 0 || s->range[1] != (int64_t)b ||
		    s->range[2] != (int64_t)c || s->range[3] < 0 || s->range[3] > (int64_t)(w->bytes.n - c))
			continue;
		sha256_prefix_extend(&prefix, str_slice(w->bytes, 0, b));
		w->digests[i] = (struct ranges_digest){
		    sha256_prefix_digest(&prefix, str_slice(w->bytes, c, c + (size_t)s->range[3]), STR_NONE),
		    true};
	}
	return sha256_prefix_digest(&prefix, str_slice(w->bytes, prefix.n, w->bytes.n), STR_NONE);
}

bool
verify_digest(const struct verifying *w, size_t i, const EVP_MD *md, unsigned char *ret, unsigned *ret_n)
{
	const struct pdf_signature *s = &w->found[i];

	if (w->digests[i].known && md == EVP_sha256()) {
		memcpy(ret, w->digests[i].sha256.b, SHA256_LENGTH);
		*ret_n = SHA256_LENGTH;
		return true;
	}
	EVP_MD_CTX *ctx CLEANUP(ossl_md_ctx_free) = EVP_MD_CTX_new();

	return ctx && EVP_DigestInit_ex(ctx, md, NULL) &&
	       EVP_DigestUpdate(ctx, w->bytes.p, (size_t)s->range[1]) &&
	       EVP_DigestUpdate(ctx, w->bytes.p + s->range[2], (size_t)s->range[3]) &&
	       EVP_DigestFinal_ex(ctx, ret, ret_n);
}

void
verify_describe_certificate(struct verifying *w, X509 *x, struct verified_signature *r)
{
	struct sha256 d;
	unsigned n;

	r->certificate_subject = x509_name_text(w->a, X509_get_subject_name(x));
	r->issuer = x509_name_text(w->a, X509_get_issuer_name(x));
	if (X509_digest(x, EVP_sha256(), d.b, &n))
		r->fingerprint_sha256 = sha256_hex(w->a, &d);
}

/* Once anchors are given, what does not lead to one of them proves nothing. */
void
verify_anchor(const struct verifying *w, bool trusted, const char *what, struct verified_signature *r)
{
	if (w->anchors && !trusted)
		verify_problem(r, what);
}

static struct str
level_of(bool stamped, struct evident chain, struct evident stamp)
{
	if (!stamped)
		return STR("B-B");
	if (chain.stamped && stamp.stamped)
		return STR("B-LTA");
	return chain.now && stamp.now ? STR("B-LT") : STR("B-T");
}

/* The time at which the signature is known to have existed: its own token, or the first sound timestamp over
 * it, or its claim. */
static int64_t
existence_ms(const struct verifying *w, size_t i, int64_t own_ms, int64_t claimed_ms)
{
	size_t over = verify_first_over(w, i);

	if (own_ms)
		return own_ms;
	if (over < w->n)
		return w->times_ms[over];
	return claimed_ms ? claimed_ms : w->now_ms;
}

/* A signer's clock may be wrong by its time zone, not by more. */
static void
check_claim(int64_t at_the_latest_ms, struct verified_signature *r)
{
	if (r->claimed_ms > at_the_latest_ms + CLAIM_TOLERANCE_MS)
		verify_problem(r, "the claimed time is later than the signature can be");
}

/* Who has the key of a certificate that ended or was revoked can claim any time: without a timestamp the
 * chain has to be good now (EN 319 102-1 5.5.4). */
static void
check_unstamped(struct verifying *w, const struct signed_data *data, struct verified_signature *r)
{
	bool complete;
	const char *why;

	if (signed_data_check_chain(data, w->now_ms, &complete, &why) != OK)
		verify_problem(r,
		    "the certificate is no longer valid and no timestamp proves that the signature is older");
}

void
verify_signature(struct verifying *w, size_t i, struct str der, struct verified_signature *r)
{
	const struct pdf_signature *s = &w->found[i];
	struct signed_data data CLEANUP(signed_data_free) = {0};
	unsigned char digest[EVP_MAX_MD_SIZE];
	const char *why = "";
	struct evident stamp = {0};
	bool complete = false;
	size_t over = verify_first_over(w, i);
	unsigned n = 0;

	r->level = STR("B-B");
	if (signed_data_read(der, &data, &why) != OK) {
		verify_problem(r, why);
		return;
	}
	verify_describe_certificate(w, data.leaf, r);
	if (data.content.p || !verify_digest(w, i, data.digest, digest, &n)) {
		verify_problem(r, "the container is not detached from the document");
		return;
	}
	if (!data.certificate_v2)
		verify_problem(r, "the container does not name its certificate by signing-certificate-v2");
	if (signed_data_check(&data, str_make(digest, n), DATA_TYPE, &why) != OK)
		verify_problem(r, why);
	if (over < w->n)
		stamp = w->evident[over];
	int64_t own_ms = verify_own_token(w, i, &data, &stamp, r);
	int64_t at_ms = existence_ms(w, i, own_ms, verify_date_ms(s->date));
	bool stamped = own_ms || over < w->n;
	if (stamped)
		verify_stamped_at(w, at_ms, r);
	check_claim(stamped ? at_ms : w->now_ms, r);
	r->level = level_of(stamped, verify_material(w, &data, stamped ? at_ms : w->now_ms, r), stamp);
	if (signed_data_check_chain(&data, at_ms, &complete, &why) != OK)
		verify_problem(r, why);
	if (!stamped)
		check_unstamped(w, &data, r);
	r->trusted = w->anchors && signed_data_is_trusted(&data, w->anchors, at_ms);
	verify_anchor(w, r->trusted, "the chain of certificates does not end in a given anchor", r);
	if (!complete && !r->trusted)
		verify_problem(r, "the chain of certificates is not complete: give its root");
}
