#include "config.h"
#include "buf.h"
#include "log.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>

enum type { TEXT, NUMBER, SWITCH, LANGUAGE };

struct entry {
	const char *name, *key, *initial, *help;
	enum type type;
	size_t offset;
	unsigned roles;
};

static const struct entry table[] = {
#define WEB CONFIG_WEB
#define JOBS CONFIG_JOBS
#define ALL CONFIG_ALL
#define KEYD CONFIG_KEYD
#define CONFIG(name, key, type, initial, roles, help)                                                        \
	{#name, key, initial, help, type, offsetof(struct config, name), roles},
#include "config.def"
#undef CONFIG
#undef WEB
#undef JOBS
#undef ALL
#undef KEYD
};
enum { ENTRIES = sizeof(table) / sizeof(table[0]) };

static enum err
put(struct arena *a, struct config *c, const struct entry *e, struct str value)
{
	char *at = (char *)c + e->offset;
	unsigned long long n;
	switch (e->type) {
	case LANGUAGE:
		if (!str_eq(value, STR("ja")) && !str_eq(value, STR("en")) && !str_eq(value, STR("both")))
			return ERR_CONFIG;
		*(struct str *)(void *)at = arena_str(a, value);
		return OK;
	case TEXT: *(struct str *)(void *)at = arena_str(a, value); return OK;
	case NUMBER:
		if (!str_to_u64(value, 1000000, &n))
			return ERR_CONFIG;
		*(long *)(void *)at = (long)n;
		return OK;
	case SWITCH:
		if (!str_eq(value, STR("on")) && !str_eq(value, STR("off")))
			return ERR_CONFIG;
		*(bool *)(void *)at = str_eq(value, STR("on"));
		return OK;
	}
	return BUG("config type");
}

enum err
config_set(struct arena *a, struct config *c, struct str key, struct str value)
{
	for (size_t i = 0; i < ENTRIES; i++)
		if (str_eq(key, str_c(table[i].key)))
			return put(a, c, &table[i], value);
	return ERR_CONFIG;
}

struct reading {
	struct arena *arena;
	struct config *config;
};

static int
line(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	struct str key = arena_printf(r->arena, "%s.%s", section, name);
	return config_set(r->arena, r->config, key, str_c(value)) == OK;
}

static enum err
environment(struct arena *a, struct config *c)
{
	for (size_t i = 0; i < ENTRIES; i++) {
		char name[96];
		size_t n = (size_t)snprintf(name, sizeof(name), "KEIIN_%s", table[i].key);
		for (size_t j = 6; j < n; j++)
			name[j] = name[j] == '.'
			              ? '_'
			              : (char)(name[j] >= 'a' && name[j] <= 'z' ? name[j] - 32 : name[j]);
		const char *value = getenv(name);
		if (value && put(a, c, &table[i], str_c(value)) != OK) {
			fprintf(stderr, "keiin: %s has no valid value\n", name);
			return ERR_CONFIG;
		}
	}
	return OK;
}

static enum err
defaults(struct arena *a, struct config *ret)
{
	*ret = (struct config){0};
	for (size_t i = 0; i < ENTRIES; i++)
		TRY(put(a, ret, &table[i], str_c(table[i].initial)));
	return OK;
}

enum err
config_load(struct arena *a, const char *file, struct config *ret)
{
	struct config c;
	TRY(defaults(a, &c));
	if (file) {
		struct reading r = {a, &c};
		int at = ini_parse(file, line, &r);
		if (at < 0) {
			fprintf(stderr, "keiin: cannot read %s\n", file);
			return ERR_CONFIG;
		}
		if (at > 0) {
			fprintf(stderr, "keiin: %s line %d: unknown key or no valid value\n", file, at);
			return ERR_CONFIG;
		}
	}
	TRY(environment(a, &c));
	*ret = c;
	return OK;
}

static void
show(struct buf *out, const struct config *c, const struct entry *e)
{
	const char *at = (const char *)c + e->offset;
	switch (e->type) {
	case LANGUAGE:
	case TEXT: buf_put(out, *(const struct str *)(const void *)at); break;
	case NUMBER: buf_printf(out, "%ld", *(const long *)(const void *)at); break;
	case SWITCH: buf_put_c(out, *(const bool *)(const void *)at ? "on" : "off"); break;
	}
}

struct str
config_encode(struct arena *a, const struct config *c, enum config_role role)
{
	struct buf out CLEANUP(buf_free) = {0};
	buf_printf(&out, "data=%.*s%c", STR_ARG(c->data_dir), '\0');
	for (size_t i = 0; i < ENTRIES; i++) {
		if (!(table[i].roles & role))
			continue;
		buf_printf(&out, "%s=", table[i].key);
		show(&out, c, &table[i]);
		buf_put_byte(&out, 0);
	}
	return arena_str(a, buf_str(&out));
}

enum err
config_decode(struct arena *a, struct str text, struct config *ret)
{
	struct config c;
	struct str one, key;
	TRY(defaults(a, &c));
	while (str_split(&text, '\0', &one)) {
		if (!str_split(&one, '=', &key))
			continue;
		if (str_eq(key, STR("data")))
			c.data_dir = arena_str(a, one);
		else
			TRY(config_set(a, &c, key, one));
	}
	*ret = c;
	return OK;
}

struct str
config_sample(struct arena *a)
{
	struct buf out CLEANUP(buf_free) = {0};
	struct str section = STR("");
	for (size_t i = 0; i < ENTRIES; i++) {
		struct str key = str_c(table[i].key), head;
		str_split(&key, '.', &head);
		if (!str_eq(head, section))
			buf_printf(&out, "%s[%.*s]\n", i ? "\n" : "", STR_ARG(head));
		section = head;
		buf_printf(&out, "; %s\n;%.*s = %s\n", table[i].help, STR_ARG(key), table[i].initial);
	}
	return arena_str(a, buf_str(&out));
}
