/* What keyd has done since the folder was made: memory that is a file, so that the locked-down role can count
 * and others can read. */
#ifndef PROC_KEYD_TOTALS_H
#define PROC_KEYD_TOTALS_H

#include "keys.h"

struct keyd_totals {
	uint64_t signatures[2]; /* by key */
	uint64_t refused;       /* by a limit */
};

/* For keyd, before its lockdown; made when missing. */
MUST_CHECK enum err
keyd_totals_open(const char *key_dir, struct keyd_totals **ret);
/* Zeros when nothing was signed yet. */
MUST_CHECK enum err
keyd_totals_read(const char *key_dir, struct keyd_totals *ret);

#endif
