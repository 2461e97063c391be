/* keiin verify FILE [CERTIFICATE] [--json] [--trust PEM] [--english|--japanese] */
#include "buf.h"
#include "cli.h"
#include "cli_file.h"
#include "cli_say.h"
#include "pair.h"
#include "verify.h"

#include <stdio.h>

static const char usage[] =
    "usage: keiin verify FILE [CERTIFICATE] [--json] [--trust PEM] [--english|--japanese]\n";

struct arguments {
	const char *file, *other, *trust; /* other: NULL, or what should belong to it */
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
	if (optind < argc - 2)
		return cli_misused(usage, "a contract and its certificate at most: %s", argv[optind + 2]);
	arg->file = argv[optind];
	arg->other = argv[optind + 1];
	return CLI_GO_ON;
}

static struct str
pair_report(struct arena *a, const struct pair *p, const struct arguments *arg)
{
	struct str contract = arg->json ? verify_json(a, &p->contract)
	                                : verify_report(a, &p->contract, !arg->japanese),
	           certificate = arg->json ? verify_json(a, &p->certificate)
	                                   : verify_report(a, &p->certificate, !arg->japanese),
	           sentence = pair_sentence(a, p, !arg->japanese);

	if (arg->json)
		return arena_printf(a, "{\"pair\": \"%s\", \"contract\": %.*s, \"certificate\": %.*s}\n",
		    pair_name(p->verdict), STR_ARG(contract), STR_ARG(certificate));
	return arena_printf(a,
	    arg->japanese ? "%.*s\n\n== 契約書 ==\n%.*s\n== 合意証明書 ==\n%.*s"
	                  : "%.*s\n\n== contract ==\n%.*s\n== certificate ==\n%.*s",
	    STR_ARG(sentence), STR_ARG(contract), STR_ARG(certificate));
}

/* One file, or two; or a package. ret_status: of the process. ERR_INVALID: the anchors hold no certificate.
 */
static enum err
report(struct arena *a, const struct arguments *arg, cli_judge *judge_package, struct str file,
    struct str other, struct str trust, struct str *ret_text, int *ret_status)
{
	struct verification v;
	struct pair p;

	if (arg->other) {
		TRY(pair_check(a, file, other, trust, &p));
		*ret_text = pair_report(a, &p, arg);
		*ret_status = pair_status(&p);
		return OK;
	}
	if (str_starts(file, STR("PK\x03\x04")))
		return judge_package(a, file, trust, arg->json, !arg->japanese, ret_text, ret_status);
	TRY(verify_pdf(a, file, trust, &v));
	*ret_text = arg->json ? verify_json(a, &v) : verify_report(a, &v, !arg->japanese);
	*ret_status = (int)v.verdict;
	return OK;
}

int
cli_verify(int argc, char **argv, cli_judge *judge_package)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct arguments arg = {.japanese = cli_speaks_japanese()};
	struct str bytes, other = STR_NONE, trust = STR_NONE, text;
	int status = read_arguments(argc, argv, &arg);

	if (status != CLI_GO_ON)
		return status;
	if (cli_file_read(&a, arg.file, &bytes) != OK ||
	    (arg.other && cli_file_read(&a, arg.other, &other) != OK) ||
	    (arg.trust && cli_file_read(&a, arg.trust, &trust) != OK))
		return 2;
	enum err e = arg.trust && trust.n == 0
	                 ? ERR_INVALID
	                 : report(&a, &arg, judge_package, bytes, other, trust, &text, &status);
	if (e != OK) {
		if (e == ERR_INVALID && arg.trust)
			fprintf(stderr, "keiin: there is no certificate in %s\n", arg.trust);
		else
			fprintf(stderr, "keiin: %s: %s\n", arg.file, err_info(e)->en);
		return 2;
	}
	if (fwrite(text.p, 1, text.n, stdout) != text.n || fflush(stdout)) {
		fprintf(stderr, "keiin: cannot write the report: %m\n");
		return 2;
	}
	return status;
}
