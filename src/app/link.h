/* What a link's token stands for. */
#ifndef APP_LINK_H
#define APP_LINK_H

#include "dossier.h"

struct link_found {
	enum link_kind kind;
	struct dossier d;
	size_t i;                  /* of the participant in d; d.n for the sender's keep link */
	struct row_participant *p; /* NULL for the sender's keep link */
};

/* ERR_NOT_FOUND for unknown tokens. */
MUST_CHECK enum err
link_find(struct app *a, struct str token, struct link_found *ret);
/* Why it cannot be opened; OK when it can, also by those who have confirmed. */
enum err
link_blocked(const struct link_found *l);

#endif
