#include "timestamping.h"

#include "clock.h"
#include "query.h"

static const int64_t JAPAN_MS = 9 * 3600000LL;
enum { MONTH_LENGTH = 7 };

enum err
timestamping_authority(struct app *a, struct str organisation, struct str *ret)
{
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_organisation_authority row;
	TRY(tx_read(a->store, &tx));
	TRY(q_organisation_authority(&tx, a->arena, organisation, &row));
	*ret = row.authority;
	return OK;
}

struct str
timestamping_month(struct arena *a, int64_t now_ms)
{
	return str_slice(clock_iso(a, now_ms + JAPAN_MS), 0, MONTH_LENGTH);
}

/* Nobody waits for the disk: a power cut may forget the last few. */
enum err
timestamping_take(struct store *s, struct str authority, long quota, int64_t now_ms)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct tx tx CLEANUP(tx_end) = {0};
	struct row_tsa_take row;
	TRY(tx_write_relaxed(s, &tx));
	enum err e = q_tsa_take(&tx, &a, authority, timestamping_month(&a, now_ms), quota, &row);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_TSA : e;
	return tx_commit(&tx);
}

enum err
timestamping_give_back(struct store *s, struct str authority, int64_t now_ms)
{
	struct arena a CLEANUP(arena_free) = {0};
	struct tx tx CLEANUP(tx_end) = {0};
	int64_t n;
	TRY(tx_write_relaxed(s, &tx));
	TRY(q_tsa_give_back(&tx, authority, timestamping_month(&a, now_ms), &n));
	return tx_commit(&tx);
}
