/* A store in a folder of its own below the current one, and rows to count in it. */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include "id.h"
#include "query.h"
#include "store_open.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sqlite3.h>
#include <cmocka.h>

struct fixture {
	char folder[64], database[96];
};

static inline void
fixture_make(struct fixture *f)
{
	snprintf(f->folder, sizeof(f->folder), "store-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->database, sizeof(f->database), "%s/keiin.db", f->folder);
}

static inline void
fixture_remove(struct fixture *f)
{
	static const char *const names[] = {"keiin.db", "keiin.db-wal", "keiin.db-shm", "write.lock"};
	char path[160];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", f->folder, names[i]);
		unlink(path);
	}
	rmdir(f->folder);
}

static inline struct store *
fixture_open(struct fixture *f)
{
	struct store *s = NULL;
	assert_int_equal(store_open(f->folder, &s), OK);
	return s;
}

/* Adds the row "n"; what tx_commit() said. */
static inline enum err
add_row(struct store *s, int64_t n)
{
	struct tx tx CLEANUP(tx_end) = {0};
	char name[32];
	int64_t changed;
	struct str id = str_make(name, (size_t)snprintf(name, sizeof(name), "%lld", (long long)n));
	TRY(tx_write(s, &tx));
	TRY(q_job_add(&tx, id, STR("test"), id, STR("{}"), n, &changed));
	return tx_commit(&tx);
}

/* One number by a connection of its own: what is really in the file. */
static inline int64_t
count_by(struct fixture *f, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *st;
	assert_int_equal(sqlite3_open_v2(f->database, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

#define ROWS "SELECT COUNT(*) FROM job"
#define SOUND "SELECT integrity_check = 'ok' FROM pragma_integrity_check"

#endif
