/* keiin seal: one document, sealed at the command line with keys of its own, after the same intake as any
 * contract's. */
#include "cli.h"
#include "cli_file.h"
#include "client.h"
#include "clock.h"
#include "inkan.h"
#include "pades.h"
#include "pdfd.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
    "usage: keiin seal IN.pdf -o OUT.pdf [--level b-b|b-t] [--name NAME] [--mail MAIL] [--impression TEXT]\n"
    "                  [--keys DIR] [--algorithm p256|rsa3072]\n";

static const double SEAL_MM = 18, MARGIN_MM = 25;

struct arguments {
	const char *in, *out, *name, *mail, *impression, *keys;
	bool timestamp;
	enum key_algorithm algorithm;
};

static bool
read_option(int c, struct arguments *arg)
{
	switch (c) {
	case 'o': arg->out = optarg; return true;
	case 'n': arg->name = optarg; return true;
	case 'm': arg->mail = optarg; return true;
	case 'i': arg->impression = optarg; return true;
	case 'k': arg->keys = optarg; return true;
	case 'l':
		arg->timestamp = strcmp(optarg, "b-t") == 0;
		return arg->timestamp || strcmp(optarg, "b-b") == 0;
	case 'a':
		arg->algorithm = strcmp(optarg, "rsa3072") == 0 ? KEY_RSA3072 : KEY_P256;
		return arg->algorithm == KEY_RSA3072 || strcmp(optarg, "p256") == 0;
	default: return false;
	}
}

static bool
read_arguments(int argc, char **argv, struct arguments *ret)
{
	static const struct option options[] = {{"output", required_argument, NULL, 'o'},
	    {"level", required_argument, NULL, 'l'}, {"name", required_argument, NULL, 'n'},
	    {"mail", required_argument, NULL, 'm'}, {"impression", required_argument, NULL, 'i'},
	    {"keys", required_argument, NULL, 'k'}, {"algorithm", required_argument, NULL, 'a'}, {0}};

	*ret = (struct arguments){.algorithm = KEY_P256};
	optind = 1;
	for (int c; (c = getopt_long(argc, argv, "o:", options, NULL)) != -1;)
		if (!read_option(c, ret))
			return false;
	if (optind != argc - 1)
		return false;
	ret->in = argv[optind];
	return ret->out != NULL;
}

static bool
speaks_japanese(void)
{
	const char *v = getenv("LC_ALL");

	if (!v || !*v)
		v = getenv("LANG");
	return v && strncmp(v, "ja", 2) == 0;
}

static int
refused(const char *file, enum err e)
{
	const struct err_info *info = err_info(e);

	fprintf(stderr, "keiin: %s: %s (%s)\n", file, speaks_japanese() ? info->ja : info->en, info->name);
	return 1;
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
		close(pair[0]);
		_exit(pdfd_serve(pair[1]));
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

static enum err
make_folders(char *path)
{
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		if (mkdir(path, 0700) && errno != EEXIST)
			return ERR_IO;
		*p = '/';
	}
	return OK;
}

/* $XDG_DATA_HOME/keiin/keys, made when it is missing. */
static enum err
key_folder(struct arena *a, const struct arguments *arg, const char **ret)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	char *path;

	if (arg->keys)
		path = arena_cstr(a, str_c(arg->keys));
	else if (data && *data)
		path = arena_cstr(a, arena_printf(a, "%s/keiin/keys", data));
	else
		path =
		    arena_cstr(a, arena_printf(a, "%s/.local/share/keiin/keys", home && *home ? home : "."));
	TRY(make_folders(path));
	TRY(keys_create(path, arg->algorithm, &(struct keys_subject){.organisation = STR("Keiin")}));
	*ret = path;
	return OK;
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
seal(struct arena *a, const struct arguments *arg, const struct document_info *info, struct buf *file)
{
	struct certificates *certs = ARENA_NEW(a, struct certificates);
	struct pdf_sign_request req = {
	    .kind = PDF_SIGN_APPROVE, .field = "keiin-seal", .date = clock_pdf(a, clock_utc_ms())};
	struct pdf_new_field field = {.name = req.field, .visible = true};
	struct pdf_ink ink;
	const char *folder;
	struct keys *keys;
	struct tsa *tsa;

	TRY(key_folder(a, arg, &folder));
	TRY(keys_load(folder, &keys));
	TRY(certificates_load(a, folder, certs));
	TRY(tsa_embedded(a, keys_signer(keys), certs, &tsa));
	req.name = str_c(arg->name);
	req.contact = str_c(arg->mail);
	if (arg->impression) {
		struct inkan k;

		TRY(inkan_kojin(a, str_c(arg->impression), INKAN_KOINTAI, 12, &k));
		ink = (struct pdf_ink){
		    .width_mm = k.width_mm, .height_mm = k.height_mm, .rgb = k.rgb, .path = k.path};
		field.place = place_of(info);
		req.fields = &field;
		req.fields_n = 1;
		req.ink = &ink;
	}
	struct pades pades = {.signer = keys_signer(keys), .certs = certs, .tsa = tsa, .job = STR("cli")};
	enum err e = pades_sign(&pades, &req, arg->timestamp, file, NULL);
	keys_free(keys);
	return e;
}

int
cli_seal(int argc, char **argv)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct buf file CLEANUP(buf_free) = {0};
	struct document_info info;
	struct arguments arg;
	struct str in, normal;
	enum err e;

	if (!read_arguments(argc, argv, &arg)) {
		fputs(usage, stderr);
		return 2;
	}
	if (cli_file_read(&a, arg.in, &in) != OK)
		return 2;
	e = normalise(&a, in, &info, &normal);
	if (e != OK)
		return refused(arg.in, e);
	if (info.notes.n)
		fprintf(stderr, "keiin: %s: %.*s\n", arg.in, STR_ARG(str_trim(info.notes)));
	buf_put(&file, normal);
	e = seal(&a, &arg, &info, &file);
	if (e != OK)
		return refused(arg.in, e);
	return cli_file_write(arg.out, buf_str(&file)) == OK ? 0 : 2;
}
