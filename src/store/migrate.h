#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "db.h"

struct migration {
	int number;
	const char *name, *checksum, *sql;
};
/* Generated from migrations/NNN-*.sql by tools/migrations.py. */
extern const struct migration migrations[];
extern const size_t migrations_n;

/* Applies what is missing, each in a transaction of its own. The caller holds the writers' lock. */
MUST_CHECK enum err
migrate(struct db *db);

#endif
