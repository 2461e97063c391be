#include "update.h"

#include "id.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

void
update_begin(struct update *u, struct pdf *p)
{
	char last = p->bytes.p[p->bytes.n - 1];

	*u = (struct update){.p = p, .next_num = pdf_max_num(p) + 1};
	if (last != '\n' && last != '\r')
		buf_put_byte(&u->out, '\n');
}

void
update_free(struct update *u)
{
	buf_free(&u->out);
}

size_t
update_at(const struct update *u)
{
	return u->p->bytes.n + u->out.n;
}

uint32_t
update_new_num(struct update *u)
{
	return u->next_num++;
}

void
update_object(struct update *u, uint32_t num, uint16_t gen)
{
	if (u->entries_n == u->entries_cap) {
		size_t cap = u->entries_cap ? u->entries_cap * 2 : 32;
		struct update_entry *grown = ARENA_ARRAY(u->p->a, struct update_entry, cap);

		if (u->entries_n)
			memcpy(grown, u->entries, u->entries_n * sizeof(*grown));
		u->entries = grown;
		u->entries_cap = cap;
	}
	u->entries[u->entries_n++] = (struct update_entry){num, gen, update_at(u)};
	buf_printf(&u->out, "%" PRIu32 " %u obj\n", num, (unsigned)gen);
}

void
update_object_end(struct update *u)
{
	buf_put_c(&u->out, "\nendobj\n");
}

/* Setting deflate up costs more than a short text has to give: certificates, say, hardly shrink. */
enum { WORTH_PACKING = 2048 };

static enum err
pack(struct arena *a, struct str data, struct str *ret)
{
	uLongf n = compressBound((uLong)data.n);
	void *packed;

	TRY(arena_try(a, n, 1, &packed));
	if (compress2(packed, &n, (const Bytef *)data.p, (uLong)data.n, 9) != Z_OK)
		return ERR_NOMEM;
	*ret = str_make(packed, n);
	return OK;
}

enum err
update_stream(struct update *u, uint32_t num, struct str dict, struct str data)
{
	bool packed = data.n >= WORTH_PACKING;

	if (data.n > UINT_MAX / 2)
		return ERR_PDF_LIMIT;
	if (packed)
		TRY(pack(u->p->a, data, &data));
	update_object(u, num, 0);
	buf_put_c(&u->out, "<<");
	buf_put(&u->out, dict);
	buf_printf(&u->out, "%s/Length %zu>>\nstream\n", packed ? "/Filter/FlateDecode" : "", data.n);
	buf_put(&u->out, data);
	buf_put_c(&u->out, "\nendstream");
	update_object_end(u);
	return OK;
}

/* A dictionary with some keys changed or added. */
void
update_put_dict(struct buf *b, const struct pdf_obj *dict, const struct update_key *r, size_t n)
{
	buf_put_c(b, "<<");
	for (size_t i = 0; dict && i < dict->u.dict.n; i++) {
		const struct pdf_entry *e = &dict->u.dict.entries[i];
		bool replaced = false;

		for (size_t k = 0; k < n; k++)
			replaced = replaced || str_eq(e->key, str_c(r[k].key));
		if (replaced)
			continue;
		pdf_write_name(b, e->key);
		buf_put_byte(b, ' ');
		pdf_write(b, &e->value);
	}
	for (size_t k = 0; k < n; k++) {
		buf_printf(b, "/%s ", r[k].key);
		buf_put(b, r[k].value);
	}
	buf_put_c(b, ">>");
}

static uint16_t
generation(const struct pdf *p, uint32_t num)
{
	return num < p->slots_n && p->slots[num].type == SLOT_PLAIN ? p->slots[num].gen : 0;
}

void
update_dict(struct update *u, uint32_t num, const struct pdf_obj *dict, const struct update_key *r, size_t n)
{
	update_object(u, num, generation(u->p, num));
	update_put_dict(&u->out, dict, r, n);
	update_object_end(u);
}

