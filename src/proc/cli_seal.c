/* keiin seal: one document, sealed at the command line with keys of its own, after the same intake as any
 * contract's. */
#include "cli.h"
#include "cli_file.h"
#include "cli_inkan.h"
#include "cli_keys.h"
#include "cli_say.h"
#include "client.h"
#include "clock.h"
#include "inkan.h"
#include "pades.h"
#include "roles.h"
#include "utf8.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
    "usage: keiin seal IN.pdf -o OUT.pdf [--level b-b|b-t] [--name NAME] [--mail MAIL] "
    "[--impression TEXT]\n"
    "                  [--keys DIR] [--algorithm " KEY_ALGORITHM_NAMES "]\n";

static const double SEAL_MM = 18, MARGIN_MM = 25;
enum { NAME_CHARACTERS = 200 };

struct arguments {
	struct arena *a;
	const char *in, *out, *keys;
	struct str name, mail;
	struct inkan impression;
	bool has_impression, timestamp, has_algorithm;
	enum key_algorithm algorithm;
};

static int
read_level(struct arguments *arg)
{
	arg->timestamp = strcmp(optarg, "b-t") == 0;
	return arg->timestamp || strcmp(optarg, "b-b") == 0 ? CLI_GO_ON
	                                                    : cli_misused(usage, "unknown level %s", optarg);
}

static int
read_algorithm(struct arguments *arg)
{
	arg->has_algorithm = true;
	return key_algorithm_by_name(str_c(optarg), &arg->algorithm)
	           ? CLI_GO_ON
	           : cli_misused(usage, "unknown algorithm %s", optarg);
}

static int
read_name(struct arguments *arg)
{
	return utf8_line(arg->a, str_c(optarg), NAME_CHARACTERS, &arg->name) == OK
	           ? CLI_GO_ON
	           : cli_misused(
	                 usage, "a name is one line of at most %d characters in UTF-8", NAME_CHARACTERS);
}

static int
read_mail(struct arguments *arg)
{
	return utf8_mail(arg->a, str_c(optarg), &arg->mail) == OK
	           ? CLI_GO_ON
	           : cli_misused(usage, "not a mail address: %s", optarg);
}

static int
read_impression(struct arguments *arg)
{
	enum err e = inkan_kojin(arg->a, str_c(optarg), INKAN_KOINTAI, 12, &arg->impression);

	arg->has_impression = true;
	return e == OK ? CLI_GO_ON : cli_inkan_refused(optarg, e);
}

static int
take_option(int c, void *user)
{
	struct arguments *arg = user;

	switch (c) {
	case 'o': arg->out = optarg; return CLI_GO_ON;
	case 'k': arg->keys = optarg; return CLI_GO_ON;
	case 'n': return read_name(arg);
	case 'm': return read_mail(arg);
	case 'i': return read_impression(arg);
	case 'l': return read_level(arg);
	case 'a': return read_algorithm(arg);
	default: return CLI_GO_ON;
	}
}

/* CLI_GO_ON or the exit status. */
static int
read_arguments(int argc, char **argv, struct arguments *arg)
{
	static const struct option options[] = {{"output", required_argument, NULL, 'o'},
	    {"level", required_argument, NULL, 'l'}, {"name", required_argument, NULL, 'n'},
	    {"mail", required_argument, NULL, 'm'}, {"impression", required_argument, NULL, 'i'},
	    {"keys", required_argument, NULL, 'k'}, {"algorithm", required_argument, NULL, 'a'},
	    {"help", no_argument, NULL, 'h'}, {0}};

	int status =
	    cli_options_read(&(struct cli_options){usage, ":o:h", options, take_option}, argc, argv, arg);

	if (status != CLI_GO_ON)
		return status;
	if (optind == argc)
		return cli_misused(usage, "which document?");
	if (optind != argc - 1)
		return cli_misused(usage, "one document at a time: %s", argv[optind + 1]);
	if (!arg->out)
		return cli_misused(usage, "where to? -o OUT.pdf is missing");
	arg->in = argv[optind];
	return CLI_GO_ON;
}

