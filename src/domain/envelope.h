/* 締結依頼: one round of a contract, from draft to conclusion (product.md section 5). Pure: no clock, no
 * store. */
#ifndef DOMAIN_ENVELOPE_H
#define DOMAIN_ENVELOPE_H

#include "err.h"

#include <stdbool.h>

enum envelope_state {
	ENVELOPE_DRAFT,
	ENVELOPE_PREPARING, /* R0 is being certified */
	ENVELOPE_SENT,
	ENVELOPE_PARTIALLY_SIGNED,
	ENVELOPE_SEALING,
	ENVELOPE_COMPLETED,
	ENVELOPE_RETURNED,
	ENVELOPE_SUPERSEDED,
	ENVELOPE_WITHDRAWN
};

enum envelope_act {
	ENVELOPE_ACT_EDIT,      /* draft -> draft */
	ENVELOPE_ACT_SEND,      /* draft -> preparing */
	ENVELOPE_ACT_CERTIFIED, /* preparing -> sent */
	ENVELOPE_ACT_CONSENT,   /* sent, partially signed -> partially signed */
	ENVELOPE_ACT_LAST_CONSENT,
	ENVELOPE_ACT_SEALED, /* sealing -> sealing: the contract is whole, its certificate is still to come */
	ENVELOPE_ACT_COMPLETE,
	ENVELOPE_ACT_ARCHIVE, /* completed -> completed: evidence for the long term is added */
	ENVELOPE_ACT_RETURN,
	ENVELOPE_ACT_SUPERSEDE,
	ENVELOPE_ACT_WITHDRAW,
	ENVELOPE_ACT_SIGNER, /* forwarding, and what else a signer does on the way: the state stays */
	ENVELOPE_ACT_COUNT
};

/* The state after the act. When it is not possible: ERR_RETURNED, ERR_SUPERSEDED or ERR_WRONG_STATE. */
MUST_CHECK enum err
envelope_after(enum envelope_state s, enum envelope_act act, enum envelope_state *ret);
/* Why a signer's link or session leads nowhere: ERR_RETURNED, ERR_SUPERSEDED, ERR_WRONG_STATE (withdrawn, not
 * sent yet); OK otherwise. */
enum err
envelope_dead(enum envelope_state s);
/* Signers may still act. */
bool
envelope_open(enum envelope_state s);
/* 「送信準備中」 and so on. */
const char *
envelope_state_label(enum envelope_state s, bool english);

#endif
