#include "mutant.h"

#include <stdlib.h>

const char *mutant_off;

__attribute__((constructor)) static void
read_environment(void)
{
	mutant_off = getenv("MUTANT_OFF");
}
