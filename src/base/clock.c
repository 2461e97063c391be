#include "clock.h"

#include <time.h>

static int64_t
now_ms(clockid_t id)
{
	struct timespec ts;
	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t shift_ms;

int64_t
clock_utc_ms(void)
{
	return now_ms(CLOCK_REALTIME) + shift_ms;
}

void
clock_shift(int64_t ms)
{
	shift_ms = ms;
}

int64_t
clock_monotonic_ms(void)
{
	return now_ms(CLOCK_MONOTONIC);
}

static struct tm
broken_down(int64_t utc_ms, int offset_hours)
{
	time_t t = (time_t)(utc_ms / 1000) + offset_hours * 3600;
	struct tm tm;
	gmtime_r(&t, &tm);
	return tm;
}

struct str
clock_iso(struct arena *a, int64_t utc_ms)
{
	struct tm t = broken_down(utc_ms, 0);
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
	    t.tm_hour, t.tm_min, t.tm_sec);
}

struct str
clock_ja(struct arena *a, int64_t utc_ms)
{
	static const char *const day[] = {"日", "月", "火", "水", "木", "金", "土"};
	struct tm t = broken_down(utc_ms, 9);
	return arena_printf(a, "%d年%d月%d日(%s) %02d:%02d", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
	    day[t.tm_wday], t.tm_hour, t.tm_min);
}

static const char *const month[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct str
clock_en(struct arena *a, int64_t utc_ms)
{
	struct tm t = broken_down(utc_ms, 9);
	return arena_printf(
	    a, "%d %s %d %02d:%02d JST", t.tm_mday, month[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min);
}

struct str
clock_pdf(struct arena *a, int64_t utc_ms)
{
	struct tm t = broken_down(utc_ms, 0);
	return arena_printf(a, "D:%04d%02d%02d%02d%02d%02dZ", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday,
	    t.tm_hour, t.tm_min, t.tm_sec);
}

struct str
clock_rfc5322(struct arena *a, int64_t utc_ms)
{
	static const char *const day[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	struct tm t = broken_down(utc_ms, 9);
	return arena_printf(a, "%s, %02d %s %d %02d:%02d:%02d +0900", day[t.tm_wday], t.tm_mday,
	    month[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}
