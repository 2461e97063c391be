#include "participant.h"

bool
party_has_turn(const struct party *all, size_t n, size_t i)
{
	for (size_t k = 0; k < n; k++)
		if (all[k].order < all[i].order && all[k].state != PARTICIPANT_CONFIRMED &&
		    all[k].state != PARTICIPANT_DELEGATED)
			return false;
	return true;
}

bool
party_turns(const struct party *all, size_t n, bool *ret)
{
	bool any = false;
	for (size_t i = 0; i < n; i++) {
		ret[i] = all[i].state == PARTICIPANT_WAITING && party_has_turn(all, n, i);
		any |= ret[i];
	}
	return any;
}

unsigned
party_count(const struct party *all, size_t n, unsigned *ret_confirmed)
{
	unsigned count = 0, confirmed = 0;
	for (size_t i = 0; i < n; i++) {
		count += all[i].state != PARTICIPANT_DELEGATED;
		confirmed += all[i].state == PARTICIPANT_CONFIRMED;
	}
	*ret_confirmed = confirmed;
	return count;
}

enum sign_step
progress_reached(const struct progress *p)
{
	if (p->confirmed)
		return STEP_DONE;
	if (!p->reviewed)
		return STEP_REVIEW;
	if (p->has_documents && !p->documents_done)
		return STEP_DOCUMENTS;
	if (p->has_seal && !p->has_made)
		return STEP_SEAL;
	return STEP_CONFIRM;
}

enum err
progress_may_confirm(const struct progress *p)
{
	switch (progress_reached(p)) {
	case STEP_REVIEW: return ERR_WRONG_STATE;
	case STEP_DOCUMENTS: return ERR_DOCUMENT_MISSING;
	case STEP_SEAL: return ERR_SEAL_MISSING;
	case STEP_CONFIRM: return OK;
	case STEP_DONE: break;
	}
	return ERR_WRONG_STATE;
}

enum err
participant_may_act(enum envelope_state e, enum participant_state p, bool has_turn)
{
	if (p == PARTICIPANT_DELEGATED)
		return ERR_DELEGATED;
	enum err dead = envelope_dead(e);
	if (dead != OK)
		return dead;
	if (!envelope_open(e) || p == PARTICIPANT_CONFIRMED || p == PARTICIPANT_RETURNED)
		return ERR_WRONG_STATE;
	return has_turn && p != PARTICIPANT_WAITING ? OK : ERR_NOT_YOUR_TURN;
}

const char *
participant_state_label(enum participant_state s, bool english)
{
	static const struct {
		const char *ja, *en;
	} labels[] = {
	    [PARTICIPANT_WAITING] = {"順番待ち", "Waiting for their turn"},
	    [PARTICIPANT_NOTIFIED] = {"依頼済み", "Asked"},
	    [PARTICIPANT_OPENED] = {"開封済み", "Opened"},
	    [PARTICIPANT_REVIEWED] = {"内容確認済み", "Reviewed"},
	    [PARTICIPANT_CONFIRMED] = {"合意済み", "Agreed"},
	    [PARTICIPANT_RETURNED] = {"差し戻し", "Returned"},
	    [PARTICIPANT_DELEGATED] = {"転送済み", "Forwarded"},
	};
	if ((size_t)s >= sizeof(labels) / sizeof(labels[0]))
		return "";
	return english ? labels[s].en : labels[s].ja;
}
