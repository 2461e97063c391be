/* Which timestamp authority an organisation wants, and how many tokens outside ones have made. */
#ifndef APP_TIMESTAMPING_H
#define APP_TIMESTAMPING_H

#include "app.h"

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

#endif