/* The sandbox as a child of this process; it ends when the socket closes. */
static enum err
start_sandbox(int *ret_sock, pid_t *ret_pid)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return ERR_IO;
	pid = fork();
	if (pid == 0) {
		if (fcntl(pair[1], F_SETFD, 0) == 0 && dup2(pair[1], ROLE_FD_PDFD) == ROLE_FD_PDFD)
			pdfd_exec();
		_exit(127);
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return ERR_IO;
	}
	*ret_sock = pair[0];
	*ret_pid = pid;
	return OK;
}

static enum err
normalise(struct arena *a, struct str in, struct document_info *info, struct str *ret)
{
	struct pdfd *sandbox;
	int sock;
	pid_t pid;
	enum err e;

	TRY(start_sandbox(&sock, &pid));
	e = pdfd_client_new(a, sock, &sandbox);
	if (e == OK)
		e = documents_intake(sandbox, in, STR_NONE, a, info, ret);
	close(sock);
	waitpid(pid, NULL, 0);
	return e;
}

/* Where the document itself asks for a seal, else the lower right of the last page. */
static struct pdf_place
place_of(const struct document_info *info)
{
	unsigned page = info->place_page ? info->place_page : info->pages_n;
	const struct document_page *last = &info->pages[page - 1];
	double side = SEAL_MM;

	if (last->width_mm < side + 2 * MARGIN_MM || last->height_mm < side + 2 * MARGIN_MM)
		side = (last->width_mm < last->height_mm ? last->width_mm : last->height_mm) / 4;
	double margin = side < SEAL_MM ? side : MARGIN_MM;
	double x = last->width_mm - margin - side, y = last->height_mm - margin - side;
	if (info->place_page) {
		x = fmin(fmax(info->place_x_mm - side / 2, 0), last->width_mm - side);
		y = fmin(fmax(info->place_y_mm - side / 2, 0), last->height_mm - side);
	}
	return (struct pdf_place){page, x, y, side, side};
}

static enum err
seal(struct arena *a, const struct arguments *arg, const struct document_info *info, struct keys *keys,
    const struct certificates *certs, struct buf *file)
{
	struct pdf_sign_request req = {.kind = PDF_SIGN_APPROVE,
	    .field = "keiin-seal",
	    .name = arg->name,
	    .contact = arg->mail,
	    .date = clock_pdf(a, clock_utc_ms())};
	struct pdf_new_field field = {.name = req.field, .visible = true};
	struct pdf_ink ink;
	struct tsa *tsa;

	TRY(tsa_embedded(a, keys_signer(keys), certs, &tsa));
	if (arg->has_impression) {
		const struct inkan *k = &arg->impression;

		ink = (struct pdf_ink){
		    .width_mm = k->width_mm, .height_mm = k->height_mm, .rgb = k->rgb, .path = k->path};
		field.place = place_of(info);
		req.fields = &field;
		req.fields_n = 1;
		req.ink = &ink;
	}
	struct pades pades = {.signer = keys_signer(keys), .certs = certs, .tsa = tsa, .job = STR("cli")};
	return pades_sign(&pades, &req, arg->timestamp, file, NULL);
}

int
cli_seal(int argc, char **argv)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct buf file CLEANUP(buf_free) = {0};
	struct arguments arg = {.a = &a};
	struct document_info info;
	struct certificates certs;
	struct keys *keys;
	struct str in, normal;
	int status = read_arguments(argc, argv, &arg);
	enum err e;

	if (status != CLI_GO_ON)
		return status;
	if (cli_file_read(&a, arg.in, &in) != OK)
		return 2;
	e = normalise(&a, in, &info, &normal);
	if (e != OK)
		return cli_refused(arg.in, e);
	for (enum document_note n = 0; n < DOCUMENT_NOTES; n++)
		if (info.notes >> n & 1)
			fprintf(stderr, "keiin: %s: %.*s\n", arg.in,
			    STR_ARG(document_note_words(n, !cli_speaks_japanese())));
	if (cli_keys_open(&a, arg.keys, arg.has_algorithm ? &arg.algorithm : NULL, &keys, &certs) != OK)
		return 2;
	buf_put(&file, normal);
	e = seal(&a, &arg, &info, keys, &certs, &file);
	keys_free(keys);
	if (e != OK)
		return cli_refused(arg.in, e);
	return cli_file_write(arg.out, buf_str(&file)) == OK ? 0 : 2;
}
