#include "verify.h"

#include "anchors.h"
#include "buf.h"
#include "clock.h"
#include "material.h"
#include "sign.h"
#include "signed_data.h"
#include "token.h"

#include <stdlib.h>
#include <time.h>

static const struct str DATA_TYPE = {"\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01", 9};

struct verifying {
	struct arena *a;
	struct str bytes;
	struct pdf *pdf;
	X509_STORE *anchors; /* NULL when none were given */
	struct pdf_signature *found;
	size_t n;
	struct verification *v;
	int64_t now_ms;
	int64_t *times_ms; /* of the timestamps, by signature; 0 = none */
	/* the validation material of the whole file, and of what its newest timestamp covers */
	struct material material, stamped;
	struct evident {
		bool now, stamped;
	} * evident; /* of the timestamps: whether the material is conclusive about their certificates */
};

static void
verifying_free(struct verifying *w)
{
	material_free(&w->material);
	material_free(&w->stamped);
}

static struct str
problem(struct verified_signature *s, const char *what)
{
	if (!s->problem.n)
		s->problem = str_c(what);
	return s->problem;
}

/* ---- structure: which bytes are covered ---- */

static size_t
revision_ending_at(struct pdf *p, size_t end)
{
	const struct pdf_revision *r;
	size_t n = pdf_revisions(p, &r);

	for (size_t i = 0; i < n; i++)
		if (r[i].end == end)
			return i + 1;
	return 0;
}

/* The container fills the hole from its first digit; what is left of the hole is zeros. Digits are of one
 * case, so that no byte of the file can change without notice. ret_n: bytes of the container. */
static bool
hole_is_clean(struct str bytes, const struct pdf_signature *s, size_t *ret_n)
{
	const char *hex = bytes.p + s->contents_at + 1;
	size_t digits = s->contents_end - s->contents_at - 2, n = 0, head = 2;
	bool upper = false, lower = false;

	for (size_t i = 0; i < digits; i++) {
		upper = upper || (hex[i] >= 'A' && hex[i] <= 'F');
		lower = lower || (hex[i] >= 'a' && hex[i] <= 'f');
		if (!((hex[i] >= '0' && hex[i] <= '9') || (hex[i] >= 'A' && hex[i] <= 'F') ||
		        (hex[i] >= 'a' && hex[i] <= 'f')))
			return false;
	}
	if ((upper && lower) || digits % 2 || s->contents.n != digits / 2 || s->contents.n < 4 ||
	    s->contents.p[0] != 0x30)
		return false;
	n = (unsigned char)s->contents.p[1];
	if (n >= 0x80) {
		size_t bytes_n = n & 0x7F;

		if (bytes_n < 1 || bytes_n > 3 || s->contents.n < 2 + bytes_n)
			return false;
		n = 0;
		for (size_t i = 0; i < bytes_n; i++)
			n = n << 8 | (unsigned char)s->contents.p[2 + i];
		head += bytes_n;
	}
	if (n > s->contents.n - head)
		return false;
	*ret_n = head + n;
#ifndef MUTANT_PADDING
	for (size_t i = *ret_n; i < s->contents.n; i++)
		if (s->contents.p[i])
			return false;
#endif
	return true;
}

/* ISO 32000-2 12.8.1, EN 319 142-1 5.2: everything from the first byte to the end of a revision but the
 * container itself. */
static void
check_structure(
    struct verifying *w, const struct pdf_signature *s, struct verified_signature *r, size_t *ret_container)
{
	*ret_container = 0;
	if (s->range_n != 4 || s->contents_end <= s->contents_at + 2) {
		problem(r, "the byte range or the container is missing or malformed");
		return;
	}
	for (int i = 0; i < 4; i++)
		if (s->range[i] < 0 || s->range[i] > (int64_t)w->bytes.n) {
			problem(r, "the byte range leaves the file");
			return;
		}
	if (s->range[0] != 0 || (size_t)s->range[1] != s->contents_at ||
	    (size_t)s->range[2] != s->contents_end) {
		problem(r, "the byte range leaves out more than the container");
		return;
	}
	r->covered_bytes = (size_t)(s->range[2] + s->range[3]);
	if (r->covered_bytes > w->bytes.n) {
		problem(r, "the byte range leaves the file");
		return;
	}
	r->revision = revision_ending_at(w->pdf, r->covered_bytes);
#ifndef MUTANT_RANGE_END
	if (!r->revision) {
		problem(r, "the signature does not cover a whole revision");
		return;
	}
#endif
	if (!hole_is_clean(w->bytes, s, ret_container))
		problem(r, "the container is malformed or followed by other bytes");
}

