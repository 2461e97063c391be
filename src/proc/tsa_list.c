#include "tsa_list.h"

#include "clock.h"
#include "timestamping.h"
#include "wiring.h"

#include <ini.h>
#include <openssl/pem.h>
#include <stdio.h>

enum { ANCHORS_MAX = 64, NAME_MAX_BYTES = 64 };

struct reading {
	struct arena *a;
	struct tsa_list *list;
};

static bool
read_text(struct arena *a, struct str path, struct str *ret)
{
	if (wiring_read_file(a, arena_cstr(a, path), ret) == OK)
		return true;
	fprintf(stderr, "keiin: cannot read %.*s: %m\n", STR_ARG(path));
	return false;
}

static bool
set_number(struct str value, double *ret)
{
	return str_to_double(value, ret) && *ret >= 0;
}

static bool
set(struct arena *a, struct tsa_entry *e, struct str key, struct str value)
{
	const struct {
		const char *key;
		struct str *text, *file;
	} texts[] = {{"url", &e->settings.url, NULL}, {"user", &e->settings.user, NULL},
	    {"password", &e->settings.password, NULL}, {"policy", &e->settings.policy, NULL},
	    {"client_certificate", NULL, &e->settings.client_certificate},
	    {"client_key", NULL, &e->settings.client_key}, {"trust", NULL, &e->settings.trust_pem}};
	unsigned long long quota;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!str_eq(key, str_c(texts[i].key)))
			continue;
		if (texts[i].file)
			return read_text(a, value, texts[i].file);
		*texts[i].text = arena_str(a, value);
		return true;
	}
	if (str_eq(key, STR("cost")))
		return set_number(value, &e->cost);
	if (!str_eq(key, STR("quota_month")) || !str_to_u64(value, 100000000, &quota))
		return false;
	e->settings.quota_month = (long)quota;
	return true;
}

/* The section's entry; a new one when it is new. */
static struct tsa_entry *
entry_of(struct reading *r, struct str name)
{
	struct tsa_list *l = r->list;

	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->entries[i].name, name))
			return &l->entries[i];
	if (l->n == TSA_LIST_MAX || name.n == 0 || name.n > NAME_MAX_BYTES)
		return NULL;
	l->entries[l->n].name = arena_str(r->a, name);
	return &l->entries[l->n++];
}

static int
line(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	struct tsa_entry *e = entry_of(r, str_c(section));

	return e && set(r->a, e, str_c(name), str_c(value));
}

static enum err
read_list(struct arena *a, const char *file, struct tsa_list *ret)
{
	struct reading r = {a, ret};
	int at = ini_parse(file, line, &r);

	if (at < 0)
		fprintf(stderr, "keiin: cannot read %s\n", file);
	if (at > 0)
		fprintf(stderr, "keiin: %s line %d: unknown key or no valid value\n", file, at);
	if (at == 0 && ret->n == 0)
		fprintf(stderr, "keiin: %s names no timestamp authority\n", file);
	if (at || ret->n == 0)
		return ERR_CONFIG;
	for (size_t i = 0; i < ret->n; i++) {
		struct tsa_entry *e = &ret->entries[i];

		e->embedded = str_eq(e->settings.url, STR("embedded"));
		if (e->settings.url.n)
			continue;
		fprintf(stderr, "keiin: %s: [%.*s] has no url\n", file, STR_ARG(e->name));
		return ERR_CONFIG;
	}
	return OK;
}

enum err
tsa_list_read(struct arena *a, const struct config *c, struct tsa_list *ret)
{
	struct tsa_entry *first = &ret->entries[0];

	*ret = (struct tsa_list){0};
	if (c->tsa_list.n && c->tsa_url.n) {
		fprintf(stderr, "keiin: tsa.url and tsa.list are both set\n");
		return ERR_CONFIG;
	}
	if (c->tsa_list.n)
		return read_list(a, arena_cstr(a, c->tsa_list), ret);
	ret->n = 1;
	*first = (struct tsa_entry){.name = c->tsa_url.n ? c->tsa_url : STR("embedded"),
	    .embedded = c->tsa_url.n == 0,
	    .settings = {.url = c->tsa_url}};
	if (c->tsa_url.n && c->tsa_trust.n && !read_text(a, c->tsa_trust, &first->settings.trust_pem))
		return ERR_CONFIG;
	return OK;
}

/* ---- the meter ---- */

static enum err
take(void *self, struct str authority, long quota_month)
{
	return timestamping_take(self, authority, quota_month, clock_utc_ms());
}

static void
give_back(void *self, struct str authority)
{
	(void)!timestamping_give_back(self, authority, clock_utc_ms());
}

enum err
tsa_list_open(struct arena *a, const struct tsa_list *list, struct signer signer,
    const struct certificates *certs, struct store *store, int64_t rest_ms, struct tsa **ret)
{
	const struct tsa_meter meter = {.take = take, .give_back = give_back, .self = store};
	struct tsa_named all[TSA_LIST_MAX];

	for (size_t i = 0; i < list->n; i++) {
		const struct tsa_entry *e = &list->entries[i];
		enum err error = e->embedded ? tsa_embedded(a, signer, certs, &all[i].tsa)
		                             : tsa_remote(a, &e->settings, &all[i].tsa);

		all[i].name = e->name;
		if (error == ERR_CONFIG)
			fprintf(stderr,
			    "keiin: timestamp authority %.*s: the trust anchors or the policy are none\n",
			    STR_ARG(e->name));
		TRY(error);
	}
	return tsa_several(a, all, list->n, &meter, rest_ms, ret);
}

enum err
tsa_list_anchors(struct arena *a, const struct tsa_list *list, struct str **ret, size_t *ret_n)
{
	*ret = ARENA_ARRAY(a, struct str, ANCHORS_MAX);
	*ret_n = 0;
	for (size_t i = 0; i < list->n; i++) {
		struct str pem = list->entries[i].settings.trust_pem;
		BIO *bio = BIO_new_mem_buf(pem.n ? pem.p : "", (int)pem.n);
		unsigned char *der = NULL;
		char *name, *header;
		long n;

		while (bio && *ret_n < ANCHORS_MAX && PEM_read_bio(bio, &name, &header, &der, &n)) {
			(*ret)[(*ret_n)++] = arena_str(a, str_make(der, (size_t)n));
			OPENSSL_free(name);
			OPENSSL_free(header);
			OPENSSL_free(der);
		}
		BIO_free(bio);
	}
	return OK;
}
