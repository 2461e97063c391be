/* The configuration: one typed table (config.def), an INI file, the environment over it.  An unknown key is
 * an error. */
#ifndef PROC_CONFIG_H
#define PROC_CONFIG_H

#include "arena.h"

struct config {
#define CONFIG_FIELD_TEXT(name) struct str name;
#define CONFIG_FIELD_NUMBER(name) long name;
#define CONFIG_FIELD_SWITCH(name) bool name;
#define CONFIG_FIELD_LANGUAGE(name) struct str name;
#define CONFIG(name, key, type, initial, roles, help) CONFIG_FIELD_##type(name)
#include "config.def"
#undef CONFIG
	struct str data_dir; /* absolute */
};

enum config_role { CONFIG_WEB = 1, CONFIG_JOBS = 2, CONFIG_ALL = 3, CONFIG_KEYD = 4 };

/* Defaults, then the file (NULL: none), then the environment. Mistakes are reported on stderr with file and
 * line. */
MUST_CHECK enum err
config_load(struct arena *a, const char *file, struct config *ret);
/* Sets one key ("server.listen") as if the file had; for command line options. */
MUST_CHECK enum err
config_set(struct arena *a, struct config *c, struct str key, struct str value);
/* What a role may know, as text lines, and back: secrets reach only the roles that use them. */
struct str
config_encode(struct arena *a, const struct config *c, enum config_role role);
MUST_CHECK enum err
config_decode(struct arena *a, struct str text, struct config *ret);
/* A sample file with every key, its default and its help. */
struct str
config_sample(struct arena *a);

#endif
