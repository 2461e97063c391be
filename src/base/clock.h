/* Time. Evidence uses UTC milliseconds since 1970; waiting uses the monotonic clock. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "arena.h"

#include <stdint.h>

int64_t
clock_utc_ms(void);
int64_t
clock_monotonic_ms(void);
/* For tests that travel in time: every later answer of clock_utc_ms() is moved by so much. */
void
clock_shift(int64_t ms);
/* "2026-11-23T01:05:09Z" */
struct str
clock_iso(struct arena *a, int64_t utc_ms);
/* "2026年11月23日(月) 10:05" in Japan Standard Time (UTC+9, no summer time). */
struct str
clock_ja(struct arena *a, int64_t utc_ms);
/* "23 Nov 2026 10:05 JST" */
struct str
clock_en(struct arena *a, int64_t utc_ms);
/* PDF date (ISO 32000-2 7.9.4) in UTC: "D:20261123010509Z". */
struct str
clock_pdf(struct arena *a, int64_t utc_ms);
/* RFC 5322 3.3 date in JST: "Mon, 23 Nov 2026 10:05:09 +0900". */
struct str
clock_rfc5322(struct arena *a, int64_t utc_ms);

#endif
