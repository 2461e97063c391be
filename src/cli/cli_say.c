#include "cli_say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
cli_speaks_japanese(void)
{
	static const char *const keys[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (int i = 0; i < 3; i++) {
		const char *v = getenv(keys[i]);

		if (v && *v)
			return strncmp(v, "ja", 2) == 0;
	}
	return false;
}

int
cli_refused(const char *what, enum err e)
{
	const struct err_info *info = err_info(e);

	fprintf(
	    stderr, "keiin: %s: %s (%s)\n", what, cli_speaks_japanese() ? info->ja : info->en, info->name);
	return 1;
}

int
cli_misused(const char *usage, const char *format, ...)
{
	va_list args;

	fputs("keiin: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n%s", usage);
	return 2;
}

static int
bad_option(const char *usage, int answer, char *const *argv)
{
	if (answer == ':')
		return cli_misused(usage, "%s needs a value", argv[optind - 1]);
	if (optopt)
		return cli_misused(usage, "unknown option -%c", optopt);
	return cli_misused(usage, "unknown option %s", argv[optind - 1]);
}

int
cli_options_read(const struct cli_options *o, int argc, char **argv, void *arg)
{
	int status = CLI_GO_ON, c;

	optind = 1;
	opterr = 0;
	while (status == CLI_GO_ON && (c = getopt_long(argc, argv, o->letters, o->known, NULL)) != -1) {
		if (c == ':' || c == '?')
			return bad_option(o->usage, c, argv);
		if (c == 'h') {
			fputs(o->usage, stdout);
			return 0;
		}
		status = o->take(c, arg);
	}
	return status;
}
