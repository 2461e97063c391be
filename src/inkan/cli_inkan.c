#include "cli_inkan.h"

#include "inkan.h"

#include <getopt.h>
#include <stdio.h>

static const double PNG_PX_PER_MM = 600 / 25.4;

static const char *const usage = "usage: keiin inkan --text TEXT -o FILE.png|FILE.svg|FILE.pdf [--face "
                                 "kointai|gyosho|kaisho|mincho] [--size MM]\n";

static bool
read_face(const char *s, enum inkan_face *ret)
{
	static const char *const names[] = {[INKAN_KOINTAI] = "kointai",
	    [INKAN_GYOSHO] = "gyosho",
	    [INKAN_KAISHO] = "kaisho",
	    [INKAN_MINCHO] = "mincho"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(s, names[i]) == 0) {
			*ret = (enum inkan_face)i;
			return true;
		}
	return false;
}

static enum err
make_file(
    struct arena *a, struct str text, enum inkan_face face, double size_mm, struct str out, struct str *ret)
{
	struct inkan k;

	TRY(inkan_kojin(a, text, face, size_mm, &k));
	if (k.substituted)
		fputs("keiin inkan: 一部の文字は別の書体で表示しています\n", stderr);
	if (str_ends(out, STR(".svg"))) {
		*ret = inkan_svg(a, &k, arena_printf(a, "印影：%.*s（円形、%g mm）", STR_ARG(text), size_mm));
		return OK;
	}
	if (str_ends(out, STR(".pdf")))
		return inkan_pdf(a, &k, ret);
	return inkan_png(a, &k, PNG_PX_PER_MM, true, text, ret);
}

static bool
write_file(const char *name, struct str data)
{
	FILE *f = fopen(name, "wb");

	if (!f)
		return false;
	bool whole = fwrite(data.p, 1, data.n, f) == data.n;
	return fclose(f) == 0 && whole;
}

int
cli_inkan(int argc, char **argv)
{
	static const struct option options[] = {{"text", required_argument, NULL, 't'},
	    {"face", required_argument, NULL, 'f'}, {"size", required_argument, NULL, 's'},
	    {"output", required_argument, NULL, 'o'}, {0}};
	const char *text = NULL, *out = NULL;
	enum inkan_face face = INKAN_KOINTAI;
	double size_mm = 12;
	bool good = true;
	struct arena a = {0};
	struct str file;

	optind = 1;
	for (int c; (c = getopt_long(argc, argv, "o:", options, NULL)) != -1;) {
		if (c == 't')
			text = optarg;
		else if (c == 'o')
			out = optarg;
		else if (c == 'f')
			good = read_face(optarg, &face) && good;
		else if (c == 's')
			good = str_to_double(str_c(optarg), &size_mm) && good;
		else
			good = false;
	}
	struct str name = str_c(out);
	if (!good || !text || optind != argc ||
	    !(str_ends(name, STR(".png")) || str_ends(name, STR(".svg")) || str_ends(name, STR(".pdf")))) {
		fputs(usage, stderr);
		return 2;
	}
	enum err e = make_file(&a, str_c(text), face, size_mm, name, &file);
	if (e != OK)
		fprintf(stderr, "keiin inkan: %s\n", err_info(e)->ja);
	else if (!write_file(out, file)) {
		perror(out);
		e = ERR_IO;
	}
	arena_free(&a);
	return e == OK ? 0 : 1;
}
