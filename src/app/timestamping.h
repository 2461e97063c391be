/* Which timestamp authority an organisation wants, and how many tokens outside ones have made. */
#ifndef APP_TIMESTAMPING_H
#define APP_TIMESTAMPING_H

#include "app.h"
#include "query.h"

/* Its name, or empty: whichever can. */
MUST_CHECK enum err
timestamping_authority(struct app *a, struct str organisation, struct str *ret);
/* "2026-11": the calendar month in Japan. */
struct str
timestamping_month(struct arena *a, int64_t now_ms);
/* One more token of this month. ERR_TSA: the quota (0: none) is used up. */
MUST_CHECK enum err
timestamping_take(struct store *s, struct str authority, long quota, int64_t now_ms);
/* One that was not got after all. */
MUST_CHECK enum err
timestamping_give_back(struct store *s, struct str authority, int64_t now_ms);

/* How a contract that everybody has agreed to stands with its timestamp. */
struct timestamping {
	bool waits; /* no authority has made one yet; it is tried again by itself */
	bool late;  /* and that for so long that somebody should look */
};
MUST_CHECK enum err
timestamping_of(struct app *a, struct tx *tx, const struct row_envelope *e, struct timestamping *ret);
/* Called with what a job that needs a timestamp has come to; says in the log when it is late. Answers result.
 */
MUST_CHECK enum err
timestamping_result(struct app *a, const struct row_envelope *e, enum err result);

#endif
