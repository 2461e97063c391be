#include "pdfd.h"

void
pdfd_put(struct pdfd_output *o, const void *bytes, size_t n)
{
	/* past the end only the count goes on, so that the caller sees it was too much */
	if (n <= o->cap && o->n <= o->cap - n && n)
		memcpy(o->p + o->n, bytes, n);
	o->n = o->n + n < o->n ? SIZE_MAX : o->n + n;
}

void
pdfd_put_u32(struct pdfd_output *o, uint32_t v)
{
	pdfd_put(o, &v, sizeof(v));
}

void
pdfd_put_double(struct pdfd_output *o, double v)
{
	pdfd_put(o, &v, sizeof(v));
}

void
pdfd_put_str(struct pdfd_output *o, const char *p, size_t n)
{
	uint64_t length = n;
	pdfd_put(o, &length, sizeof(length));
	pdfd_put(o, p, n);
}
