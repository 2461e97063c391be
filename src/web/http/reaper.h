/* Deadlines of connections: an idle timeout alone lets one byte a second hold a connection for ever. */
#ifndef WEB_HTTP_REAPER_H
#define WEB_HTTP_REAPER_H

#include "err.h"

#include <stdint.h>

enum { REAPER_FDS = 8192 };

struct reaper;
MUST_CHECK enum err
reaper_start(struct reaper **ret);
void
reaper_stop(struct reaper *r);
/* The connection on fd must be done by then (monotonic clock, ms from now); 0: no deadline. */
void
reaper_set(struct reaper *r, int fd, int64_t within_ms);
/* Before the descriptor is closed, so that a new connection of the same number is not hit. */
void
reaper_forget(struct reaper *r, int fd);

#endif
