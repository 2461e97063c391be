/* Contracts verified a second against bare OpenSSL: the same signatures checked with keys that are at hand,
 * and the file hashed once, in one process, in turns.
 *
 *   verify_bench FOLDER PDF [SECONDS]
 *
 * A contract has a certification, two approvals, the timestamp of its conclusion and the archive's. Keys are
 * made in FOLDER. Prints one JSON object a line: name, value, unit, limit, limit_value, ratio, n. */
#include "archive.h"
#include "clock.h"
#include "pades.h"
#include "signed_data.h"
#include "verify.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5, SIGNATURES = 5, BATCH = 8 };

struct contract {
	struct arena a;
	struct keys *keys;
	struct certificates certs;
	struct pades pades;
	struct buf file;
	struct str trust;
	struct signed_data signatures[SIGNATURES];
};

static double
cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "verify_bench: %s\n", what);
	exit(1);
}

static struct str
read_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	char *p = arena_alloc(a, 64u << 20);
	size_t n = f ? fread(p, 1, 64u << 20, f) : 0;

	must(n > 0, path);
	fclose(f);
	return str_make(p, n);
}

static void
sign(struct contract *c, enum pdf_sign_kind kind, const char *field, const struct pdf_new_field *fields,
    size_t n)
{
	struct pdf_sign_request r = {.kind = kind, .field = field, .fields = fields, .fields_n = n};
	int64_t at_ms;

	if (kind != PDF_SIGN_TIMESTAMP) {
		r.name = STR("山田 太郎");
		r.date = clock_pdf(&c->a, clock_utc_ms());
	}
	must(pades_sign(&c->pades, &r, false, &c->file, &at_ms) == OK, field);
}

static void
conclude(struct contract *c, struct str pdf)
{
	static const struct pdf_new_field fields[] = {
	    {.name = "a", .visible = true, .place = {1, 20, 20, 18, 18}},
	    {.name = "b", .visible = true, .place = {1, 50, 20, 18, 18}}};
	struct str crl;
	int64_t at_ms, until_ms;

	buf_put(&c->file, pdf);
	sign(c, PDF_SIGN_CERTIFY, "platform", fields, 2);
	sign(c, PDF_SIGN_APPROVE, "a", NULL, 0);
	sign(c, PDF_SIGN_APPROVE, "b", NULL, 0);
	sign(c, PDF_SIGN_TIMESTAMP, "concluded", NULL, 0);
	must(c->pades.signer.crl(c->pades.signer.self, STR("bench"), &c->a, &crl) == OK &&
	         archive_material(NULL, &crl, 1, &c->file) == OK &&
	         archive_timestamp(&c->pades, &c->file, &at_ms, &until_ms) == OK,
	    "archive");
}

static void
open_contract(struct contract *c, const char *folder, enum key_algorithm algorithm, struct str pdf)
{
	struct pdf_signature *found;
	struct pdf *p;
	const char *why;
	char dir[4096], root[4200];
	size_t n;

	snprintf(dir, sizeof(dir), "%s/verify-%s", folder, algorithm == KEY_P256 ? "p256" : "rsa3072");
	snprintf(root, sizeof(root), "%s/ca.pem", dir);
	must(keys_create(dir, algorithm, &(struct keys_subject){.organisation = STR("Bench")}) == OK &&
	         keys_load(dir, &c->keys) == OK && certificates_load(&c->a, dir, &c->certs) == OK,
	    "keys");
	c->pades = (struct pades){.signer = keys_signer(c->keys), .certs = &c->certs, .job = STR("bench")};
	must(tsa_embedded(&c->a, c->pades.signer, &c->certs, &c->pades.tsa) == OK, "tsa");
	c->trust = read_file(&c->a, root);
	conclude(c, pdf);
	must(pdf_open(&c->a, buf_str(&c->file), NULL, &p) == OK &&
	         pdf_signatures(&c->a, p, &found, &n) == OK && n == SIGNATURES,
	    "signatures");
	for (size_t i = 0; i < n; i++) {
		size_t der_n = 4 + ((size_t)(unsigned char)found[i].contents.p[2] << 8 |
		                       (unsigned char)found[i].contents.p[3]);

		must(signed_data_read(str_slice(found[i].contents, 0, der_n), &c->signatures[i], &why) == OK,
		    why);
	}
}

