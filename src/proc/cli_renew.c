/* keiin renew: archive timestamps are renewed by plan; this is for those who do not want to wait for it,
 * because an authority or an algorithm is no longer to be relied on. The server carries it out. */
#include "cli_renew.h"

#include "app.h"
#include "cli_say.h"
#include "clock.h"
#include "store_open.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const char usage[] = "usage: keiin renew [--data DIR] [--all | --before YYYY-MM-DD]\n";

static const int64_t JAPAN_MS = 9 * 3600000LL;

struct arguments {
	const char *data, *before;
	bool all;
};

static int
take_option(int c, void *user)
{
	struct arguments *arg = user;
	switch (c) {
	case 'd': arg->data = optarg; break;
	case 'b': arg->before = optarg; break;
	case 'a': arg->all = true; break;
	default: break;
	}
	return CLI_GO_ON;
}

/* The beginning of that day in Japan. */
static bool
read_day(const char *text, int64_t *ret_ms)
{
	struct tm tm = {0};
	char *end = strptime(text, "%Y-%m-%d", &tm);
	if (!end || *end)
		return false;
	*ret_ms = (int64_t)timegm(&tm) * 1000 - JAPAN_MS;
	return true;
}

static enum err
order(const char *data, int64_t until_ms, int64_t now_ms, int64_t *ret_n)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct app app = {.arena = &a, .now_ms = now_ms};
	char *folder = arena_cstr(&a, arena_printf(&a, "%s/store", data));
	if (access(arena_cstr(&a, arena_printf(&a, "%s/keiin.db", folder)), R_OK)) {
		fprintf(stderr, "keiin: %s: %m\n", folder);
		return ERR_IO;
	}
	TRY(store_open(folder, &app.store));
	enum err e = app_archive_order(&app, until_ms, ret_n);
	store_close(app.store);
	return e;
}

int
cli_renew(int argc, char **argv)
{
	static const struct option options[] = {{"data", required_argument, NULL, 'd'},
	    {"before", required_argument, NULL, 'b'}, {"all", no_argument, NULL, 'a'},
	    {"help", no_argument, NULL, 'h'}, {0}};
	struct arguments arg = {.data = "data"};
	int64_t now_ms = clock_utc_ms(), until_ms = now_ms, n = 0;
	int status =
	    cli_options_read(&(struct cli_options){usage, ":h", options, take_option}, argc, argv, &arg);
	if (status != CLI_GO_ON)
		return status;
	if (optind < argc || (arg.all && arg.before))
		return cli_misused(usage, "one of --all and --before, and nothing else");
	if (arg.before && !read_day(arg.before, &until_ms))
		return cli_misused(usage, "%s is no day", arg.before);
	if (arg.all)
		until_ms = INT64_MAX;
	if (order(arg.data, until_ms, now_ms, &n) != OK)
		return 2;
	printf(
	    cli_speaks_japanese()
	        ? "アーカイブタイムスタンプの更新を%lld件指示しました。サーバーが順に実行します。\n"
	        : "Renewals of archive timestamps ordered: %lld. The server carries them out one by one.\n",
	    (long long)n);
	return 0;
}
