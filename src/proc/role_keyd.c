#include "data_dir.h"
#include "keyd.h"
#include "roles.h"

int
role_keyd(struct arena *a, const struct config *c)
{
	struct keyd_settings settings = {.keys = data_keys_source(a, c),
	    .rate_per_minute = c->seal_rate,
	    .token_files = arena_cstr(a, c->seal_pkcs11_files)};
	return keyd_serve(ROLE_FD_KEYD, ROLE_FD_KEYD_PUBLIC, &settings);
}
