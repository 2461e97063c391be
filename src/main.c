/* keiin: the supervisor, keyd, and what needs no document. The rest is keiin-workers' and keiin-pdfd's. */
#include "cli_keyring.h"
#include "config.h"
#include "id.h"
#include "listener.h"
#include "roles.h"
#include "supervisor.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const char usage[] =
    "契印 Keiin: electronic contracts, sealed and provable\n"
    "\n"
    "  keiin serve [--data DIR] [--listen ADDR:PORT] [--config FILE]\n"
    "      run the server (default: ./data, 127.0.0.1:8443)\n"
    "  keiin seal IN.pdf -o OUT.pdf [--level b-b|b-t] [--name N] [--mail M] [--impression TEXT]\n"
    "             [--keys DIR] [--algorithm p256|p384|rsa2048|rsa3072|rsa4096]\n"
    "             (rsa2048-pss, rsa3072-pss and rsa4096-pss: the same keys with RSASSA-PSS)\n"
    "      exit status 0: sealed, 1: refused, 2: wrong usage, or a file that cannot be read or written\n"
    "  keiin verify FILE [CERTIFICATE] [--json] [--trust PEM] [--english|--japanese]\n"
    "      a signed PDF, or an evidence package (ZIP); exit status 0: sound, 1: not, 2: unreadable\n"
    "  keiin inkan --text 山田 -o out.png|svg|pdf [--face kointai|gyosho|kaisho|mincho] [--size MM]\n"
    "      exit status as of seal\n"
    "  keiin audit export [--data DIR] -o FILE\n"
    "  keiin audit verify FILE [--trust PEM] [--checkpoint OLDER-FILE]\n"
    "      the log of all events; exit status as of verify\n"
    "  keiin tsa status|test|use NAME [--data DIR] [--config FILE]\n"
    "      the timestamp authorities; exit status 0: good, 1: not, 2: wrong usage, or a file that cannot be "
    "read\n"
    "  keiin renew [--data DIR] [--all | --before YYYY-MM-DD]\n"
    "      orders new archive timestamps: those that are due, all, or those due before that day\n"
    "  keiin keys status [--data DIR]\n"
    "      the server's certificates, and how much was signed\n"
    "  keiin keys roll [--data DIR] [--algorithm A] [--destroy-old]\n"
    "      new keys under the same root, while the server is stopped; the old ones are kept in keys/old\n"
    "  keiin config\n"
    "      a sample configuration file with every key\n"
    "  keiin version\n";

static int
bad_usage(const char *what, const char *which)
{
	fprintf(stderr, "keiin: %s%s\n\n%s", what, which, usage);
	return 2;
}

static enum err
finish_config(struct arena *a, struct config *c, const char *data)
{
	char real[PATH_MAX];
	unsigned port;
	if (mkdir(data, 0700) && errno != EEXIST) {
		fprintf(stderr, "keiin: cannot make the folder %s: %m\n", data);
		return ERR_IO;
	}
	if (!realpath(data, real))
		return ERR_IO;
	c->data_dir = arena_str(a, str_c(real));
	TRY(listener_port(c->listen, &port));
	if (c->base_url.n == 0)
		c->base_url = arena_printf(a, "https://localhost:%u", port);
	while (str_ends(c->base_url, STR("/")))
		c->base_url.n--;
	return OK;
}

static int
serve(int argc, char **argv)
{
	static struct arena arena;
	const char *data = "data", *file = NULL, *listen = NULL;
	for (int i = 0; i < argc; i += 2) {
		struct str option = str_c(argv[i]);
		if (str_eq(option, STR("--help"))) {
			fputs(usage, stdout);
			return 0;
		}
		if (i + 1 >= argc)
			return bad_usage("no value for ", argv[i]);
		if (str_eq(option, STR("--data")))
			data = argv[i + 1];
		else if (str_eq(option, STR("--listen")))
			listen = argv[i + 1];
		else if (str_eq(option, STR("--config")))
			file = argv[i + 1];
		else
			return bad_usage("unknown option ", argv[i]);
	}
	struct config config;
	if (config_load(&arena, file, &config) != OK)
		return 2;
	if (listen)
		config.listen = str_c(listen);
	if (finish_config(&arena, &config, data) != OK)
		return 2;
	return supervisor_run(&arena, &config);
}

static int
sample(void)
{
	struct arena arena = {0};
	struct str s = config_sample(&arena);
	fwrite(s.p, 1, s.n, stdout);
	arena_free(&arena);
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct role keyd = {"keyd", role_keyd};
	struct str command = argc > 1 ? str_c(argv[1]) : STR("");
	if (id_init() != OK)
		return 1;
	if (str_eq(command, STR("serve")))
		return serve(argc - 2, argv + 2);
	if (str_eq(command, STR("role")) && argc == 3)
		return role_main(argv[2], &keyd, 1);
	if (str_eq(command, STR("seal")) || str_eq(command, STR("verify")) || str_eq(command, STR("inkan")) ||
	    str_eq(command, STR("audit")) || str_eq(command, STR("tsa")) || str_eq(command, STR("renew"))) {
		program_exec("keiin-workers", argv);
		return 2;
	}
	if (str_eq(command, STR("keys")))
		return cli_keyring(argc - 1, argv + 1);
	if (str_eq(command, STR("config")))
		return sample();
	if (str_eq(command, STR("version")) || str_eq(command, STR("--version"))) {
		puts("keiin " KEIIN_VERSION);
		return 0;
	}
	if (str_eq(command, STR("help")) || str_eq(command, STR("--help")) || str_eq(command, STR("-h"))) {
		fputs(usage, stdout);
		return 0;
	}
	return argc > 1 ? bad_usage("unknown command ", argv[1]) : bad_usage("what shall I do?", "");
}