static void
verify_once(struct contract *c, struct arena *a)
{
	struct verification v;

	arena_reset(a);
	must(verify_pdf(a, buf_str(&c->file), c->trust, &v) == OK && v.verdict == VERDICT_SOUND &&
	         v.signatures_n == SIGNATURES,
	    "the contract is not sound");
}

static void
check_once(struct contract *c)
{
	struct sha256 digest = sha256_of(buf_str(&c->file));

	(void)digest;
	for (int i = 0; i < SIGNATURES; i++) {
		const struct signed_data *s = &c->signatures[i];
		EVP_MD_CTX *ctx = EVP_MD_CTX_new();

		must(EVP_DigestVerifyInit(ctx, NULL, s->digest, NULL, X509_get0_pubkey(s->leaf)) == 1 &&
		         EVP_DigestVerifyUpdate(ctx, "\x31", 1) == 1 &&
		         EVP_DigestVerifyUpdate(ctx, s->attributes.p + 1, s->attributes.n - 1) == 1 &&
		         EVP_DigestVerifyFinal(ctx, (const unsigned char *)s->signature.p, s->signature.n) ==
		             1,
		    "a signature does not fit");
		EVP_MD_CTX_free(ctx);
	}
}

static void
measure(const char *name, struct contract *c, double seconds)
{
	struct arena a CLEANUP(arena_free) = {0};
	double ours_s = 0, limit_s = 0;
	size_t ours_n = 0, limit_n = 0;

	for (double turn = seconds / ROUNDS / 2; ours_s < seconds / 2;) {
		double from = cpu_s(), now;

		do {
			for (int i = 0; i < BATCH; i++)
				check_once(c);
			limit_n += BATCH;
		} while ((now = cpu_s()) - from < turn);
		limit_s += now - from;
		from = now;
		do {
			for (int i = 0; i < BATCH; i++)
				verify_once(c, &a);
			ours_n += BATCH;
		} while ((now = cpu_s()) - from < turn);
		ours_s += now - from;
	}
	printf("{\"name\":\"%s\",\"value\":%.1f,\"unit\":\"contracts/s of CPU\",\"limit\":\"the bare "
	       "signatures and one "
	       "hash\",\"limit_value\":%.1f,\"ratio\":%.3f,\"n\":%zu}\n",
	    name, (double)ours_n / ours_s, (double)limit_n / limit_s,
	    (double)ours_n / ours_s / ((double)limit_n / limit_s), ours_n);
}

int
main(int argc, char **argv)
{
	static const char *const names[] = {
	    "verify B-LTA of three signatures, P-256", "verify B-LTA of three signatures, RSA-3072"};
	double seconds = argc > 3 ? strtod(argv[3], NULL) : 4;
	struct arena a CLEANUP(arena_free) = {0};

	if (argc < 3 || id_init() != OK)
		return 2;
	mallopt(M_TRIM_THRESHOLD, 16 << 20); /* as the roles do */
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	struct str pdf = read_file(&a, argv[2]);
	for (int algorithm = 0; algorithm < 2; algorithm++) {
		struct contract c = {0};

		open_contract(&c, argv[1], algorithm ? KEY_RSA3072 : KEY_P256, pdf);
		measure(names[algorithm], &c, seconds);
		for (int i = 0; i < SIGNATURES; i++)
			signed_data_free(&c.signatures[i]);
		keys_free(c.keys);
		buf_free(&c.file);
		arena_free(&c.a);
	}
	return 0;
}
