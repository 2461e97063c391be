#include "der_read.h"

bool
der_next(struct str *in, struct der_value *ret)
{
	const unsigned char *p = (const unsigned char *)in->p;
	size_t n, head = 2;

	if (in->n < 2 || (p[0] & 0x1F) == 0x1F)
		return false;
	n = p[1];
	if (n >= 0x80) {
		size_t bytes = n & 0x7F;

		if (bytes == 0 || bytes > 4 || in->n < 2 + bytes || p[2] == 0)
			return false;
		n = 0;
		for (size_t i = 0; i < bytes; i++)
			n = n << 8 | p[2 + i];
		if (n < 0x80)
			return false;
		head += bytes;
	}
	if (n > in->n - head)
		return false;
	*ret =
	    (struct der_value){.tag = p[0], .content = str_make(p + head, n), .whole = str_make(p, head + n)};
	in->p += head + n;
	in->n -= head + n;
	return true;
}

bool
der_expect(struct str *in, unsigned char tag, struct der_value *ret)
{
	return in->n > 0 && (unsigned char)in->p[0] == tag && der_next(in, ret);
}

bool
der_only(struct str in, unsigned char tag, struct str *ret)
{
	struct der_value v;

	if (!der_expect(&in, tag, &v) || in.n)
		return false;
	*ret = v.content;
	return true;
}
