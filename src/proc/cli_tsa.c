/* keiin tsa: which timestamp authorities there are, what they have made this month, whether they answer, and
 * which one an organisation wants. */
#include "cli_tsa.h"

#include "anchors.h"
#include "cli_say.h"
#include "clock.h"
#include "data_dir.h"
#include "query.h"
#include "store_open.h"
#include "timestamping.h"
#include "token.h"
#include "tsa_list.h"

#include <stdio.h>
#include <unistd.h>

static const char usage[] =
    "usage: keiin tsa status [--data DIR] [--config FILE]\n"
    "       keiin tsa test [--data DIR] [--config FILE]\n"
    "       keiin tsa use NAME|--any [--organisation ID] [--data DIR] [--config FILE]\n";

enum { ORGANISATIONS_MAX = 1000 };

struct arguments {
	const char *data, *config, *organisation;
	bool any;
};

struct looking {
	struct arena a;
	struct config config;
	struct tsa_list list;
	struct store *store;
	bool ja;
};

static int
take_option(int c, void *user)
{
	struct arguments *arg = user;
	switch (c) {
	case 'd': arg->data = optarg; break;
	case 'c': arg->config = optarg; break;
	case 'o': arg->organisation = optarg; break;
	case 'a': arg->any = true; break;
	default: break;
	}
	return CLI_GO_ON;
}

static void
looking_end(struct looking *l)
{
	if (l->store)
		store_close(l->store);
	arena_free(&l->a);
}

static enum err
looking_begin(const struct arguments *arg, struct looking *l)
{
	l->ja = cli_speaks_japanese();
	TRY(config_load(&l->a, arg->config, &l->config));
	l->config.data_dir = str_c(arg->data);
	TRY(tsa_list_read(&l->a, &l->config, &l->list));
	if (access(data_path(&l->a, &l->config, "store/keiin.db"), R_OK)) {
		fprintf(stderr, "keiin: %s: %m\n", arg->data);
		return ERR_IO;
	}
	return store_open(data_path(&l->a, &l->config, "store"), &l->store);
}

/* ---- status ---- */

static enum err
print_organisations(struct looking *l)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_organisations_list all;
	TRY(tx_read(l->store, &tx));
	TRY(q_organisations(&tx, &l->a, ORGANISATIONS_MAX, &all));
	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].authority.n)
			printf(l->ja ? "組織 %.*s（%.*s）は %.*s を使います。\n"
			             : "Organisation %.*s (%.*s) uses %.*s.\n",
			    STR_ARG(all.v[i].name), STR_ARG(all.v[i].id), STR_ARG(all.v[i].authority));
	return OK;
}

static enum err
print_usage(struct looking *l, const struct tsa_entry *e, struct str month)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_tsa_used used;
	TRY(tx_read(l->store, &tx));
	TRY(q_tsa_used(&tx, &l->a, e->name, month, &used));
	long long tokens = used.tokens;
	printf(l->ja ? "    %.*s の使用数 %lld" : "    tokens in %.*s: %lld", STR_ARG(month), tokens);
	if (e->settings.quota_month)
		printf(l->ja ? "（上限 %ld）" : " of %ld", e->settings.quota_month);
	if (e->cost > 0)
		printf(l->ja ? "、費用 %.2f" : ", cost %.2f", (double)tokens * e->cost);
	putchar('\n');
	return OK;
}

static enum err
status(struct looking *l)
{
	struct str month = timestamping_month(&l->a, clock_utc_ms());
	for (size_t i = 0; i < l->list.n; i++) {
		const struct tsa_entry *e = &l->list.entries[i];
		if (e->embedded) {
			printf(l->ja ? "%zu. %.*s（内蔵の認証局）\n" : "%zu. %.*s (the embedded authority)\n",
			    i + 1, STR_ARG(e->name));
			continue;
		}
		printf("%zu. %.*s  %.*s\n", i + 1, STR_ARG(e->name), STR_ARG(e->settings.url));
		TRY(print_usage(l, e, month));
	}
	return print_organisations(l);
}

/* ---- test ---- */

static enum err
describe(struct looking *l, const struct tsa_entry *e, struct str der, const struct sha256 *digest,
    int64_t took_ms)
{
	X509_STORE *anchors CLEANUP(anchors_free) =
	    e->settings.trust_pem.n ? anchors_read(e->settings.trust_pem) : NULL;
	const char *why;
	struct token token;
	TRY(token_check(&l->a, der, digest, anchors, &token, &why));
	printf(l->ja ? "%.*s：正常です。%.*s が %.*s に発行（ポリシー %.*s、%lld ms）\n"
	             : "%.*s: good. Made by %.*s at %.*s (policy %.*s, %lld ms)\n",
	    STR_ARG(e->name), STR_ARG(token.tsa), STR_ARG(clock_iso(&l->a, token.time_ms)),
	    STR_ARG(token.policy), (long long)took_ms);
	return OK;
}

