/* What a 合意証明書 costs: drawn and sealed (B-T, P-256, embedded authority), for a contract between two.
 *
 *   certificate_bench FOLDER [SECONDS [PDF]]
 *
 * Keys are made in FOLDER. Prints one JSON object a line, as seal_bench does; the last certificate goes to
 * PDF. */
#include "inkan.h"
#include "pades.h"
#include "sample_certificate.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const double BAR_MS = 15, BAR_KB = 120;

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
must(enum err e, const char *what)
{
	if (e == OK)
		return;
	fprintf(stderr, "certificate_bench: %s: %s\n", what, err_info(e)->name);
	exit(1);
}

static void
issue(struct arena *a, const struct pades *p, const struct certificate *c, struct buf *file)
{
	struct pdf_sign_request req = {.kind = PDF_SIGN_APPROVE,
	    .field = "keiin-seal",
	    .name = STR("Keiin"),
	    .date = STR("D:20261124120000Z")};

	file->n = 0;
	must(certificate_draw(a, c, file), "draw");
	if (p)
		must(pades_sign(p, &req, true, file, NULL), "seal");
}

/* Milliseconds of CPU for one. p: NULL = drawn only. */
static double
measure(const struct pades *p, const struct certificate *c, double seconds, struct buf *file, size_t *ret_n)
{
	struct arena a CLEANUP(arena_free) = {0};
	double from, now;
	size_t n = 0;

	issue(&a, p, c, file); /* the first one of a process finds the typefaces */
	from = cpu_ms();
	do {
		arena_reset(&a);
		issue(&a, p, c, file);
		n++;
	} while ((now = cpu_ms()) - from < seconds * 1e3);
	*ret_n = n;
	return (now - from) / (double)n;
}

static void
put(const char *name, double value, const char *unit, double bar, size_t n)
{
	printf("{\"name\":\"%s\",\"value\":%.2f,\"unit\":\"%s\",\"limit\":\"bar\",\"limit_value\":%.1f,"
	       "\"ratio\":%.3f,\"n\":%zu}\n",
	    name, value, unit, bar, value / bar, n);
}

int
main(int argc, char **argv)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct buf file CLEANUP(buf_free) = {0};
	double seconds = argc > 2 ? strtod(argv[2], NULL) : 4;
	struct certificates certs;
	struct keys *keys;
	struct tsa *tsa;
	struct inkan k;
	char dir[4096];
	size_t n;

	if (argc < 2 || id_init() != OK)
		return 2;
	mallopt(M_MMAP_THRESHOLD, 1 << 20); /* as the roles do */
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	snprintf(dir, sizeof(dir), "%s/certificate-keys", argv[1]);
	must(keys_create(dir, KEY_P256, &(struct keys_subject){.organisation = STR("Bench")}), "keys");
	must(keys_load(dir, &keys), "keys");
	must(certificates_load(&a, dir, &certs), "certificates");
	must(tsa_embedded(&a, keys_signer(keys), &certs, &tsa), "tsa");
	must(inkan_kojin(&a, STR("山田"), INKAN_KOINTAI, 12, &k), "impression");
	struct certificate c = sample_certificate(inkan_encode(&a, &k));
	struct pades p = {.signer = keys_signer(keys), .certs = &certs, .tsa = tsa, .job = STR("bench")};
	double drawn_ms = measure(NULL, &c, seconds / 2, &file, &n);
	put("certificate of a contract between two, drawn, CPU", drawn_ms, "ms", BAR_MS, n);
	double sealed_ms = measure(&p, &c, seconds / 2, &file, &n);
	put("certificate of a contract between two, drawn and sealed, CPU", sealed_ms, "ms", BAR_MS, n);
	put("certificate of a contract between two, sealed, size", (double)file.n / 1024, "KB", BAR_KB, 1);
	keys_free(keys);
	FILE *f = argc > 3 ? fopen(argv[3], "wb") : NULL;
	if (argc > 3 && (!f || fwrite(file.p, 1, file.n, f) != file.n || fclose(f)))
		return 1;
	return 0;
}
