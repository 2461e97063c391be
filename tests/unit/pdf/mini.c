#include "mini.h"

#include <stdio.h>

void
mini_begin(struct mini *m, const char *header)
{
	*m = (struct mini){.n = 0};
	buf_put_c(&m->b, header);
	buf_put_c(&m->b, "%\xE5\xA5\x91\xE5\n");
}

void
mini_object(struct mini *m, const char *text)
{
	m->at[++m->n] = m->b.n;
	buf_printf(&m->b, "%u 0 obj\n%s\nendobj\n", m->n, text);
}

size_t
mini_table(struct mini *m, long prev)
{
	size_t at = m->b.n;

	buf_printf(&m->b, "xref\n0 %u\n0000000000 65535 f \n", m->n + 1);
	for (unsigned i = 1; i <= m->n; i++)
		buf_printf(&m->b, "%010zu 00000 n \n", m->at[i]);
	buf_printf(
	    &m->b, "trailer\n<</Size %u/Root 1 0 R/ID[<00><00>]%s", m->n + 1, m->trailer ? m->trailer : "");
	if (prev >= 0)
		buf_printf(&m->b, "/Prev %ld", prev);
	buf_printf(&m->b, ">>\nstartxref\n%zu\n%%%%EOF\n", at);
	return at;
}

static void
put_row(struct buf *b, unsigned type, size_t a, unsigned c)
{
	buf_put_byte(b, (unsigned char)type);
	buf_put_byte(b, (unsigned char)(a >> 8));
	buf_put_byte(b, (unsigned char)a);
	buf_put_byte(b, (unsigned char)c);
}

/* Catalog, tree and pages packed into object 20, cross-reference stream 21; both unfiltered. */
static void
end_with_streams(struct mini *m, struct buf *packed, const size_t *offsets, unsigned packed_n)
{
	struct buf head = {0};
	size_t pack_at = m->b.n, xref_at;

	for (unsigned i = 0; i < packed_n; i++)
		buf_printf(&head, "%u %zu ", i + 1, offsets[i]);
	buf_printf(&m->b, "20 0 obj\n<</Type/ObjStm/N %u/First %zu/Length %zu>>\nstream\n", packed_n, head.n,
	    head.n + packed->n);
	buf_put(&m->b, buf_str(&head));
	buf_put(&m->b, buf_str(packed));
	buf_put_c(&m->b, "\nendstream\nendobj\n");
	xref_at = m->b.n;
	buf_printf(&m->b,
	    "21 0 obj\n<</Type/XRef/Size 22/Root 1 0 R/ID[<00><00>]/W[1 2 1]/Index[0 %u 20 2]/Length "
	    "%u>>\nstream\n",
	    packed_n + 1, (packed_n + 3) * 4);
	put_row(&m->b, 0, 0, 255);
	for (unsigned i = 0; i < packed_n; i++)
		put_row(&m->b, 2, 20, i);
	put_row(&m->b, 1, pack_at, 0);
	put_row(&m->b, 1, xref_at, 0);
	buf_printf(&m->b, "\nendstream\nendobj\nstartxref\n%zu\n%%%%EOF\n", xref_at);
	buf_free(&head);
}

void
mini_contract(struct mini *m, unsigned pages, int rotate, bool streams)
{
	char kids[256] = "", text[512];
	struct buf packed = {0};
	size_t offsets[16];

	mini_begin(m, "%PDF-1.7\n");
	for (unsigned i = 0; i < pages; i++)
		snprintf(kids + strlen(kids), sizeof(kids) - strlen(kids), "%u 0 R ", 3 + i);
	for (unsigned i = 0; i < 2 + pages; i++) {
		if (i == 0)
			snprintf(text, sizeof(text), "<</Type/Catalog/Pages 2 0 R/Lang<FEFF006A0061>>>");
		else if (i == 1)
			snprintf(text, sizeof(text),
			    "<</Type/Pages/Count %u/Kids[%s]/MediaBox[0 0 595.276 841.89]/Rotate %d>>", pages,
			    kids, rotate);
		else
			snprintf(text, sizeof(text), "<</Type/Page/Parent 2 0 R/Resources<<>>>>");
		if (streams) {
			offsets[i] = packed.n;
			buf_printf(&packed, "%s ", text);
		} else {
			mini_object(m, text);
		}
	}
	if (streams)
		end_with_streams(m, &packed, offsets, 2 + pages);
	else
		mini_table(m, -1);
	buf_free(&packed);
}