static int
by_num(const void *a, const void *b)
{
	const struct update_entry *x = a, *y = b;

	return x->num < y->num ? -1 : x->num > y->num;
}

/* How many entries from i on have consecutive numbers. */
static size_t
run_length(const struct update *u, size_t i)
{
	size_t n = 1;

	while (i + n < u->entries_n && u->entries[i + n].num == u->entries[i].num + n)
		n++;
	return n;
}

static void
put_id(struct update *u)
{
	const struct pdf_obj *id = pdf_key(&u->p->trailer, "ID");
	unsigned char fresh[16];

	if (!id || id->kind != PDF_ARRAY || id->u.array.n != 2 || id->u.array.items[0].kind != PDF_STRING)
		return;
	random_bytes(fresh, sizeof(fresh));
	buf_put_c(&u->out, "/ID[");
	pdf_write(&u->out, &id->u.array.items[0]);
	buf_put_byte(&u->out, '<');
	for (size_t i = 0; i < sizeof(fresh); i++)
		buf_printf(&u->out, "%02X", fresh[i]);
	buf_put_c(&u->out, ">]");
}

static void
put_trailer_keys(struct update *u)
{
	static const char *const kept[] = {"Root", "Info"};

	buf_printf(&u->out, "/Size %" PRIu32 "/Prev %zu", u->next_num, u->p->startxref);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		const struct pdf_obj *o = pdf_key(&u->p->trailer, kept[i]);

		if (o && o->kind == PDF_REF) {
			buf_printf(&u->out, "/%s ", kept[i]);
			pdf_write(&u->out, o);
		}
	}
	put_id(u);
}

static void
put_table(struct update *u)
{
	buf_put_c(&u->out, "xref\n");
	for (size_t i = 0; i < u->entries_n;) {
		size_t n = run_length(u, i);

		buf_printf(&u->out, "%" PRIu32 " %zu\n", u->entries[i].num, n);
		for (size_t end = i + n; i < end; i++)
			buf_printf(
			    &u->out, "%010zu %05u n \n", u->entries[i].at, (unsigned)u->entries[i].gen);
	}
	buf_put_c(&u->out, "trailer\n<<");
	put_trailer_keys(u);
	buf_put_c(&u->out, ">>\n");
}

static void
put_xref_stream(struct update *u)
{
	uint32_t num = update_new_num(u);

	update_object(u, num, 0);
	qsort(u->entries, u->entries_n, sizeof(*u->entries), by_num);
	buf_put_c(&u->out, "<</Type/XRef");
	put_trailer_keys(u);
	buf_put_c(&u->out, "/W[1 4 2]/Index[");
	for (size_t i = 0; i < u->entries_n;) {
		size_t n = run_length(u, i);

		buf_printf(&u->out, "%s%" PRIu32 " %zu", i ? " " : "", u->entries[i].num, n);
		i += n;
	}
	buf_printf(&u->out, "]/Length %zu>>\nstream\n", u->entries_n * 7);
	for (size_t i = 0; i < u->entries_n; i++) {
		const struct update_entry *e = &u->entries[i];

		buf_put_byte(&u->out, 1);
		for (int shift = 24; shift >= 0; shift -= 8)
			buf_put_byte(&u->out, (unsigned char)(e->at >> shift));
		buf_put_byte(&u->out, (unsigned char)(e->gen >> 8));
		buf_put_byte(&u->out, (unsigned char)e->gen);
	}
	buf_put_c(&u->out, "\nendstream\nendobj\n");
}

enum err
update_end(struct update *u)
{
	size_t at;

	qsort(u->entries, u->entries_n, sizeof(*u->entries), by_num);
	at = update_at(u);
	if (u->p->sections[0].is_stream)
		put_xref_stream(u);
	else
		put_table(u);
	buf_printf(&u->out, "startxref\n%zu\n%%%%EOF\n", at);
	return update_at(u) > UINT32_MAX ? ERR_PDF_LIMIT : OK;
}
