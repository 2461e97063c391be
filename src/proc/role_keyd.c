#include "data_dir.h"
#include "keyd.h"
#include "roles.h"

int
role_keyd(struct arena *a, const struct config *c)
{
	return keyd_serve(ROLE_FD_KEYD, ROLE_FD_KEYD_PUBLIC, data_path(a, c, "keys"));
}
