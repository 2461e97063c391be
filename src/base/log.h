/* One line of logfmt an event on stderr: time, level, role, event, then the caller's fields. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* The role's name printed in each line; called once at start. */
void
log_init(const char *role, enum log_level least);
/* event is a short constant word; fmt gives further key=value pairs. Control characters are escaped. Never
 * pass secrets. */
void
log_event(enum log_level level, const char *event, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
