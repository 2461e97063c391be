#include "doc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
doc_begin(struct doc *d, struct buf *file, const char *header, bool streams, unsigned next)
{
	*d = (struct doc){.file = file, .streams = streams, .from = file->n, .prev = SIZE_MAX, .next = next};
	buf_put_c(file, header);
	buf_put_c(file, "%\xE5\xA5\x91\xE5\n");
	doc_entry(d, 0, 0, 0);
}

size_t
doc_number_after(struct str file, const char *word)
{
	ptrdiff_t at = str_find_last(file, str_c(word));

	return at < 0 ? 0 : strtoul(file.p + at + strlen(word), NULL, 10);
}

void
doc_append(struct doc *d, struct buf *file)
{
	struct str all = buf_str(file);
	size_t prev = doc_number_after(all, "startxref\n");

	*d = (struct doc){.file = file,
	    .from = file->n,
	    .prev = prev,
	    .streams = !str_starts(str_slice(all, prev, all.n), STR("xref")),
	    .next = (unsigned)doc_number_after(all, "/Size ")};
}

void
doc_entry(struct doc *d, unsigned num, unsigned type, size_t at)
{
	d->entries[d->n++] = (struct doc_entry){num, type, at};
}

static void
put_plain(struct doc *d, unsigned num, const char *fmt, va_list ap)
{
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	doc_entry(d, num, 1, d->file->n);
	buf_printf(d->file, "%u 0 obj\n%s\nendobj\n", num, text);
	free(text);
}

void
doc_plain(struct doc *d, unsigned num, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_plain(d, num, fmt, ap);
	va_end(ap);
}

void
doc_object(struct doc *d, unsigned num, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (!d->streams) {
		put_plain(d, num, fmt, ap);
	} else {
		if (vasprintf(&text, fmt, ap) < 0)
			abort();
		buf_printf(&d->packed_head, "%u %zu ", num, d->packed.n);
		buf_printf(&d->packed, "%s\n", text);
		doc_entry(d, num, 2, d->packed_n++);
		free(text);
	}
	va_end(ap);
}

void
doc_stream(struct doc *d, unsigned num, const char *dict, struct str data)
{
	doc_entry(d, num, 1, d->file->n);
	buf_printf(d->file, "%u 0 obj\n<<%s/Length %zu>>\nstream\n", num, dict, data.n);
	buf_put(d->file, data);
	buf_put_c(d->file, "\nendstream\nendobj\n");
}

static int
by_number(const void *a, const void *b)
{
	const struct doc_entry *x = a, *y = b;

	return x->num < y->num ? -1 : x->num > y->num;
}

static void
put_number(struct buf *b, size_t v, unsigned width)
{
	for (; width > 0; width--)
		buf_put_byte(b, (unsigned char)(v >> 8 * (width - 1)));
}

static void
put_tail(struct doc *d, const char *trailer)
{
	if (d->prev != SIZE_MAX)
		buf_printf(d->file, "/Prev %zu", d->prev);
	buf_printf(d->file, "%s/Root 1 0 R/ID[<00><01>]", trailer);
}

static void
end_with_table(struct doc *d, const char *trailer)
{
	size_t at = d->file->n;

	buf_put_c(d->file, "xref\n");
	for (unsigned i = 0; i < d->n; i++) {
		const struct doc_entry *e = &d->entries[i];

		buf_printf(d->file, "%u 1\n%010zu %05u %c \n", e->num, e->type == 1 ? e->at : 0,
		    e->type == 1 ? 0 : 65535, e->type == 1 ? 'n' : 'f');
	}
	buf_put_c(d->file, "trailer\n<<");
	if (d->size)
		buf_printf(d->file, "/Size %s", d->size);
	else
		buf_printf(d->file, "/Size %u", d->next);
	put_tail(d, trailer);
	buf_printf(d->file, ">>\nstartxref\n%zu\n%%%%EOF\n", at);
}

static void
end_with_stream(struct doc *d, const char *trailer)
{
	struct buf rows = {0};
	unsigned pack = d->packed_n ? d->next++ : 0, own = d->next++;
	size_t at;

	if (pack) {
		doc_entry(d, pack, 1, d->file->n);
		buf_printf(d->file, "%u 0 obj\n<</Type/ObjStm/N %u/First %zu/Length %zu>>\nstream\n", pack,
		    d->packed_n, d->packed_head.n, d->packed_head.n + d->packed.n);
		buf_put(d->file, buf_str(&d->packed_head));
		buf_put(d->file, buf_str(&d->packed));
		buf_put_c(d->file, "\nendstream\nendobj\n");
	}
	at = d->file->n;
	doc_entry(d, own, 1, at);
	qsort(d->entries, d->n, sizeof(d->entries[0]), by_number);
	buf_printf(d->file, "%u 0 obj\n<</Type/XRef/W[1 4 2]/Index[", own);
	for (unsigned i = 0; i < d->n; i++) {
		const struct doc_entry *e = &d->entries[i];

		buf_printf(d->file, "%u 1 ", e->num);
		put_number(&rows, e->type, 1);
		put_number(&rows, e->type == 2 ? pack : e->at, 4);
		put_number(&rows, e->type == 2 ? e->at : 0, 2);
	}
	buf_put_c(d->file, "]");
	if (d->size)
		buf_printf(d->file, "/Size %s", d->size);
	else
		buf_printf(d->file, "/Size %u", d->next);
	put_tail(d, trailer);
	buf_printf(d->file, "/Length %zu>>\nstream\n", rows.n);
	buf_put(d->file, buf_str(&rows));
	buf_printf(d->file, "\nendstream\nendobj\nstartxref\n%zu\n%%%%EOF\n", at);
	buf_free(&rows);
}

void
doc_end(struct doc *d, const char *trailer)
{
	for (unsigned i = 0; i < d->n; i++)
		if (d->entries[i].num >= d->next)
			d->next = d->entries[i].num + 1;
	if (d->streams) {
		end_with_stream(d, trailer);
	} else {
		qsort(d->entries, d->n, sizeof(d->entries[0]), by_number);
		end_with_table(d, trailer);
	}
	buf_free(&d->packed);
	buf_free(&d->packed_head);
}
