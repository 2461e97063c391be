/* What 証拠一式 is made of. */
#ifndef APP_PACKAGE_MAKE_H
#define APP_PACKAGE_MAKE_H

#include "app.h"
#include "query.h"

/* Concluded, with its certificate, and a checkpoint of the log holds all its events. */
MUST_CHECK enum err
package_is_ready(struct app *a, struct tx *tx, const struct row_envelope *e, bool *ret);
/* app_package_close() gives back what the arena does not hold. */
MUST_CHECK enum err
package_make(struct app *a, const struct row_envelope *e, struct package *ret);

#endif
