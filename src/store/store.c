/* Transactions.  Readers have connections of their own.  Writers of this process share one connection and one
 * COMMIT: each works inside a SAVEPOINT of an outer transaction, hands its turn to the next that waits, and
 * answers when the last of the batch has committed for all.  A relaxed writer, which does not wait for the
 * disk, joins a batch or is one by itself, on a connection of its own (SQLite sets how to commit per
 * connection).  Writers of other processes are kept out by a file lock, which queues them without polling. */
#include "db.h"
#include "log.h"
#include "migrate.h"
#include "store_open.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { BATCH_MAX = 64, READERS_MAX = 64 };
enum tx_mode { TX_ENDED, TX_READ, TX_WRITE };

/* Those who share one COMMIT. Freed by the last who looks at it. */
struct batch {
	unsigned waiting; /* members that have released their savepoint */
	unsigned refs;
	struct db *db;
	bool relaxed; /* of one member: nobody who wants to wait for the disk may join */
	bool done;
	enum err result;
};

struct store {
	char path[4096];
	int lock_fd;
	pthread_mutex_t mutex;
	pthread_cond_t turn, finished;
	struct db *writer, *relaxed; /* relaxed: opened on first use, with the turn */
	bool taken;                  /* somebody has the turn */
	unsigned queued;             /* those who wait for it */
	struct batch *open;          /* the outer transaction's members; NULL: none is open */
	struct db *readers[READERS_MAX];
	unsigned readers_n;
};

enum err
store_open(const char *folder, struct store **ret)
{
	struct store *s = calloc(1, sizeof(*s));
	char lock[4096];
	if (!s)
		return ERR_NOMEM;
	snprintf(s->path, sizeof(s->path), "%s/keiin.db", folder);
	snprintf(lock, sizeof(lock), "%s/write.lock", folder);
	pthread_mutex_init(&s->mutex, NULL);
	pthread_cond_init(&s->turn, NULL);
	pthread_cond_init(&s->finished, NULL);
	s->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	enum err e = s->lock_fd < 0 || flock(s->lock_fd, LOCK_EX) ? ERR_IO : OK;
	if (e == OK)
		e = db_open(s->path, DB_WRITER, &s->writer);
	if (e == OK)
		e = migrate(s->writer);
	if (s->lock_fd >= 0)
		flock(s->lock_fd, LOCK_UN);
	if (e != OK) {
		log_event(LOG_ERROR, "store", "cannot open %s", s->path);
		store_close(s);
		return e;
	}
	*ret = s;
	return OK;
}

void
store_close(struct store *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->readers_n; i++)
		db_close(s->readers[i]);
	db_close(s->writer);
	db_close(s->relaxed);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	pthread_mutex_destroy(&s->mutex);
	pthread_cond_destroy(&s->turn);
	pthread_cond_destroy(&s->finished);
	free(s);
}

enum err
tx_read(struct store *s, struct tx *ret)
{
	struct db *db = NULL;
	pthread_mutex_lock(&s->mutex);
	if (s->readers_n)
		db = s->readers[--s->readers_n];
	pthread_mutex_unlock(&s->mutex);
	if (!db)
		TRY(db_open(s->path, DB_READER, &db));
	enum err e = db_step(db, DB_BEGIN);
	if (e != OK) {
		db_close(db);
		return e;
	}
	*ret = (struct tx){.store = s, .db = db, .mode = TX_READ};
	return OK;
}

static void
end_read(struct tx *tx)
{
	struct store *s = tx->store;
	bool fit = db_step(tx->db, DB_COMMIT) == OK;
	pthread_mutex_lock(&s->mutex);
	if (fit && s->readers_n < READERS_MAX)
		s->readers[s->readers_n++] = tx->db;
	else
		fit = false;
	pthread_mutex_unlock(&s->mutex);
	if (!fit)
		db_close(tx->db);
}

static enum err
lock_others_out(struct store *s)
{
	while (flock(s->lock_fd, LOCK_EX))
		if (errno != EINTR)
			return ERR_IO;
	return OK;
}

/* With the turn, without the mutex: opens the outer transaction. */
static enum err
open_outer(struct store *s, bool relaxed)
{
	if (relaxed && !s->relaxed)
		TRY(db_open(s->path, DB_WRITER_RELAXED, &s->relaxed));
	struct batch *b = calloc(1, sizeof(*b));
	if (!b)
		return ERR_NOMEM;
	b->relaxed = relaxed;
	b->db = relaxed ? s->relaxed : s->writer;
	enum err e = lock_others_out(s);
	if (e == OK) {
		e = db_step(b->db, DB_BEGIN_IMMEDIATE);
		if (e != OK)
			flock(s->lock_fd, LOCK_UN);
	}
	if (e != OK) {
		free(b);
		return e;
	}
	s->open = b;
	return OK;
}

