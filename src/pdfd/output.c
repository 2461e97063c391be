#include "pdfd.h"

#include <errno.h>
#include <unistd.h>

static void
write_out(struct pdfd_output *o, const char *p, size_t n)
{
	while (n && o->error == OK) {
		ssize_t done = write(o->fd, p, n);
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		} else if (errno != EINTR) {
			o->error = ERR_IO;
		}
	}
}

enum err
pdfd_flush(struct pdfd_output *o)
{
	write_out(o, o->pending, o->pending_n);
	o->pending_n = 0;
	return o->error;
}

void
pdfd_put(struct pdfd_output *o, const void *bytes, size_t n)
{
	if (n > PDFD_OUTPUT_MAX - o->n)
		o->error = ERR_PDF_LIMIT;
	if (o->error != OK || n == 0)
		return;
	o->n += n;
	if (n > sizeof(o->pending) - o->pending_n && pdfd_flush(o) != OK)
		return;
	if (n > sizeof(o->pending)) {
		write_out(o, bytes, n);
		return;
	}
	memcpy(o->pending + o->pending_n, bytes, n);
	o->pending_n += n;
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
