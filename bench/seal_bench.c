/* Seals a second against bare signatures a second of the same keys, in one process, in turns.
 *
 *   seal_bench FOLDER PDF [SECONDS]
 *
 * Keys are made in FOLDER. Prints one JSON object a line: name, value, unit, limit, limit_value, ratio, n. */
#include "archive.h"
#include "clock.h"
#include "pades.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5, SIGNS_A_TURN = 20 };

struct subject {
	struct keys *keys;
	struct certificates certs;
	struct tsa *tsa;
	struct str pdf;
	struct sha256_prefix hashed; /* of the pdf: hashed once when it came in, as the sealing job does */
	enum level { B_B, B_T, B_LTA } level;
	struct str crl; /* made once for many documents, as the archiving job could */
};

static double
cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
must(enum err e, const char *what)
{
	if (e == OK)
		return;
	fprintf(stderr, "seal_bench: %s: %s\n", what, err_info(e)->name);
	exit(1);
}

static void
seal_once(struct subject *s, struct buf *file)
{
	struct pades p = {.signer = keys_signer(s->keys),
	    .certs = &s->certs,
	    .tsa = s->tsa,
	    .job = STR("bench"),
	    .hashed = &s->hashed};
	struct pdf_sign_request req = {.kind = PDF_SIGN_APPROVE,
	    .field = "seal",
	    .name = STR("山田 太郎"),
	    .date = STR("D:20261124120000Z")};

	int64_t at_ms, until_ms;

	file->n = 0;
	buf_put(file, s->pdf);
	must(pades_sign(&p, &req, s->level != B_B, file, NULL), "seal");
	if (s->level == B_LTA) {
		p.hashed = NULL; /* archiving comes minutes later, in a job of its own */
		must(archive_material(NULL, &s->crl, 1, file), "material");
		must(archive_timestamp(&p, file, &at_ms, &until_ms), "archive");
	}
}

static void
sign_once(struct subject *s)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct sha256 digest = {{1}};
	struct str signature;

	must(keys_sign(s->keys, KEY_SEAL, &digest, &a, &signature), "sign");
	for (int tokens = 0; tokens < (int)s->level; tokens++)
		must(keys_sign(s->keys, KEY_TSA, &digest, &a, &signature), "sign");
}

/* Operations a CPU second, over turns that last about the same for both. */
static void
measure(const char *name, const char *limit, struct subject *s, double seconds)
{
	struct buf file CLEANUP(buf_free) = {0};
	double ours_s = 0, limit_s = 0;
	size_t ours_n = 0, limit_n = 0;

	for (double turn = seconds / ROUNDS / 2; ours_s < seconds / 2;) {
		double from = cpu_s(), now;

		do {
			for (int i = 0; i < SIGNS_A_TURN; i++)
				sign_once(s);
			limit_n += SIGNS_A_TURN;
		} while ((now = cpu_s()) - from < turn);
		limit_s += now - from;
		from = now;
		do {
			seal_once(s, &file);
			ours_n++;
		} while ((now = cpu_s()) - from < turn);
		ours_s += now - from;
	}
	printf("{\"name\":\"%s\",\"value\":%.1f,\"unit\":\"seals/s of "
	       "CPU\",\"limit\":\"%s\",\"limit_value\":%.1f,\"ratio\":%.3f,\"n\":%zu}\n",
	    name, (double)ours_n / ours_s, limit, (double)limit_n / limit_s,
	    (double)ours_n / ours_s / ((double)limit_n / limit_s), ours_n);
	fflush(stdout);
}

static void
open_subject(struct arena *a, const char *folder, enum key_algorithm algorithm, struct subject *ret)
{
	char dir[4096];

	snprintf(dir, sizeof(dir), "%s/%s", folder, algorithm == KEY_P256 ? "p256" : "rsa3072");
	must(keys_create(dir, algorithm, &(struct keys_subject){.organisation = STR("Bench")}), "keys");
	must(keys_load(dir, &ret->keys), "keys");
	must(certificates_load(a, dir, &ret->certs), "certificates");
	must(tsa_embedded(a, keys_signer(ret->keys), &ret->certs, &ret->tsa), "tsa");
}

static struct str
read_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	char *p = arena_alloc(a, 64u << 20);
	size_t n = f ? fread(p, 1, 64u << 20, f) : 0;

	if (f)
		fclose(f);
	return str_make(p, n);
}

int
main(int argc, char **argv)
{
	static const char *const keys[] = {"P-256", "RSA-3072"}, *const levels[] = {"B-B", "B-T", "B-LTA"};
	static const char *const limits[] = {"one signature by the same key",
	    "two signatures by the same keys", "three signatures by the same keys"};
	struct arena a = {0};
	double seconds = argc > 3 ? strtod(argv[3], NULL) : 4;

	if (argc < 3 || id_init() != OK)
		return 2;
	mallopt(M_MMAP_THRESHOLD, 1 << 20); /* as the roles do */
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	for (int algorithm = 0; algorithm < 2; algorithm++) {
		struct subject s = {.pdf = read_file(&a, argv[2])};

		sha256_prefix_extend(&s.hashed, s.pdf);
		open_subject(&a, argv[1], algorithm ? KEY_RSA3072 : KEY_P256, &s);
		must(keys_crl(s.keys, clock_utc_ms(), &a, &s.crl), "list of revoked certificates");
		for (s.level = B_B; s.level <= B_LTA; s.level++) {
			char name[64];

			snprintf(name, sizeof(name), "seal %s, %s", levels[s.level], keys[algorithm]);
			measure(name, limits[s.level], &s, seconds);
		}
		sha256_prefix_free(&s.hashed);
		keys_free(s.keys);
	}
	arena_free(&a);
	return 0;
}