/* ---- what later revisions did ---- */

static void
check_later_revisions(struct verifying *w, struct verified_signature *r)
{
	enum pdf_change change;
	struct str what;

	if (pdf_compare(w->a, w->bytes, r->covered_bytes, &change, &what) != OK) {
		problem(r, "the revisions cannot be compared");
		return;
	}
	switch (change) {
	case PDF_CHANGE_NONE: r->followed_by = STR("nothing"); break;
	case PDF_CHANGE_LTA: r->followed_by = STR("timestamps"); break;
	case PDF_CHANGE_FILL: r->followed_by = STR("signatures"); break;
	case PDF_CHANGE_OTHER: r->followed_by = what;
#ifndef MUTANT_COMPARE
		r->problem = arena_printf(w->a, VERIFY_CHANGED "%.*s", STR_ARG(what));
#endif
		break;
	}
}

/* A certification that allows nothing, or only what it says. */
static void
check_permission(struct verifying *w, size_t i, struct verified_signature *r)
{
	if (w->found[i].certifies && w->found[i].docmdp_p == 1 && str_eq(r->followed_by, STR("signatures")))
		problem(r, "the certification forbids later signatures");
}

/* ---- cryptography ---- */

static bool
digest_ranges(const struct verifying *w, const struct pdf_signature *s, const EVP_MD *md, unsigned char *ret,
    unsigned *ret_n)
{
	EVP_MD_CTX *ctx CLEANUP(ossl_md_ctx_free) = EVP_MD_CTX_new();

	return ctx && EVP_DigestInit_ex(ctx, md, NULL) &&
	       EVP_DigestUpdate(ctx, w->bytes.p, (size_t)s->range[1]) &&
	       EVP_DigestUpdate(ctx, w->bytes.p + s->range[2], (size_t)s->range[3]) &&
	       EVP_DigestFinal_ex(ctx, ret, ret_n);
}

