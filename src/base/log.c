#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const char *log_role = "keiin";
static enum log_level log_least = LOG_INFO;
static const char *const names[] = {"debug", "info", "warn", "error"};

void
log_init(const char *role, enum log_level least)
{
	log_role = role;
	log_least = least;
}

void
log_event(enum log_level level, const char *event, const char *fmt, ...)
{
	if (level < log_least)
		return;
	char text[2048], line[4600];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);

	struct timespec ts;
	struct tm tm;
	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	size_t n = strftime(line, sizeof(line), "time=%Y-%m-%dT%H:%M:%S", &tm);
	n += (size_t)snprintf(line + n, sizeof(line) - n, ".%03ldZ level=%s role=%s event=%s ",
	    ts.tv_nsec / 1000000, names[level], log_role, event);
	for (const char *c = text; *c && n + 3 < sizeof(line); c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f) {
			line[n++] = '\\';
			line[n++] = *c == '\n' ? 'n' : '?';
		} else {
			line[n++] = *c;
		}
	}
	line[n++] = '\n';
	ssize_t written = write(STDERR_FILENO, line, n); /* one write a line: roles share the stream */
	(void)written;
}