/* A token like any other: it counts, and may cost. */
static enum err
try_one(struct looking *l, const struct tsa_entry *e, struct signer signer, const struct certificates *certs)
{
	struct tsa_list only = {.entries = {*e}, .n = 1};
	int64_t began_ms = clock_monotonic_ms(), time_ms;
	struct sha256 digest;
	struct tsa *tsa;
	struct str der;
	random_bytes(&digest, sizeof(digest));
	TRY(tsa_list_open(&l->a, &only, signer, certs, l->store, 0, &tsa));
	TRY(tsa_token(tsa, STR("test"), &digest, &l->a, &der, &time_ms));
	return describe(l, e, der, &digest, clock_monotonic_ms() - began_ms);
}

static enum err
test(struct looking *l, bool *ret_good)
{
	const char *keys_folder = data_path(&l->a, &l->config, "keys");
	struct certificates certs;
	struct keys *keys;
	TRY(certificates_load(&l->a, keys_folder, &certs));
	TRY(keys_load(keys_folder, &keys));
	*ret_good = true;
	for (size_t i = 0; i < l->list.n; i++) {
		const struct tsa_entry *e = &l->list.entries[i];
		if (try_one(l, e, keys_signer(keys), &certs) == OK)
			continue;
		*ret_good = false;
		printf(l->ja ? "%.*s：タイムスタンプを取得できません。理由は上の行にあります。\n"
		             : "%.*s: no timestamp. The lines above say why.\n",
		    STR_ARG(e->name));
	}
	keys_free(keys);
	return OK;
}

/* ---- use ---- */

static bool
is_listed(const struct looking *l, struct str name)
{
	for (size_t i = 0; i < l->list.n; i++)
		if (str_eq(l->list.entries[i].name, name))
			return true;
	return false;
}

/* The one that is named; without a name the only one there is. */
static enum err
find_organisation(struct looking *l, const char *id, struct str *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_organisations_list all;
	TRY(tx_read(l->store, &tx));
	TRY(q_organisations(&tx, &l->a, ORGANISATIONS_MAX, &all));
	for (size_t i = 0; i < all.n; i++)
		if (id ? str_eq(all.v[i].id, str_c(id)) : all.n == 1) {
			*ret = all.v[i].id;
			return OK;
		}
	fputs(l->ja ? "keiin: --organisation で組織を指定してください：\n"
	            : "keiin: name the organisation with --organisation:\n",
	    stderr);
	for (size_t i = 0; i < all.n; i++)
		fprintf(stderr, "    %.*s  %.*s\n", STR_ARG(all.v[i].id), STR_ARG(all.v[i].name));
	return ERR_INVALID;
}

static enum err
use(struct looking *l, const char *organisation, struct str name)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct str id;
	int64_t n;
	if (name.n && !is_listed(l, name)) {
		fprintf(stderr,
		    l->ja ? "keiin: %.*s という認証局は設定にありません。\n"
		          : "keiin: the settings name no authority %.*s.\n",
		    STR_ARG(name));
		return ERR_INVALID;
	}
	TRY(find_organisation(l, organisation, &id));
	TRY(tx_write(l->store, &tx));
	TRY(q_organisation_set_authority(&tx, id, name, &n));
	TRY(tx_commit(&tx));
	if (name.n)
		printf(l->ja ? "今後のタイムスタンプは %.*s のものになります。\n"
		             : "Timestamps will be those of %.*s from now on.\n",
		    STR_ARG(name));
	else
		puts(l->ja ? "今後のタイムスタンプは設定の順に取得します。"
		           : "Timestamps will be taken in the order of the settings from now on.");
	return OK;
}

int
cli_tsa(int argc, char **argv)
{
	static const struct option options[] = {{"data", required_argument, NULL, 'd'},
	    {"config", required_argument, NULL, 'c'}, {"organisation", required_argument, NULL, 'o'},
	    {"any", no_argument, NULL, 'a'}, {"help", no_argument, NULL, 'h'}, {0}};
	struct looking l CLEANUP(looking_end) = {0};
	struct arguments arg = {.data = "data"};
	int answer =
	    cli_options_read(&(struct cli_options){usage, ":h", options, take_option}, argc, argv, &arg);
	if (answer != CLI_GO_ON)
		return answer;
	struct str what = optind < argc ? str_c(argv[optind]) : STR_NONE;
	struct str name = optind + 1 < argc ? str_c(argv[optind + 1]) : STR_NONE;
	bool is_use = str_eq(what, STR("use")) && (name.n != 0) != arg.any;
	bool is_test = str_eq(what, STR("test")) && name.n == 0, good = true;
	if (!is_use && !is_test && !(str_eq(what, STR("status")) && name.n == 0))
		return cli_misused(usage, "status, test or use?");
	enum err e = looking_begin(&arg, &l);
	if (e == OK)
		e = is_use ? use(&l, arg.organisation, name) : is_test ? test(&l, &good) : status(&l);
	return e == OK && good ? 0 : e == OK || e == ERR_INVALID ? 1 : 2;
}