/* With the turn, without the mutex: ends the outer transaction for all its members. */
static enum err
close_outer(struct store *s, bool commit)
{
	struct batch *b = s->open;
	enum err e = OK;
	if (!db_in_transaction(b->db))
		e = ERR_DB; /* the engine gave up by itself: disk full, I/O error */
	else if (commit)
		e = db_step(b->db, DB_COMMIT);
	else
		e = db_step(b->db, DB_ROLLBACK);
	if (e != OK && db_in_transaction(b->db) && db_step(b->db, DB_ROLLBACK) != OK)
		log_event(LOG_ERROR, "store", "a failed commit could not be rolled back");
	if (e == OK && commit)
		db_checkpoint_if_grown(b->db);
	flock(s->lock_fd, LOCK_UN);
	pthread_mutex_lock(&s->mutex);
	s->open = NULL;
	b->done = true;
	b->result = e;
	if (b->refs == 0)
		free(b);
	pthread_cond_broadcast(&s->finished);
	pthread_mutex_unlock(&s->mutex);
	return e;
}

static void
give_turn(struct store *s)
{
	pthread_mutex_lock(&s->mutex);
	s->taken = false;
	pthread_cond_signal(&s->turn);
	pthread_mutex_unlock(&s->mutex);
}

static enum err
write_begin(struct store *s, bool relaxed, struct tx *ret)
{
	pthread_mutex_lock(&s->mutex);
	s->queued++;
	while (s->taken)
		pthread_cond_wait(&s->turn, &s->mutex);
	s->queued--;
	s->taken = true;
	pthread_mutex_unlock(&s->mutex);

	enum err e = s->open ? OK : open_outer(s, relaxed);
	if (e == OK)
		e = db_step(s->open->db, DB_SAVEPOINT);
	if (e != OK) {
		if (s->open && close_outer(s, s->open->waiting > 0) != OK)
			log_event(LOG_ERROR, "store", "a batch failed");
		give_turn(s);
		return e;
	}
	*ret = (struct tx){.store = s, .db = s->open->db, .mode = TX_WRITE};
	return OK;
}

enum err
tx_write(struct store *s, struct tx *ret)
{
	return write_begin(s, false, ret);
}

enum err
tx_write_relaxed(struct store *s, struct tx *ret)
{
	return write_begin(s, true, ret);
}

/* After a member is done with the connection: others that wait join the batch, or it ends here. True when it
 * was ended. */
static bool
others_join(struct store *s)
{
	pthread_mutex_lock(&s->mutex);
	bool join = s->queued > 0 && !s->open->relaxed && s->open->waiting < BATCH_MAX &&
	            db_in_transaction(s->open->db);
	if (join) {
		s->taken = false;
		pthread_cond_signal(&s->turn);
	}
	pthread_mutex_unlock(&s->mutex);
	return join;
}

static enum err
wait_for(struct store *s, struct batch *b)
{
	pthread_mutex_lock(&s->mutex);
	while (!b->done)
		pthread_cond_wait(&s->finished, &s->mutex);
	enum err e = b->result;
	if (--b->refs == 0)
		free(b);
	pthread_mutex_unlock(&s->mutex);
	return e;
}

enum err
tx_commit(struct tx *tx)
{
	struct store *s = tx->store;
	if (tx->mode == TX_READ) {
		tx_end(tx);
		return OK;
	}
	if (tx->mode != TX_WRITE)
		return BUG("commit without a transaction");
	TRY(db_step(tx->db, DB_RELEASE));
	tx->mode = TX_ENDED;
	struct batch *b = s->open;
	pthread_mutex_lock(&s->mutex);
	b->waiting++;
	b->refs++;
	pthread_mutex_unlock(&s->mutex);
	if (!others_join(s)) {
		enum err e = close_outer(s, true);
		give_turn(s);
		if (e != OK)
			log_event(LOG_ERROR, "store", "a batch could not be committed");
	}
#ifdef MUTANT_ANSWER_BEFORE_COMMIT
	return OK;
#else
	return wait_for(s, b);
#endif
}

static void
end_write(struct tx *tx)
{
	struct store *s = tx->store;
	if (db_in_transaction(tx->db) &&
	    (db_step(tx->db, DB_ROLLBACK_TO) != OK || db_step(tx->db, DB_RELEASE) != OK))
		log_event(LOG_ERROR, "store", "a transaction could not be rolled back alone");
	/* What it saw of the others is not committed yet. Who gives up because of that will read again: let
	 * them find it then, and not join the same batch over and over, which would keep it from ever being
	 * committed. */
	struct batch *b = s->open;
	pthread_mutex_lock(&s->mutex);
	bool saw_others = b->waiting > 0;
	b->refs += saw_others;
	pthread_mutex_unlock(&s->mutex);
	if (!others_join(s)) {
		if (close_outer(s, saw_others) != OK)
			log_event(LOG_ERROR, "store", "a batch could not be committed");
		give_turn(s);
	}
	if (saw_others && wait_for(s, b) != OK)
		log_event(LOG_DEBUG, "store", "a batch that was looked at failed");
}

void
tx_end(struct tx *tx)
{
	int mode = tx->mode;
	tx->mode = TX_ENDED;
	if (mode == TX_READ)
		end_read(tx);
	else if (mode == TX_WRITE)
		end_write(tx);
	tx->db = NULL;
}
