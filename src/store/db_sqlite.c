#include "db.h"
#include "log.h"

#include <sqlite3.h>
#include <stdlib.h>

enum { WAL_PAGES_MAX = 1000, BUSY_MS = 5000 };

struct db {
	sqlite3 *handle;
	sqlite3_stmt **prepared;
	sqlite3_stmt *steps[DB_STEPS];
	int wal_pages;
};

static enum err
fault(struct db *db, const char *what)
{
	log_event(LOG_ERROR, "sqlite", "what=\"%s\" code=%d message=\"%s\"", what,
	    sqlite3_extended_errcode(db->handle), sqlite3_errmsg(db->handle));
	return sqlite3_errcode(db->handle) == SQLITE_BUSY ? ERR_DB_BUSY : ERR_DB;
}

static int
remember_wal(void *user, sqlite3 *handle, const char *name, int pages)
{
	((struct db *)user)->wal_pages = pages;
	return SQLITE_OK;
}

enum err
db_run(struct db *db, const char *sql)
{
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : fault(db, sql);
}

enum err
db_step(struct db *db, enum db_step step)
{
	static const char *const sql[DB_STEPS] = {[DB_BEGIN] = "BEGIN",
	    [DB_BEGIN_IMMEDIATE] = "BEGIN IMMEDIATE",
	    [DB_COMMIT] = "COMMIT",
	    [DB_ROLLBACK] = "ROLLBACK",
	    [DB_SAVEPOINT] = "SAVEPOINT member",
	    [DB_RELEASE] = "RELEASE member",
	    [DB_ROLLBACK_TO] = "ROLLBACK TO member"};
	sqlite3_stmt **st = &db->steps[step];
	if (!*st &&
	    sqlite3_prepare_v3(db->handle, sql[step], -1, SQLITE_PREPARE_PERSISTENT, st, NULL) != SQLITE_OK)
		return fault(db, sql[step]);
	int r = sqlite3_step(*st);
	enum err e = r == SQLITE_DONE ? OK : fault(db, sql[step]);
	sqlite3_reset(*st);
	return e;
}

