/* The audit trail of an envelope, or of an organisation: each event's text holds the hash of the one before.
 */
#ifndef DOMAIN_AUDIT_H
#define DOMAIN_AUDIT_H

#include "arena.h"
#include "buf.h"
#include "id.h"

#include <stdint.h>

enum audit_kind {
#define EVENT(code, name, ja, en) code,
#include "event.def"
#undef EVENT
	AUDIT_COUNT
};

struct audit_event {
	struct str envelope; /* or the organisation: of what concerns no contract */
	int64_t seq;         /* from 1, no gaps */
	int64_t at_ms;
	struct str event;       /* audit_name() */
	struct str participant; /* id, empty when the sender or the platform acted */
	struct str actor;       /* who, in words */
	struct str detail;      /* reason, addressee, SHA-256: what the event is about */
	struct str entry, authentication, ip, user_agent;
	struct str prev; /* hash of the event before, hexadecimal; empty for the first */
};

/* "consented" and so on: the names in the database, in the hash and in the certificate's file. */
struct str
audit_name(enum audit_kind kind);
/* Words for a stored name; the name itself when it is unknown. */
struct str
audit_words(struct str name, bool english);
/* JSON with the keys in alphabetical order, no spaces, strings escaped minimally (RFC 8785): one text for one
 * event. */
void
audit_canonical(const struct audit_event *e, struct buf *ret);
/* SHA-256 of the canonical text, hexadecimal. */
struct str
audit_hash(struct arena *a, const struct audit_event *e);
/* Checks a whole chain; answers the number of the first event that does not fit, 0 when all do. hashes[i]
 * belongs to events[i]. */
int64_t
audit_verify(struct arena *a, const struct audit_event *events, const struct str *hashes, size_t n);

#endif
