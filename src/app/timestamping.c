#include "timestamping.h"

#include "clock.h"
#include "log.h"

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

static int64_t
waited_ms(const struct app *a, const struct row_envelope *e)
{
	return a->now_ms - e->updated_ms; /* the last change was the last consent, or the conclusion */
}

static bool
is_late(const struct app *a, const struct row_envelope *e)
{
	return waited_ms(a, e) >= a->config->timestamp_alarm_ms;
}

enum err
timestamping_of(struct app *a, struct tx *tx, const struct row_envelope *e, struct timestamping *ret)
{
	struct row_job_by_dedup job;
	*ret = (struct timestamping){0};
	if (e->state != ENVELOPE_SEALING)
		return OK;
	struct str dedup = arena_printf(
	    a->arena, e->concluded_sha256.n ? "certificate %.*s" : "approve %.*s", STR_ARG(e->id));
	enum err found = q_job_by_dedup(tx, a->arena, dedup, &job);
	if (found != OK)
		return found == ERR_NOT_FOUND ? OK : found;
	ret->waits = str_eq(job.last_error, str_c(err_info(ERR_TSA)->name));
	ret->late = ret->waits && is_late(a, e);
	return OK;
}

enum err
timestamping_result(struct app *a, const struct row_envelope *e, enum err result)
{
	if (result == ERR_TSA && is_late(a, e))
		log_event(LOG_ERROR, "timestamp-late", "envelope=%.*s waited_s=%lld", STR_ARG(e->id),
		    (long long)(waited_ms(a, e) / 1000));
	return result;
}
