#ifndef APP_ENVELOPE_FILES_H
#define APP_ENVELOPE_FILES_H

#include "app.h"
#include "query.h"

/* ERR_WRONG_STATE while the file does not exist yet. */
MUST_CHECK enum err
envelope_file(struct app *a, const struct row_envelope *e, enum download what, struct file_ref *ret);

#endif
