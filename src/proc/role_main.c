#include "roles.h"
#include "id.h"
#include "log.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

static enum err
read_config(struct arena *a, struct config *ret)
{
	char text[16384];
	ssize_t n = read(ROLE_FD_CONFIG, text, sizeof(text));
	if (n <= 0 || n == (ssize_t)sizeof(text))
		return ERR_CONFIG;
	close(ROLE_FD_CONFIG);
	return config_decode(a, arena_str(a, str_make(text, (size_t)n)), ret);
}

/* Blocks up to a document's usual size are kept for the next request; larger ones go back at once. Given back
 * and taken again with every request they would cost more in page faults than the request itself. */
static void
keep_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
}

int
role_main(const char *name, const struct role *roles, size_t n)
{
	struct arena arena = {0};
	struct config config;
	keep_memory();
	log_init(name, LOG_INFO);
	if (id_init() != OK || read_config(&arena, &config) != OK) {
		fprintf(stderr, "keiin: a role is started by `keiin serve` only\n");
		return 2;
	}
	for (size_t i = 0; i < n; i++)
		if (str_eq(str_c(name), str_c(roles[i].name)))
			return roles[i].serve(&arena, &config);
	return 2;
}
