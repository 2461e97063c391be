#include "cli_inkan.h"

#include "cli_file.h"
#include "cli_say.h"
#include "inkan.h"

#include <stdio.h>

static const double PNG_PX_PER_MM = 600 / 25.4;

static const char usage[] = "usage: keiin inkan --text TEXT -o FILE.png|FILE.svg|FILE.pdf [--face "
                            "kointai|gyosho|kaisho|mincho] [--size MM]\n";

enum { SIZE_MIN_MM = 6, SIZE_MAX_MM = 30 };

struct arguments {
	const char *text, *out;
	enum inkan_face face;
	double size_mm;
};

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
make_file(struct arena *a, const struct arguments *arg, struct str *ret)
{
	struct str text = str_c(arg->text), out = str_c(arg->out);
	struct inkan k;

	TRY(inkan_kojin(a, text, arg->face, arg->size_mm, &k));
	if (k.substituted)
		fputs(cli_speaks_japanese() ? "keiin: 一部の文字は別の書体で表示しています\n"
		                            : "keiin: some characters are drawn in another typeface\n",
		    stderr);
	if (str_ends(out, STR(".svg"))) {
		*ret = inkan_svg(
		    a, &k, arena_printf(a, "印影：%.*s（円形、%g mm）", STR_ARG(text), arg->size_mm));
		return OK;
	}
	if (str_ends(out, STR(".pdf")))
		return inkan_pdf(a, &k, ret);
	return inkan_png(a, &k, PNG_PX_PER_MM, true, text, ret);
}

int
cli_inkan_refused(const char *text, enum err e)
{
	if (e != ERR_INVALID)
		return cli_refused(text, e);
	fprintf(stderr,
	    cli_speaks_japanese() ? "keiin: %s: 印影にできるのは漢字・かな・英字1〜6文字です。(%s)\n"
	                          : "keiin: %s: An impression takes 1 to 6 kanji, kana or letters. (%s)\n",
	    text, err_info(e)->name);
	return 1;
}

static int
take_option(int c, void *user)
{
	struct arguments *arg = user;

	switch (c) {
	case 't': arg->text = optarg; return CLI_GO_ON;
	case 'o': arg->out = optarg; return CLI_GO_ON;
	case 'f':
		return read_face(optarg, &arg->face) ? CLI_GO_ON
		                                     : cli_misused(usage, "unknown face %s", optarg);
	case 's':
		return str_to_double(str_c(optarg), &arg->size_mm) && arg->size_mm >= SIZE_MIN_MM &&
		               arg->size_mm <= SIZE_MAX_MM
		           ? CLI_GO_ON
		           : cli_misused(
		                 usage, "a size is %d to %d mm, not %s", SIZE_MIN_MM, SIZE_MAX_MM, optarg);
	default: return CLI_GO_ON;
	}
}

/* CLI_GO_ON or the exit status. */
static int
read_arguments(int argc, char **argv, struct arguments *arg)
{
	static const struct option options[] = {{"text", required_argument, NULL, 't'},
	    {"face", required_argument, NULL, 'f'}, {"size", required_argument, NULL, 's'},
	    {"output", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'}, {0}};

	int status =
	    cli_options_read(&(struct cli_options){usage, ":o:h", options, take_option}, argc, argv, arg);

	if (status != CLI_GO_ON)
		return status;
	if (optind != argc)
		return cli_misused(usage, "what is %s for?", argv[optind]);
	if (!arg->text || !arg->out)
		return cli_misused(usage, "%s is missing", arg->text ? "-o FILE" : "--text TEXT");
	struct str name = str_c(arg->out);
	if (!str_ends(name, STR(".png")) && !str_ends(name, STR(".svg")) && !str_ends(name, STR(".pdf")))
		return cli_misused(usage, "the ending of %s is not png, svg or pdf", arg->out);
	return CLI_GO_ON;
}

int
cli_inkan(int argc, char **argv)
{
	struct arguments arg = {.face = INKAN_KOINTAI, .size_mm = 12};
	struct arena a CLEANUP(arena_free) = {0};
	struct str file;
	int status = read_arguments(argc, argv, &arg);
	enum err e;

	if (status != CLI_GO_ON)
		return status;
	e = make_file(&a, &arg, &file);
	if (e != OK)
		return cli_inkan_refused(arg.text, e);
	return cli_file_write(arg.out, file) == OK ? 0 : 2;
}
