#include "pdfd.h"
#include "roles.h"

int
role_pdfd(struct arena *a, const struct config *c)
{
	return pdfd_serve(ROLE_FD_PDFD);
}
