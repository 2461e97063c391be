#include "envelope.h"

#include <stddef.h>

#define FROM(s) (1U << (s))

static const unsigned open_states = FROM(ENVELOPE_SENT) | FROM(ENVELOPE_PARTIALLY_SIGNED);

/* What an act starts from. */
static unsigned
starts(enum envelope_act act)
{
	switch (act) {
	case ENVELOPE_ACT_EDIT:
	case ENVELOPE_ACT_SEND: return FROM(ENVELOPE_DRAFT);
	case ENVELOPE_ACT_CERTIFIED: return FROM(ENVELOPE_PREPARING);
	case ENVELOPE_ACT_CONSENT:
	case ENVELOPE_ACT_LAST_CONSENT:
	case ENVELOPE_ACT_RETURN:
	case ENVELOPE_ACT_SIGNER: return open_states;
	case ENVELOPE_ACT_SEALED:
	case ENVELOPE_ACT_COMPLETE: return FROM(ENVELOPE_SEALING);
	case ENVELOPE_ACT_ARCHIVE: return FROM(ENVELOPE_COMPLETED);
	case ENVELOPE_ACT_SUPERSEDE: return FROM(ENVELOPE_RETURNED);
	case ENVELOPE_ACT_WITHDRAW: return open_states | FROM(ENVELOPE_RETURNED);
	case ENVELOPE_ACT_COUNT: break;
	}
	return 0;
}

static enum envelope_state
leads_to(enum envelope_state s, enum envelope_act act)
{
	switch (act) {
	case ENVELOPE_ACT_SEND: return ENVELOPE_PREPARING;
	case ENVELOPE_ACT_CERTIFIED: return ENVELOPE_SENT;
	case ENVELOPE_ACT_CONSENT: return ENVELOPE_PARTIALLY_SIGNED;
	case ENVELOPE_ACT_LAST_CONSENT: return ENVELOPE_SEALING;
	case ENVELOPE_ACT_COMPLETE: return ENVELOPE_COMPLETED;
	case ENVELOPE_ACT_RETURN: return ENVELOPE_RETURNED;
	case ENVELOPE_ACT_SUPERSEDE: return ENVELOPE_SUPERSEDED;
	case ENVELOPE_ACT_WITHDRAW: return ENVELOPE_WITHDRAWN;
	case ENVELOPE_ACT_EDIT:
	case ENVELOPE_ACT_SEALED:
	case ENVELOPE_ACT_ARCHIVE:
	case ENVELOPE_ACT_SIGNER:
	case ENVELOPE_ACT_COUNT: break;
	}
	return s;
}

enum err
envelope_after(enum envelope_state s, enum envelope_act act, enum envelope_state *ret)
{
	if (!(starts(act) & FROM(s))) {
		enum err dead = envelope_dead(s);
		return dead == OK ? ERR_WRONG_STATE : dead;
	}
	*ret = leads_to(s, act);
	return OK;
}

enum err
envelope_dead(enum envelope_state s)
{
	switch (s) {
	case ENVELOPE_RETURNED: return ERR_RETURNED;
	case ENVELOPE_SUPERSEDED: return ERR_SUPERSEDED;
	case ENVELOPE_WITHDRAWN:
	case ENVELOPE_DRAFT:
	case ENVELOPE_PREPARING: return ERR_WRONG_STATE;
	case ENVELOPE_SENT:
	case ENVELOPE_PARTIALLY_SIGNED:
	case ENVELOPE_SEALING:
	case ENVELOPE_COMPLETED: break;
	}
	return OK;
}

bool
envelope_open(enum envelope_state s)
{
	return open_states & FROM(s);
}

const char *
envelope_state_label(enum envelope_state s, bool english)
{
	static const struct {
		const char *ja, *en;
	} labels[] = {
	    [ENVELOPE_DRAFT] = {"下書き", "Draft"},
	    [ENVELOPE_PREPARING] = {"送信準備中", "Being sent"},
	    [ENVELOPE_SENT] = {"先方確認中", "With the signers"},
	    [ENVELOPE_PARTIALLY_SIGNED] = {"署名中", "Partly signed"},
	    [ENVELOPE_SEALING] = {"締結処理中", "Being concluded"},
	    [ENVELOPE_COMPLETED] = {"締結済", "Concluded"},
	    [ENVELOPE_RETURNED] = {"差し戻し", "Returned"},
	    [ENVELOPE_SUPERSEDED] = {"差し替え済み", "Replaced"},
	    [ENVELOPE_WITHDRAWN] = {"取消", "Withdrawn"},
	};
	if ((size_t)s >= sizeof(labels) / sizeof(labels[0]))
		return "";
	return english ? labels[s].en : labels[s].ja;
}
