/* An ICC profile of sRGB (IEC 61966-2-1), for the output intent. */
#ifndef PAPER_SRGB_H
#define PAPER_SRGB_H

#include "arena.h"

struct str
srgb_profile(struct arena *a);

#endif