static enum err
configure(struct db *db, enum db_role role)
{
	/* Only writers move the log into the database, holding the lock of all writers: SQLite before 3.51.3
	 * can lose commits when a checkpoint races a commit of another connection. */
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	TRY(db_run(db, "PRAGMA journal_mode=WAL"));
	TRY(db_run(db, role == DB_WRITER_RELAXED ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL"));
	TRY(db_run(db, "PRAGMA foreign_keys=ON"));
	TRY(db_run(db, "PRAGMA trusted_schema=OFF"));
	TRY(db_run(db, "PRAGMA wal_autocheckpoint=0"));
	TRY(db_run(db, "PRAGMA cache_size=-1024"));
	TRY(db_run(db, "PRAGMA temp_store=MEMORY")); /* the roles may not write outside the data folder */
	if (role != DB_READER)
		sqlite3_wal_hook(db->handle, remember_wal, db);
	else
		TRY(db_run(db, "PRAGMA query_only=ON"));
	return OK;
}

enum err
db_open(const char *path, enum db_role role, struct db **ret)
{
	struct db *db = calloc(1, sizeof(*db));
	if (!db)
		return ERR_NOMEM;
	db->prepared = calloc(db_statements_n + 1, sizeof(*db->prepared));
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	enum err e = ERR_DB;
	if (db->prepared && sqlite3_open_v2(path, &db->handle, flags, NULL) == SQLITE_OK)
		e = configure(db, role);
	if (e != OK) {
		db_close(db);
		return e;
	}
	*ret = db;
	return OK;
}

void
db_close(struct db *db)
{
	if (!db)
		return;
	for (size_t i = 0; db->prepared && i < db_statements_n; i++)
		sqlite3_finalize(db->prepared[i]);
	free(db->prepared);
	for (size_t i = 0; i < DB_STEPS; i++)
		sqlite3_finalize(db->steps[i]);
	sqlite3_close(db->handle);
	free(db);
}

bool
db_in_transaction(const struct db *db)
{
	return !sqlite3_get_autocommit(db->handle);
}

void
db_checkpoint_if_grown(struct db *db)
{
	if (db->wal_pages < WAL_PAGES_MAX)
		return;
	db->wal_pages = 0;
	int r = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (r != SQLITE_OK && r != SQLITE_BUSY)
		log_event(LOG_WARN, "checkpoint", "code=%d", r);
}

const char *
db_engine(void)
{
	return sqlite3_sourceid();
}

static enum err
prepare(struct db *db, const struct db_statement *s, sqlite3_stmt **ret)
{
	sqlite3_stmt *st = db->prepared[s->index];
	if (!st) {
		if (sqlite3_prepare_v3(db->handle, s->sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) !=
		    SQLITE_OK)
			return fault(db, s->name);
		if ((size_t)sqlite3_column_count(st) != s->columns_n && s->columns_n) {
			sqlite3_finalize(st);
			return BUG("a statement and its row differ");
		}
		db->prepared[s->index] = st;
	}
	*ret = st;
	return OK;
}

/* $1 is the name of a parameter to SQLite, not a position. */
static int
position(sqlite3_stmt *st, size_t i)
{
	char name[8] = {'$'};
	size_t n = 1;
	if (i + 1 >= 10)
		name[n++] = (char)('0' + (i + 1) / 10);
	name[n++] = (char)('0' + (i + 1) % 10);
	return sqlite3_bind_parameter_index(st, name);
}

static enum err
bind(struct db *db, sqlite3_stmt *st, const struct db_statement *s, const union db_value *args)
{
	for (size_t i = 0; i < s->args_n; i++) {
		int at = position(st, i), r = SQLITE_MISUSE;
		switch (s->args[i]) {
		case DB_INT: r = sqlite3_bind_int64(st, at, args[i].i); break;
		case DB_REAL: r = sqlite3_bind_double(st, at, args[i].r); break;
		case DB_TEXT:
			r = args[i].s.p ? sqlite3_bind_text64(
			                      st, at, args[i].s.p, args[i].s.n, SQLITE_STATIC, SQLITE_UTF8)
			                : sqlite3_bind_null(st, at);
			break;
		case DB_BLOB:
			r = args[i].b.p ? sqlite3_bind_blob64(st, at, args[i].b.p, args[i].b.n, SQLITE_STATIC)
			                : sqlite3_bind_null(st, at);
			break;
		}
		if (r != SQLITE_OK)
			return fault(db, s->name);
	}
	return OK;
}

static void
read_row(struct arena *a, sqlite3_stmt *st, const struct db_statement *s, char *row)
{
	for (size_t i = 0; i < s->columns_n; i++) {
		void *at = row + s->columns[i].offset;
		int c = (int)i;
		struct str v;
		switch (s->columns[i].type) {
		case DB_INT: *(int64_t *)at = sqlite3_column_int64(st, c); break;
		case DB_REAL: *(double *)at = sqlite3_column_double(st, c); break;
		case DB_TEXT:
		case DB_BLOB:
			if (sqlite3_column_type(st, c) == SQLITE_NULL) {
				*(struct str *)at = STR_NONE;
				break;
			}
			v.p = s->columns[i].type == DB_TEXT ? (const char *)sqlite3_column_text(st, c)
			                                    : sqlite3_column_blob(st, c);
			v.n = (size_t)sqlite3_column_bytes(st, c);
			*(struct str *)at = arena_str(a, v);
			break;
		}
	}
}

static enum err
ready(struct tx *tx, const struct db_statement *s, const union db_value *args, sqlite3_stmt **ret)
{
	if (!tx->db)
		return BUG("a query outside a transaction");
	/* The engine rolls back by itself when a disk is full: what follows would commit alone. */
	if (!db_in_transaction(tx->db))
		return ERR_DB;
	TRY(prepare(tx->db, s, ret));
	return bind(tx->db, *ret, s, args);
}

static enum err
outcome(struct tx *tx, sqlite3_stmt *st, const struct db_statement *s, int r)
{
	enum err e = OK;
	if (r != SQLITE_ROW && r != SQLITE_DONE) {
		int code = sqlite3_extended_errcode(tx->db->handle);
		if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
			e = ERR_STALE;
		else
			e = fault(tx->db, s->name);
	}
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return e;
}

enum err
db_one(struct tx *tx, struct arena *a, const struct db_statement *s, const union db_value *args, void *ret)
{
	sqlite3_stmt *st;
	TRY(ready(tx, s, args, &st));
	int r = sqlite3_step(st);
	bool found = r == SQLITE_ROW;
	if (found) {
		read_row(a, st, s, ret);
		while ((r = sqlite3_step(st)) ==
		       SQLITE_ROW) /* a RETURNING statement takes effect when it has run to its end */
			;
	}
	TRY(outcome(tx, st, s, r));
	return found ? OK : ERR_NOT_FOUND;
}

enum err
db_many(struct tx *tx, struct arena *a, const struct db_statement *s, const union db_value *args, void **ret,
    size_t *ret_n)
{
	sqlite3_stmt *st;
	char *rows = NULL;
	size_t n = 0, cap = 0;
	int r;
	TRY(ready(tx, s, args, &st));
	while ((r = sqlite3_step(st)) == SQLITE_ROW) {
		if (n == cap) {
			size_t wider = cap ? cap * 2 : 8;
			char *more = arena_alloc(a, wider * s->row_size);
			if (n)
				memcpy(more, rows, n * s->row_size);
			rows = more;
			cap = wider;
		}
		read_row(a, st, s, rows + n++ * s->row_size);
	}
	TRY(outcome(tx, st, s, r));
	*ret = rows;
	*ret_n = n;
	return OK;
}

enum err
db_exec(struct tx *tx, const struct db_statement *s, const union db_value *args, int64_t *ret_changed)
{
	sqlite3_stmt *st;
	int r;
	if (tx->mode != 2)
		return BUG("a change in a read view");
	TRY(ready(tx, s, args, &st));
	while ((r = sqlite3_step(st)) == SQLITE_ROW)
		;
	TRY(outcome(tx, st, s, r));
	*ret_changed = sqlite3_changes64(tx->db->handle);
	return OK;
}

enum err
db_migration_check(struct db *db, int number, const char *checksum, bool *ret_applied)
{
	sqlite3_stmt *st;
	TRY(db_run(
	    db, "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, checksum TEXT NOT NULL)"));
	if (sqlite3_prepare_v2(
	        db->handle, "SELECT checksum FROM migration WHERE number = ?1", -1, &st, NULL) != SQLITE_OK)
		return fault(db, "migration");
	sqlite3_bind_int(st, 1, number);
	int r = sqlite3_step(st);
	bool same =
	    r == SQLITE_ROW && str_eq(str_c((const char *)sqlite3_column_text(st, 0)), str_c(checksum));
	sqlite3_finalize(st);
	if (r == SQLITE_ROW && !same) {
		log_event(LOG_ERROR, "migration", "number=%d was changed after it was applied", number);
		return ERR_DB;
	}
	*ret_applied = r == SQLITE_ROW;
	return r == SQLITE_ROW || r == SQLITE_DONE ? OK : fault(db, "migration");
}
