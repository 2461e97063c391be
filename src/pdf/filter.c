#include "pdf_impl.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum { FILTERS_MAX = 4 };

static void
inflate_free(z_stream *z)
{
	inflateEnd(z);
}

static enum err
flate(struct pdf *p, struct str in, struct str *ret)
{
	z_stream z CLEANUP(inflate_free) = {0};
	size_t cap = in.n * 4 + 256, n = 0, left = p->limits.decoded_bytes - p->decoded;
	void *out;
	int rc;

	if (in.n > UINT_MAX / 8 || inflateInit(&z) != Z_OK)
		return ERR_PDF_LIMIT;
	if (cap > left)
		cap = left;
	TRY(arena_try(p->a, cap, 1, &out));
	z.next_in = (Bytef *)(uintptr_t)in.p;
	z.avail_in = (uInt)in.n;
	for (;;) {
		void *grown;

		z.next_out = (Bytef *)out + n;
		z.avail_out = (uInt)(cap - n);
		rc = inflate(&z, Z_NO_FLUSH);
		n = cap - z.avail_out;
		if (rc == Z_STREAM_END)
			break;
		if ((rc != Z_OK && rc != Z_BUF_ERROR) || z.avail_out > 0)
			return ERR_PDF_BROKEN;
		if (cap == left)
			return ERR_PDF_LIMIT;
		if (cap > left / 2)
			cap = left;
		else
			cap *= 2;
		TRY(arena_try(p->a, cap, 1, &grown));
		memcpy(grown, out, n);
		out = grown;
	}
	p->decoded += n;
	*ret = str_make(out, n);
	return OK;
}

static unsigned char
paeth(int a, int b, int c)
{
	int pa = abs(b - c), pb = abs(a - c), pc = abs(a + b - 2 * c);

	return (unsigned char)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

/* PNG prediction (ISO/IEC 15948 9): rows of one type byte and `columns` bytes. */
static enum err
unpredict(struct pdf *p, struct str in, size_t row_n, size_t pixel_n, struct str *ret)
{
	size_t rows = (in.n + row_n) / (row_n + 1), n = 0;
	unsigned char *out, *up = NULL;
	void *memory;

	TRY(arena_try(p->a, in.n + 1, 1, &memory));
	out = memory;
	for (size_t r = 0; r < rows; r++) {
		const unsigned char *row = (const unsigned char *)in.p + r * (row_n + 1);
		size_t rest = in.n - r * (row_n + 1) - 1, m = rest < row_n ? rest : row_n;
		unsigned char *to = out + n;

		if (row[0] > 4)
			return ERR_PDF_BROKEN;
		for (size_t i = 0; i < m; i++) {
			unsigned char left = i >= pixel_n ? to[i - pixel_n] : 0, above = up ? up[i] : 0;
			unsigned char corner = up && i >= pixel_n ? up[i - pixel_n] : 0, add = 0;

			switch (row[0]) {
			case 1: add = left; break;
			case 2: add = above; break;
			case 3: add = (unsigned char)((left + above) / 2); break;
			case 4: add = paeth(left, above, corner); break;
			default: break;
			}
			to[i] = (unsigned char)(row[1 + i] + add);
		}
		up = to;
		n += m;
	}
	*ret = str_make(out, n);
	return OK;
}

static enum err
parameter(struct pdf *p, const struct pdf_obj *parms, const char *key, int64_t max, int64_t *value)
{
	const struct pdf_obj *o;

	TRY(pdf_get(p, parms, key, &o));
	if (!o)
		return OK;
	if (o->kind != PDF_INT || o->u.integer < 1 || o->u.integer > max)
		return ERR_PDF_BROKEN;
	*value = o->u.integer;
	return OK;
}

static enum err
apply(struct pdf *p, const struct pdf_obj *filter, const struct pdf_obj *parms, struct str *data)
{
	int64_t predictor = 1, colors = 1, bits = 8, columns = 1;
	size_t pixel_n;

	if (!pdf_name_is(filter, "FlateDecode"))
		return ERR_PDF_BROKEN;
	TRY(flate(p, *data, data));
	if (!parms || parms->kind != PDF_DICT)
		return OK;
	TRY(parameter(p, parms, "Predictor", 15, &predictor));
	TRY(parameter(p, parms, "Colors", 32, &colors));
	TRY(parameter(p, parms, "BitsPerComponent", 16, &bits));
	TRY(parameter(p, parms, "Columns", 1 << 20, &columns));
	if (predictor == 1)
		return OK;
	if (predictor < 10)
		return ERR_PDF_BROKEN;
	pixel_n = (size_t)(colors * bits + 7) / 8;
	return unpredict(p, *data, (size_t)(columns * colors * bits + 7) / 8, pixel_n, data);
}

/* Item i of a value that may be an array or stand for an array of one. */
static enum err
nth(struct pdf *p, const struct pdf_obj *o, size_t i, const struct pdf_obj **ret)
{
	*ret = NULL;
	if (!o)
		return OK;
	if (o->kind == PDF_ARRAY && i < o->u.array.n)
		return pdf_resolve(p, &o->u.array.items[i], ret);
	if (o->kind != PDF_ARRAY && i == 0)
		*ret = o;
	return OK;
}

enum err
pdf_filter(struct pdf *p, const struct pdf_obj *stream, struct str *ret)
{
	const struct pdf_obj *filters, *parms;
	struct str data;
	size_t n;

	if (stream->kind != PDF_STREAM)
		return ERR_PDF_BROKEN;
	TRY(pdf_get(p, stream, "Filter", &filters));
	TRY(pdf_get(p, stream, "DecodeParms", &parms));
	data = str_slice(p->bytes, stream->u.dict.data_at, stream->u.dict.data_at + stream->u.dict.data_n);
	n = !filters ? 0 : filters->kind == PDF_ARRAY ? filters->u.array.n : 1;
	if (n > FILTERS_MAX)
		return ERR_PDF_LIMIT;
	for (size_t i = 0; i < n; i++) {
		const struct pdf_obj *filter, *parm;

		TRY(nth(p, filters, i, &filter));
		TRY(nth(p, parms, i, &parm));
		TRY(apply(p, filter, parm, &data));
	}
	*ret = data;
	return OK;
}
