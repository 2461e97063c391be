/* Token buckets by address and class, so that one address cannot use up what belongs to all. */
#ifndef WEB_HTTP_RATE_H
#define WEB_HTTP_RATE_H

#include "str.h"

#include <stdint.h>

enum rate_class {
	RATE_PAGE,
	RATE_ASSET,
	RATE_LOGIN,
	RATE_CODE,
	RATE_UPLOAD,
	RATE_PREVIEW,
	RATE_AUTHORITY,
	RATE_CLASSES
};

struct rate;
struct rate *
rate_new(void);
void
rate_free(struct rate *r);
/* Takes one token of the address (an IPv6 address counts by its /64). False: too many. */
bool
rate_take(struct rate *r, enum rate_class class, struct str ip, int64_t now_ms);

#endif
