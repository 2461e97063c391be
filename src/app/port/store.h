/* Port: transactions.  Queries are the typed functions of query.h, generated from src/store/sql/ by
 * tools/sqlgen.py. */
#ifndef PORT_STORE_H
#define PORT_STORE_H

#include "arena.h"

struct store;

/* A transaction is a value: `struct tx tx CLEANUP(tx_end) = {0};`. Leaving scope without commit rolls it
 * back. */
struct tx {
	struct store *store;
	struct db *db; /* connection it runs on */
	int mode;      /* 0 ended, 1 read, 2 write */
	unsigned turn;
};

/* A consistent read view on this thread's pooled connection. */
MUST_CHECK enum err
tx_read(struct store *s, struct tx *ret);
/* A write transaction. Writers take turns; several share one COMMIT (group commit). Keep it short: no PDF, no
 * network inside. */
MUST_CHECK enum err
tx_write(struct store *s, struct tx *ret);
/* The same, but tx_commit() does not wait for the disk: a power cut may undo it (whole; a kill does not). For
 * what is worth no waiting because it would only be done again. */
MUST_CHECK enum err
tx_write_relaxed(struct store *s, struct tx *ret);
/* Durable when it answers OK. */
MUST_CHECK enum err
tx_commit(struct tx *tx);
void
tx_end(struct tx *tx);

#endif
