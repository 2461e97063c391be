/* The log of all events: what a checkpoint says, and the check of a whole log from its first event. Pure. */
#ifndef DOMAIN_LEDGER_H
#define DOMAIN_LEDGER_H

#include "audit.h"
#include "merkle.h"

/* The leaf of an event: its hash, 64 hexadecimal digits as text. */
struct sha256
ledger_leaf(struct str event_hash);
/* An event as a line of an export: a JSON object with the text its hash is of. */
void
ledger_event_line(uint64_t position, const struct audit_event *e, struct str hash, struct buf *ret);
/* The text that is signed: a line each for origin, size, root and time. */
struct str
ledger_note(struct arena *a, struct str origin, uint64_t size, struct str root, int64_t at_ms);
/* Size and root of such a text; false when it is none. */
bool
ledger_note_read(struct str note, uint64_t *ret_size, struct str *ret_root);

enum ledger_fault {
	LEDGER_SOUND,
	LEDGER_ALTERED,   /* an event's text is not what its hash says */
	LEDGER_MISSING,   /* one or more before this one are not there */
	LEDGER_REORDERED, /* it stands where another should, or a second time */
	LEDGER_UNCHAINED, /* it does not name the event before it: one of the two was replaced */
	LEDGER_ROOT,      /* an event up to this checkpoint was replaced, its hashes made anew */
	LEDGER_TRUNCATED  /* events that a checkpoint counted are not there */
};

/* A check under way. The first fault ends it; position, contract and seq say where. */
struct ledger_check {
	struct arena *a; /* what is kept of every contract */
	struct merkle tree;
	struct ledger_contract *contracts; /* by envelope, open addressing */
	size_t contracts_n, contracts_cap;
	uint64_t anchored; /* size of the last checkpoint that fitted */
	enum ledger_fault fault;
	uint64_t position;
	struct str envelope;
	int64_t seq;
};

/* False when there is a fault, now or before. Of a contract a few words are copied into c->a, however long
 * the log is; c->envelope is the faulty event's own. */
bool
ledger_check_event(struct ledger_check *c, uint64_t position, const struct audit_event *e, struct str hash);
/* A checkpoint of the events so far; larger ones wait for ledger_check_end(). */
bool
ledger_check_root(struct ledger_check *c, uint64_t size, struct str root);
/* After the last event: the largest size any checkpoint, of this log or an older copy, has told of. */
bool
ledger_check_end(struct ledger_check *c, uint64_t largest);

#endif
