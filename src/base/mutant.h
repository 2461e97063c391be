/* Mutation of checks: a test build with -DMUTANTS can switch one check off, named by the words it would give,
 * to see that a test notices. In any other build there is nothing of it. */
#ifndef BASE_MUTANT_H
#define BASE_MUTANT_H

#include "str.h"

#ifdef MUTANTS
extern const char *mutant_off; /* the test's; NULL: every check is on */
#endif

static inline bool
mutant_is_off(const char *check)
{
#ifdef MUTANTS
	return mutant_off && strcmp(mutant_off, check) == 0;
#else
	(void)check;
	return false;
#endif
}

#endif