static struct str
name_text(struct arena *a, const X509_NAME *name)
{
	BIO *bio CLEANUP(ossl_bio_free) = BIO_new(BIO_s_mem());
	char *p;
	long n;

	if (!bio ||
	    X509_NAME_print_ex(bio, name, 0,
	        (XN_FLAG_RFC2253 | ASN1_STRFLGS_UTF8_CONVERT) & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
		return STR_NONE;
	n = BIO_get_mem_data(bio, &p);
	return n > 0 ? arena_str(a, str_make(p, (size_t)n)) : STR_NONE;
}

static void
describe_certificate(struct verifying *w, X509 *x, struct verified_signature *r)
{
	struct sha256 d;
	unsigned n;

	r->certificate_subject = name_text(w->a, X509_get_subject_name(x));
	r->issuer = name_text(w->a, X509_get_issuer_name(x));
	if (X509_digest(x, EVP_sha256(), d.b, &n))
		r->fingerprint_sha256 = sha256_hex(w->a, &d);
}

/* Once anchors are given, what does not lead to one of them proves nothing. */
static void
check_anchor(const struct verifying *w, bool trusted, const char *what, struct verified_signature *r)
{
#ifndef MUTANT_ANCHOR
	if (w->anchors && !trusted)
		problem(r, what);
#endif
}

/* ---- long after (EN 319 102-1 5.6.3) ---- */

/* The oldest sound timestamp over the i-th signature or timestamp; n when there is none. */
static size_t
first_over(const struct verifying *w, size_t i)
{
	for (size_t k = i + 1; k < w->n; k++)
		if (w->times_ms[k])
			return k;
	return w->n;
}

/* What was stamped is proven as of the next timestamp over it; the newest has to stand by itself, now. */
static void
check_alive(struct verifying *w, size_t i, const struct signed_data *stamp, struct verified_signature *r)
{
	size_t over = first_over(w, i);
	bool complete, newest = over == w->n;
	const char *why;

#ifndef MUTANT_ALIVE
	if (signed_data_check_chain(stamp, newest ? w->now_ms : w->times_ms[over], &complete, &why) == OK)
		return;
	if (newest)
		problem(r, "the newest timestamp's certificate is no longer valid");
	else
		problem(r, "the timestamp's certificate was no longer valid at the next timestamp");
#endif
}

static struct evident
check_material(
    const struct verifying *w, const struct signed_data *s, int64_t at_ms, struct verified_signature *r)
{
	enum material_word word = material_of_chain(&w->material, s, at_ms);

#ifndef MUTANT_REVOKED
	if (word == MATERIAL_REVOKED)
		problem(r, "a certificate had been revoked at the time");
#endif
	return (struct evident){
	    word == MATERIAL_GOOD, material_of_chain(&w->stamped, s, at_ms) == MATERIAL_GOOD};
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

static void
stamped_at(const struct verifying *w, int64_t at_ms, struct verified_signature *r)
{
	r->timestamp_ms = at_ms;
	r->timestamp = clock_iso(w->a, at_ms);
}

static void
check_timestamp(struct verifying *w, size_t i, struct str der, struct verified_signature *r)
{
	const struct pdf_signature *s = &w->found[i];
	struct signed_data data CLEANUP(signed_data_free) = {0};
	const char *why = "";
	struct sha256 imprint;
	struct token token;
	unsigned n;

	r->level = STR("DTS");
	if (!digest_ranges(w, s, EVP_sha256(), imprint.b, &n) ||
	    token_check(w->a, der, &imprint, w->anchors, &token, &why) != OK) {
		problem(r, why);
		return;
	}
	check_anchor(w, token.trusted, "the timestamp's chain does not end in a given anchor", r);
	stamped_at(w, token.time_ms, r);
	r->trusted = token.trusted;
	if (signed_data_read(der, &data, &why) != OK) {
		problem(r, why);
		return;
	}
	describe_certificate(w, data.leaf, r);
	r->valid_until = clock_iso(w->a, signed_data_until_ms(&data));
	check_alive(w, i, &data, r);
	w->evident[i] = check_material(w, &data, token.time_ms, r);
	if (!r->problem.n)
		w->times_ms[i] = token.time_ms;
}

/* The time at which the signature is known to have existed: its own token, or the first sound timestamp over
 * it, or its claim. */
static int64_t
existence_ms(const struct verifying *w, size_t i, int64_t own_ms, int64_t claimed_ms)
{
	size_t over = first_over(w, i);

	if (own_ms)
		return own_ms;
	if (over < w->n)
		return w->times_ms[over];
	return claimed_ms ? claimed_ms : w->now_ms;
}

/* "D:20261124030405Z" or with an offset; 0 when it is none. */
static int64_t
pdf_date_ms(struct str d)
{
	struct tm tm = {0};
	int hours = 0, minutes = 0;
	char sign = 'Z', text[40];

	if (d.n < 16 || d.n >= sizeof(text) || !str_starts(d, STR("D:")))
		return 0;
	memcpy(text, d.p, d.n);
	text[d.n] = 0;
	if (sscanf(text, "D:%4d%2d%2d%2d%2d%2d%c%2d'%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
	        &tm.tm_min, &tm.tm_sec, &sign, &hours, &minutes) < 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	int64_t offset = (hours * 60 + minutes) * 60;
	return ((int64_t)timegm(&tm) - (sign == '+' ? offset : sign == '-' ? -offset : 0)) * 1000;
}

static int64_t
own_token_ms(struct verifying *w, size_t i, const struct signed_data *data, struct evident *ret_evident,
    struct verified_signature *r)
{
	struct signed_data stamp CLEANUP(signed_data_free) = {0};
	const char *why = "";
	struct sha256 imprint = sha256_of(data->signature);
	struct token token;

	if (!data->token.n)
		return 0;
	if (token_check(w->a, data->token, &imprint, w->anchors, &token, &why) != OK) {
		problem(r, why);
		return 0;
	}
	check_anchor(w, token.trusted, "the timestamp's chain does not end in a given anchor", r);
	if (signed_data_read(data->token, &stamp, &why) != OK) {
		problem(r, why);
		return 0;
	}
	r->has_own_timestamp = true;
	check_alive(w, i, &stamp, r);
	*ret_evident = check_material(w, &stamp, token.time_ms, r);
	return token.time_ms;
}

static void
check_signature(struct verifying *w, size_t i, struct str der, struct verified_signature *r)
{
	const struct pdf_signature *s = &w->found[i];
	struct signed_data data CLEANUP(signed_data_free) = {0};
	unsigned char digest[EVP_MAX_MD_SIZE];
	const char *why = "";
	struct evident stamp = {0};
	bool complete = false;
	size_t over = first_over(w, i);
	unsigned n = 0;

	r->level = STR("B-B");
	if (signed_data_read(der, &data, &why) != OK) {
		problem(r, why);
		return;
	}
	describe_certificate(w, data.leaf, r);
	if (data.content.p || !digest_ranges(w, s, data.digest, digest, &n)) {
		problem(r, "the container is not detached from the document");
		return;
	}
	if (!data.certificate_v2)
		problem(r, "the container does not name its certificate by signing-certificate-v2");
	if (signed_data_check(&data, str_make(digest, n), DATA_TYPE, &why) != OK)
		problem(r, why);
	if (over < w->n)
		stamp = w->evident[over];
	int64_t own_ms = own_token_ms(w, i, &data, &stamp, r);
	int64_t at_ms = existence_ms(w, i, own_ms, pdf_date_ms(s->date));
	bool stamped = own_ms || over < w->n;
	if (stamped)
		stamped_at(w, at_ms, r);
	r->level = level_of(stamped, check_material(w, &data, at_ms, r), stamp);
	if (signed_data_check_chain(&data, at_ms, &complete, &why) != OK)
		problem(r, why);
	r->trusted = w->anchors && signed_data_is_trusted(&data, w->anchors, at_ms);
	check_anchor(w, r->trusted, "the chain of certificates does not end in a given anchor", r);
	if (!complete && !r->trusted)
		problem(r, "the chain of certificates is not complete: give its root");
}

/* ---- all together ---- */

static void
describe(struct verifying *w, const struct pdf_signature *s, struct verified_signature *r)
{
	int64_t claimed_ms = pdf_date_ms(s->date);

	r->field = s->field;
	r->kind = s->is_timestamp ? STR("timestamp") : s->certifies ? STR("certification") : STR("approval");
	r->signer = s->name;
	r->reason = s->reason;
	r->claimed_time = claimed_ms ? clock_iso(w->a, claimed_ms) : STR_NONE;
	r->claimed_ms = claimed_ms;
}

static void
check_one(struct verifying *w, size_t i)
{
	const struct pdf_signature *s = &w->found[i];
	struct verified_signature *r = &w->v->signatures[i];
	size_t container;

	describe(w, s, r);
	check_structure(w, s, r, &container);
	if (r->problem.n)
		return;
	check_later_revisions(w, r);
	check_permission(w, i, r);
	if (s->is_timestamp && str_eq(s->subfilter, STR("ETSI.RFC3161")))
		check_timestamp(w, i, str_slice(s->contents, 0, container), r);
	else if (!s->is_timestamp && (str_eq(s->subfilter, STR("ETSI.CAdES.detached")) ||
	                                 str_eq(s->subfilter, STR("adbe.pkcs7.detached"))))
		check_signature(w, i, str_slice(s->contents, 0, container), r);
	else
		problem(r, "the kind of signature is unknown");
}

/* The newest signature reaches the end of the file; only validation material may stand behind it unsigned (EN
 * 319 142-1 5.4). */
static void
check_end(struct verifying *w)
{
	struct verified_signature *last = &w->v->signatures[w->n - 1];
	const struct pdf_revision *revisions;
	size_t n = pdf_revisions(w->pdf, &revisions);

	if (revisions[n - 1].end != w->bytes.n)
		problem(last, "bytes follow the end of the document");
	if (last->covered_bytes != w->bytes.n &&
	    !(str_eq(last->followed_by, STR("timestamps")) && w->material.present))
		problem(last, "unsigned bytes follow the last signature");
	for (size_t i = 0; i + 1 < w->n; i++)
		if (w->v->signatures[i].covered_bytes == w->v->signatures[i + 1].covered_bytes)
			problem(&w->v->signatures[i], "two signatures cover the same bytes");
}

static bool
is_found(const struct verifying *w, const struct pdf_signature *s)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->found[i].contents_at == s->contents_at)
			return true;
	return false;
}

/* A signature of an earlier revision that the newest one no longer shows was taken out. */
static bool
lost_a_signature(struct verifying *w)
{
	const struct pdf_revision *revisions;
	size_t n = pdf_revisions(w->pdf, &revisions);

	for (size_t i = 0; i + 1 < n; i++) {
		struct pdf_signature *all;
		struct pdf *earlier;
		size_t all_n;

		if (pdf_open(w->a, str_slice(w->bytes, 0, revisions[i].end), NULL, &earlier) != OK ||
		    pdf_signatures(w->a, earlier, &all, &all_n) != OK)
			continue; /* a linearised file's first section, say: nothing could be signed there */
		for (size_t k = 0; k < all_n; k++)
			if (!is_found(w, &all[k]))
				return true;
	}
	return false;
}

static void
read_material(struct verifying *w)
{
	struct pdf *stamped;
	size_t end = 0;

	for (size_t i = 0; i < w->n; i++)
		if (w->found[i].is_timestamp && w->found[i].range_n == 4 && w->found[i].range[2] > 0 &&
		    w->found[i].range[3] > 0 &&
		    w->found[i].range[2] + w->found[i].range[3] <= (int64_t)w->bytes.n)
			end = (size_t)(w->found[i].range[2] + w->found[i].range[3]);
	/* a store that cannot be read proves nothing, and says nothing against the rest */
	if (material_read(w->a, w->pdf, &w->material) != OK)
		w->material = (struct material){0};
	if (!end || pdf_open(w->a, str_slice(w->bytes, 0, end), NULL, &stamped) != OK ||
	    material_read(w->a, stamped, &w->stamped) != OK)
		w->stamped = (struct material){0};
}

static void
judge(struct verifying *w)
{
	struct verification *v = w->v;

	read_material(w);

	/* Timestamps first, newest first: they prove when the earlier ones existed. */
	for (size_t i = w->n; i > 0; i--)
		check_one(w, i - 1);
	check_end(w);
	v->verdict = VERDICT_SOUND;
	for (size_t i = 0; i < w->n; i++) {
		struct verified_signature *s = &v->signatures[i];

		s->sound = s->problem.n == 0;
		if (!s->sound) {
			v->verdict = VERDICT_UNSOUND;
			if (!v->problem.n)
				v->problem = s->problem;
		}
	}
}

enum err
verify_pdf(struct arena *a, struct str bytes, struct str trust_pem, struct verification *ret)
{
	X509_STORE *anchors CLEANUP(anchors_free) = trust_pem.n ? anchors_read(trust_pem) : NULL;
	struct verifying w CLEANUP(verifying_free) = {
	    .a = a, .bytes = bytes, .anchors = anchors, .v = ret, .now_ms = clock_utc_ms()};
	const struct pdf_revision *revisions;
	struct sha256 digest = sha256_of(bytes);
	enum err e;

	*ret = (struct verification){.verdict = VERDICT_UNREADABLE,
	    .anchored = anchors != NULL,
	    .bytes = bytes.n,
	    .sha256 = sha256_hex(a, &digest)};
	if (trust_pem.n && !anchors)
		return ERR_INVALID;
	e = pdf_open(a, bytes, NULL, &w.pdf);
	if (e == OK)
		e = pdf_signatures(a, w.pdf, &w.found, &w.n);
	if (e != OK) {
		ret->problem = str_c(err_info(e)->en);
		return OK;
	}
	ret->revisions = pdf_revisions(w.pdf, &revisions);
	ret->signatures = ARENA_ARRAY(a, struct verified_signature, w.n + 1);
	ret->signatures_n = w.n;
	w.times_ms = ARENA_ARRAY(a, int64_t, w.n + 1);
	w.evident = ARENA_ARRAY(a, struct evident, w.n + 1);
	ret->verdict = VERDICT_UNSOUND;
#ifndef MUTANT_LOST
	if (lost_a_signature(&w)) {
		ret->problem = STR("an earlier signature was taken out");
		return OK;
	}
#endif
	if (w.n == 0) {
		ret->problem = STR("the document is not signed");
		return OK;
	}
	judge(&w);
	return OK;
}
