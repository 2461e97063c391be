/* example FILE [TRUST.pem]: what libkeiinverify says about a signed PDF. Exit status as of `keiin verify`. */
#include <keiinverify.h>

#include <stdio.h>
#include <stdlib.h>

/* The whole file with a NUL behind it; NULL when it cannot be read. */
static char *
read_file(const char *path, size_t *ret_n)
{
	FILE *f = fopen(path, "rb");
	long n = f && fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
	char *p = n < 0 ? NULL : malloc((size_t)n + 1);

	if (p) {
		rewind(f);
		*ret_n = fread(p, 1, (size_t)n, f);
		p[*ret_n] = 0;
	}
	if (f)
		fclose(f);
	return p;
}

static void
tell(const struct keiinverify *v)
{
	const struct keiinverify_signature *s;
	const char *remark;

	puts(keiinverify_sentence(v, KEIINVERIFY_ENGLISH));
	puts(keiinverify_sentence(v, KEIINVERIFY_JAPANESE));
	for (size_t i = 0; (s = keiinverify_signature(v, i)); i++)
		printf("%zu: %s, field %s, signer %s, level %s, certificate %s%s%s\n", i + 1,
		    s->sound ? "sound" : "not sound", s->field, s->signer, s->level, s->certificate_subject,
		    s->trusted ? ", trusted" : "", s->problem[KEIINVERIFY_ENGLISH]);
	for (size_t i = 0; (remark = keiinverify_remark(v, i, KEIINVERIFY_ENGLISH)); i++)
		printf("remark: %s\n", remark);
}

int
main(int argc, char **argv)
{
	struct keiinverify *v;
	char *bytes, *trust = NULL;
	size_t n = 0, trust_n = 0;
	int status = 2;

	if (argc < 2 || !(bytes = read_file(argv[1], &n)) ||
	    (argc > 2 && !(trust = read_file(argv[2], &trust_n)))) {
		fprintf(stderr, "usage: example FILE [TRUST.pem]\n");
		return 2;
	}
	if (keiinverify_check(bytes, n, trust, &v) == KEIINVERIFY_OK) {
		tell(v);
		status = (int)keiinverify_verdict(v);
		keiinverify_free(v);
	} else {
		fprintf(stderr, "example: nothing was judged\n");
	}
	free(bytes);
	free(trust);
	return status;
}
