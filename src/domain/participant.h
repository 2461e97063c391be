/* 参加者: who signs, whose turn it is, and how far on the road they are. Pure. */
#ifndef DOMAIN_PARTICIPANT_H
#define DOMAIN_PARTICIPANT_H

#include "envelope.h"

#include <stdbool.h>
#include <stddef.h>

enum { ENTRY_MAIL = 1, ENTRY_URL = 2 }; /* bits */

enum participant_state {
	PARTICIPANT_WAITING,
	PARTICIPANT_NOTIFIED,
	PARTICIPANT_OPENED,
	PARTICIPANT_REVIEWED,
	PARTICIPANT_CONFIRMED,
	PARTICIPANT_RETURNED,
	PARTICIPANT_DELEGATED
};

enum sign_step { STEP_REVIEW, STEP_DOCUMENTS, STEP_SEAL, STEP_CONFIRM, STEP_DONE };

/* What the rules of order need to know of each. */
struct party {
	enum participant_state state;
	unsigned order; /* equal numbers sign in parallel; lower ones first */
};

/* Everybody with a lower order has confirmed. Those who forwarded do not count: their successors do. */
bool
party_has_turn(const struct party *all, size_t n, size_t i);
/* Those who waited and whose turn it is. True at least once: ret[i] for each of them. */
bool
party_turns(const struct party *all, size_t n, bool *ret);
/* Parties that count, and those of them who have confirmed. */
unsigned
party_count(const struct party *all, size_t n, unsigned *ret_confirmed);

struct progress {
	bool has_documents, has_seal;            /* steps that this participant has */
	bool reviewed, documents_done, has_made; /* made: an impression is chosen */
	bool confirmed;
};
/* The furthest step that may be shown. */
enum sign_step
progress_reached(const struct progress *p);
/* 締結を確定 is possible: OK, ERR_DOCUMENT_MISSING, ERR_SEAL_MISSING, or ERR_WRONG_STATE when the contract
 * was not reviewed. */
MUST_CHECK enum err
progress_may_confirm(const struct progress *p);
/* A signer may act on the envelope: OK, ERR_DELEGATED, ERR_RETURNED, ERR_SUPERSEDED, ERR_NOT_YOUR_TURN,
 * ERR_WRONG_STATE (already confirmed, or everything is over). */
MUST_CHECK enum err
participant_may_act(enum envelope_state e, enum participant_state p, bool has_turn);
const char *
participant_state_label(enum participant_state s, bool english);

#endif
