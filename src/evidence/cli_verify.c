/* keiin verify FILE [--json] [--trust PEM] [--english|--japanese] */
#include "buf.h"
#include "cli.h"
#include "cli_file.h"
#include "cli_say.h"
#include "verify.h"

#include <stdio.h>

static const char usage[] = "usage: keiin verify FILE [--json] [--trust PEM] [--english|--japanese]\n";

struct arguments {
	const char *file, *trust;
	bool json, japanese;
};

static int
take_option(int c, void *user)
{
	struct arguments *arg = user;

	switch (c) {
	case 'j': arg->json = true; break;
	case 't': arg->trust = optarg; break;
	case 'e': arg->japanese = false; break;
	case 'J': arg->japanese = true; break;
	default: break;
	}
	return CLI_GO_ON;
}

/* CLI_GO_ON or the exit status. */
static int
read_arguments(int argc, char **argv, struct arguments *arg)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'},
	    {"trust", required_argument, NULL, 't'}, {"english", no_argument, NULL, 'e'},
	    {"japanese", no_argument, NULL, 'J'}, {"help", no_argument, NULL, 'h'}, {0}};

	int status =
	    cli_options_read(&(struct cli_options){usage, ":h", options, take_option}, argc, argv, arg);

	if (status != CLI_GO_ON)
		return status;
	if (optind == argc)
		return cli_misused(usage, "which file?");
	if (optind != argc - 1)
		return cli_misused(usage, "one file at a time: %s", argv[optind + 1]);
	arg->file = argv[optind];
	return CLI_GO_ON;
}

int
cli_verify(int argc, char **argv)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct arguments arg = {.japanese = cli_speaks_japanese()};
	struct verification v;
	struct str bytes, trust = STR_NONE, text;
	int status = read_arguments(argc, argv, &arg);

	if (status != CLI_GO_ON)
		return status;
	if (cli_file_read(&a, arg.file, &bytes) != OK ||
	    (arg.trust && cli_file_read(&a, arg.trust, &trust) != OK))
		return 2;
	if ((arg.trust && trust.n == 0) || verify_pdf(&a, bytes, trust, &v) != OK) {
		fprintf(stderr, "keiin: there is no certificate in %s\n", arg.trust);
		return 2;
	}
	text = arg.json ? verify_json(&a, &v) : verify_report(&a, &v, !arg.japanese);
	if (fwrite(text.p, 1, text.n, stdout) != text.n || fflush(stdout)) {
		fprintf(stderr, "keiin: cannot write the report: %m\n");
		return 2;
	}
	return (int)v.verdict;
}
