/* Opening and closing the store: for the composition root and for tests. */
#ifndef STORE_STORE_OPEN_H
#define STORE_STORE_OPEN_H

#include "store.h"

/* Opens (makes, migrates) the database in the folder: keiin.db, and write.lock by which writers of all
 * processes take turns. */
MUST_CHECK enum err
store_open(const char *folder, struct store **ret);
void
store_close(struct store *s);

#endif
