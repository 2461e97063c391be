#include "cli_keyring.h"

#include "certificates.h"
#include "cli_say.h"
#include "clock.h"
#include "keyd_totals.h"
#include "keys_issue.h"
#include "keys_roll.h"
#include "x509_text.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static const char usage[] = "usage: keiin keys status [--data DIR]\n"
                            "       keiin keys roll [--data DIR] [--algorithm A] [--destroy-old]\n";

static const int64_t DAY_MS = 86400000;

struct arguments {
	const char *data;
	enum key_algorithm algorithm;
	bool has_algorithm, destroy_old;
};

static int
take_option(int c, void *user)
{
	struct arguments *arg = user;

	switch (c) {
	case 'd': arg->data = optarg; return CLI_GO_ON;
	case 'x': arg->destroy_old = true; return CLI_GO_ON;
	case 'a':
		arg->has_algorithm = true;
		return key_algorithm_by_name(str_c(optarg), &arg->algorithm)
		           ? CLI_GO_ON
		           : cli_misused(usage, "unknown algorithm %s", optarg);
	default: return CLI_GO_ON;
	}
}

/* ---- status ---- */

static int64_t
time_ms(const ASN1_TIME *t)
{
	struct tm tm;

	return ASN1_TIME_to_tm(t, &tm) ? (int64_t)timegm(&tm) * 1000 : 0;
}

static void
print_hex(const char *what, const unsigned char *p, size_t n)
{
	printf("  %-10s ", what);
	for (size_t i = 0; i < n; i++)
		printf("%02x", p[i]);
	putchar('\n');
}

static void
print_certificate(const char *path, X509 *x)
{
	struct arena a CLEANUP(arena_free) = {0};
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	int64_t until_ms = time_ms(X509_get0_notAfter(x));
	enum key_algorithm algorithm;
	struct sha256 digest;
	unsigned n;

	printf("%s\n", path);
	printf("  %-10s %.*s\n", "subject", STR_ARG(x509_name_text(&a, X509_get_subject_name(x))));
	printf("  %-10s %.*s\n", "issuer", STR_ARG(x509_name_text(&a, X509_get_issuer_name(x))));
	print_hex("serial", ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial));
	if (X509_digest(x, EVP_sha256(), digest.b, &n))
		print_hex("SHA-256", digest.b, n);
	printf("  %-10s %s\n", "algorithm",
	    key_algorithm_of(x, &algorithm) == OK ? key_algorithm_name(algorithm) : "?");
	printf("  %-10s %.10s - %.10s (%lld days left)\n", "valid",
	    clock_iso(&a, time_ms(X509_get0_notBefore(x))).p, clock_iso(&a, until_ms).p,
	    (long long)((until_ms - clock_utc_ms()) / DAY_MS));
}

static enum err
print_file(const char *path)
{
	STACK_OF(X509) * all CLEANUP(ossl_x509s_free) = NULL;

	TRY(certificates_read(path, &all));
	for (int i = 0; i < sk_X509_num(all); i++)
		print_certificate(path, sk_X509_value(all, i));
	return OK;
}

static enum err
print_all(const char *pattern)
{
	glob_t found;
	enum err e = OK;

	if (glob(pattern, 0, NULL, &found))
		return OK; /* none */
	for (size_t i = 0; i < found.gl_pathc && e == OK; i++)
		e = print_file(found.gl_pathv[i]);
	globfree(&found);
	return e;
}

static enum err
status(const char *dir)
{
	static const char *const patterns[] = {"seal.pem", "tsa.pem", "ca.pem", OUTSIDE_PEM, "old/*.pem"};
	struct keyd_totals totals;
	char path[KEYS_PATH_LENGTH];

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		TRY(keys_path(dir, patterns[i], "", path));
		if (i < 2 && access(path, R_OK))
			return ERR_IO;
		TRY(print_all(path));
	}
	TRY(keyd_totals_read(dir, &totals));
	printf("signatures: seals %llu, timestamps %llu, refused by a limit %llu\n",
	    (unsigned long long)totals.signatures[KEY_SEAL], (unsigned long long)totals.signatures[KEY_TSA],
	    (unsigned long long)totals.refused);
	return OK;
}

/* ---- roll ---- */

static enum err
roll(const char *dir, const struct arguments *arg)
{
	int fd = open(arg->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e;

	if (fd < 0)
		return ERR_IO;
	if (flock(fd,
	        LOCK_EX | LOCK_NB)) { /* the server's lock: its roles hold keys and certificates that fit */
		fputs(cli_speaks_japanese()
		          ? "keiin: サーバーを停止してから実行してください\n"
		          : "keiin: stop the server first; it takes the new keys when it is started again\n",
		    stderr);
		close(fd);
		return ERR_WRONG_STATE;
	}
	e = keys_roll(dir, arg->has_algorithm ? &arg->algorithm : NULL, arg->destroy_old);
	close(fd);
	return e;
}

int
cli_keyring(int argc, char **argv)
{
	static const struct option options[] = {{"data", required_argument, NULL, 'd'},
	    {"algorithm", required_argument, NULL, 'a'}, {"destroy-old", no_argument, NULL, 'x'},
	    {"help", no_argument, NULL, 'h'}, {0}};
	struct arguments arg = {.data = "data"};
	char dir[KEYS_PATH_LENGTH];
	enum err e;
	int answer =
	    cli_options_read(&(struct cli_options){usage, ":h", options, take_option}, argc, argv, &arg);

	if (answer != CLI_GO_ON)
		return answer;
	if (optind != argc - 1 || snprintf(dir, sizeof(dir), "%s/keys", arg.data) >= (int)sizeof(dir))
		return cli_misused(usage, "what shall I do with the keys?");
	if (strcmp(argv[optind], "status") == 0)
		e = status(dir);
	else if (strcmp(argv[optind], "roll") == 0)
		e = roll(dir, &arg);
	else
		return cli_misused(usage, "unknown command %s", argv[optind]);
	if (e == ERR_IO) {
		fprintf(stderr,
		    cli_speaks_japanese()
		        ? "keiin: %s に鍵がないか、読めません。--data "
		          "でデータフォルダーを指定してください（鍵は最初の起動で作られます）\n"
		        : "keiin: there are no keys in %s, or they cannot be read: name the data folder with "
		          "--data (keys are made at the first start)\n",
		    dir);
		return 2;
	}
	return e == OK ? 0 : cli_refused(dir, e);
}
