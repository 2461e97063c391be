#include "migrate.h"
#include "log.h"

static enum err
apply(struct db *db, const struct migration *m)
{
	struct arena arena CLEANUP(arena_free) = {0};
	struct str record = arena_printf(
	    &arena, "INSERT INTO migration (number, checksum) VALUES (%d, '%s')", m->number, m->checksum);
	TRY(db_run(db, "BEGIN IMMEDIATE"));
	enum err e = db_run(db, m->sql);
	if (e == OK)
		e = db_run(db, record.p);
	if (e == OK)
		e = db_run(db, "COMMIT");
	if (e != OK && db_in_transaction(db) && db_run(db, "ROLLBACK") != OK)
		log_event(LOG_ERROR, "migration", "name=%s could not be rolled back", m->name);
	return e;
}

enum err
migrate(struct db *db)
{
	for (size_t i = 0; i < migrations_n; i++) {
		bool applied;
		TRY(db_migration_check(db, migrations[i].number, migrations[i].checksum, &applied));
		if (applied)
			continue;
		log_event(LOG_INFO, "migration", "name=%s", migrations[i].name);
		TRY(apply(db, &migrations[i]));
	}
	return OK;
}
