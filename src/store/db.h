/* One database engine behind typed statements. query.c (generated) calls this; nothing else does. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "arena.h"
#include "store.h"

#include <stdint.h>

enum db_type { DB_INT, DB_TEXT, DB_BLOB, DB_REAL };

union db_value {
	int64_t i;
	double r;
	struct str s, b;
};

struct db_column {
	enum db_type type;
	size_t offset; /* in the row structure */
};

struct db_statement {
	size_t index;
	const char *name, *sql;
	const enum db_type *args;
	size_t args_n;
	const struct db_column *columns;
	size_t columns_n, row_size;
};

extern const size_t db_statements_n;
const struct db_statement *
db_statement_at(size_t i);

/* ERR_NOT_FOUND without a row; ERR_DB otherwise. Text lives in the arena. */
MUST_CHECK enum err
db_one(struct tx *tx, struct arena *a, const struct db_statement *s, const union db_value *args, void *ret);
MUST_CHECK enum err
db_many(struct tx *tx, struct arena *a, const struct db_statement *s, const union db_value *args, void **ret,
    size_t *ret_n);
/* ERR_STALE when a UNIQUE constraint forbids it: somebody was quicker. */
MUST_CHECK enum err
db_exec(struct tx *tx, const struct db_statement *s, const union db_value *args, int64_t *ret_changed);

/* A connection. */
struct db;
enum db_role { DB_WRITER, DB_WRITER_RELAXED, DB_READER };
MUST_CHECK enum err
db_open(const char *path, enum db_role role, struct db **ret);
void
db_close(struct db *db);
/* What opens and ends transactions, compiled once. */
enum db_step {
	DB_BEGIN,
	DB_BEGIN_IMMEDIATE,
	DB_COMMIT,
	DB_ROLLBACK,
	DB_SAVEPOINT,
	DB_RELEASE,
	DB_ROLLBACK_TO,
	DB_STEPS
};
MUST_CHECK enum err
db_step(struct db *db, enum db_step step);
/* Statements without parameters or rows, of whatever number: pragmas, migrations. */
MUST_CHECK enum err
db_run(struct db *db, const char *sql);
/* False when the engine has rolled the transaction back by itself. */
bool
db_in_transaction(const struct db *db);
/* Moves the write-ahead log into the database when it has grown. Only while no other process can commit. */
void
db_checkpoint_if_grown(struct db *db);
/* Number of the newest migration applied, 0 for an empty database, and its checksum column. */
MUST_CHECK enum err
db_migration_check(struct db *db, int number, const char *checksum, bool *ret_applied);
const char *
db_engine(void);

#endif
