/* keiin verify FILE [--json] [--trust PEM] [--english] */
#include "buf.h"
#include "cli.h"
#include "cli_file.h"
#include "verify.h"

#include <stdio.h>
#include <stdlib.h>

struct arguments {
	const char *file, *trust;
	bool json, english;
};

static bool
wants_english(void)
{
	const char *keys[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (int i = 0; i < 3; i++) {
		const char *v = getenv(keys[i]);

		if (v && *v)
			return strncmp(v, "ja", 2) != 0;
	}
	return true;
}

static bool
read_arguments(int argc, char **argv, struct arguments *ret)
{
	*ret = (struct arguments){.english = wants_english()};
	for (int i = 1; i < argc; i++) {
		struct str arg = str_c(argv[i]);

		if (str_eq(arg, STR("--json")))
			ret->json = true;
		else if (str_eq(arg, STR("--english")))
			ret->english = true;
		else if (str_eq(arg, STR("--japanese")))
			ret->english = false;
		else if (str_eq(arg, STR("--trust")) && i + 1 < argc)
			ret->trust = argv[++i];
		else if (!ret->file && !str_starts(arg, STR("--")))
			ret->file = argv[i];
		else
			return false;
	}
	return ret->file != NULL;
}

int
cli_verify(int argc, char **argv)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct arguments arg;
	struct verification v;
	struct str bytes, trust = STR_NONE, text;

	if (!read_arguments(argc, argv, &arg)) {
		fputs("usage: keiin verify FILE [--json] [--trust PEM] [--english|--japanese]\n", stderr);
		return 2;
	}
	if (cli_file_read(&a, arg.file, &bytes) != OK ||
	    (arg.trust && cli_file_read(&a, arg.trust, &trust) != OK))
		return 2;
	if (verify_pdf(&a, bytes, trust, &v) != OK) {
		fprintf(stderr, "keiin: there is no certificate in %s\n", arg.trust);
		return 2;
	}
	text = arg.json ? verify_json(&a, &v) : verify_report(&a, &v, arg.english);
	fwrite(text.p, 1, text.n, stdout);
	return (int)v.verdict;
}
