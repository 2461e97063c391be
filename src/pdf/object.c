/* Objects by number: read once, then kept. */
#include "pdf_impl.h"

enum { REFERENCES_MAX = 32 };

static const struct pdf_obj NULL_OBJECT = {.kind = PDF_NULL};

static enum err
read_pack(struct pdf *p, uint32_t num, struct pdf_pack **ret)
{
	const struct pdf_obj *stream, *n, *first;
	struct pdf_slot *slot;
	struct pdf_pack *pack;
	struct lexer l;
	struct str data;
	void *memory;

	if (num >= p->slots_n || p->slots[num].type != SLOT_PLAIN)
		return ERR_PDF_BROKEN; /* object streams are never packed themselves */
	slot = &p->slots[num];
	if (slot->pack) {
		*ret = slot->pack;
		return OK;
	}
	TRY(pdf_object(p, num, &stream));
	if (stream->kind != PDF_STREAM || !pdf_name_is(pdf_key(stream, "Type"), "ObjStm"))
		return ERR_PDF_BROKEN;
	TRY(pdf_get(p, stream, "N", &n));
	TRY(pdf_get(p, stream, "First", &first));
	TRY(pdf_filter(p, stream, &data));
	if (!n || n->kind != PDF_INT || n->u.integer < 0 || (uint64_t)n->u.integer > p->limits.objects ||
	    !first || first->kind != PDF_INT || first->u.integer < 0 || (uint64_t)first->u.integer > data.n)
		return ERR_PDF_BROKEN;
	TRY(arena_try(p->a, 1, sizeof(*pack), &memory));
	pack = memory;
	pack->n = (size_t)n->u.integer;
	TRY(arena_try(p->a, pack->n + 1, sizeof(*pack->nums), &memory));
	pack->nums = memory;
	TRY(arena_try(p->a, pack->n + 1, sizeof(*pack->offsets), &memory));
	pack->offsets = memory;
	l = (struct lexer){data.p, (size_t)first->u.integer, 0};
	for (size_t i = 0; i < pack->n; i++) {
		uint64_t a, b;

		lexer_skip(&l);
		if (!lexer_uint(&l, UINT32_MAX, &a))
			return ERR_PDF_BROKEN;
		lexer_skip(&l);
		if (!lexer_uint(&l, UINT32_MAX, &b))
			return ERR_PDF_BROKEN;
		pack->nums[i] = (uint32_t)a;
		pack->offsets[i] = (uint32_t)b;
	}
	pack->data = str_slice(data, (size_t)first->u.integer, data.n);
	p->slots[num].pack = pack;
	*ret = pack;
	return OK;
}

static enum err
read_packed(struct pdf *p, uint32_t num, const struct pdf_slot *slot, struct pdf_obj *ret)
{
	struct pdf_pack *pack;
	struct lexer l;

	TRY(read_pack(p, slot->at, &pack));
	if (slot->index >= pack->n || pack->nums[slot->index] != num ||
	    pack->offsets[slot->index] >= pack->data.n)
		return ERR_PDF_BROKEN;
	l = (struct lexer){pack->data.p, pack->data.n, pack->offsets[slot->index]};
	return pdf_parse(p, &l, true, ret);
}

static enum err
read_plain(struct pdf *p, uint32_t num, const struct pdf_slot *slot, struct pdf_obj *ret)
{
	uint32_t said;
	uint16_t gen;

	TRY(pdf_parse_indirect(p, slot->at, &said, &gen, ret));
	return said == num && gen == slot->gen ? OK : ERR_PDF_BROKEN;
}

enum err
pdf_object(struct pdf *p, uint32_t num, const struct pdf_obj **ret)
{
	struct pdf_obj o = {0}, *kept;
	struct pdf_slot slot;
	enum err e;
	void *memory;

	if (num >= p->slots_n || p->slots[num].type == SLOT_FREE || p->slots[num].type == SLOT_UNSET) {
		*ret = &NULL_OBJECT;
		return OK;
	}
	if (p->slots[num].obj) {
		*ret = p->slots[num].obj;
		return OK;
	}
	if (p->slots[num].busy)
		return ERR_PDF_BROKEN;
	slot = p->slots[num];
	p->slots[num].busy = true;
	e = slot.type == SLOT_PLAIN ? read_plain(p, num, &slot, &o) : read_packed(p, num, &slot, &o);
	p->slots[num].busy = false;
	TRY(e);
	TRY(arena_try(p->a, 1, sizeof(*kept), &memory));
	kept = memory;
	*kept = o;
	p->slots[num].obj = kept;
	*ret = kept;
	return OK;
}

enum err
pdf_resolve(struct pdf *p, const struct pdf_obj *o, const struct pdf_obj **ret)
{
	for (int i = 0; o->kind == PDF_REF; i++) {
		if (i == REFERENCES_MAX)
			return ERR_PDF_BROKEN;
		if (o->u.ref.num < p->slots_n && p->slots[o->u.ref.num].type == SLOT_PLAIN &&
		    p->slots[o->u.ref.num].gen != o->u.ref.gen) {
			*ret = &NULL_OBJECT; /* of another generation: it does not exist */
			return OK;
		}
		TRY(pdf_object(p, o->u.ref.num, &o));
	}
	*ret = o;
	return OK;
}

const struct pdf_obj *
pdf_key(const struct pdf_obj *dict, const char *key)
{
	struct str wanted = str_c(key);

	if (!dict || (dict->kind != PDF_DICT && dict->kind != PDF_STREAM))
		return NULL;
	for (size_t i = dict->u.dict.n; i > 0; i--)
		if (str_eq(dict->u.dict.entries[i - 1].key, wanted))
			return &dict->u.dict.entries[i - 1].value;
	return NULL;
}

enum err
pdf_get(struct pdf *p, const struct pdf_obj *dict, const char *key, const struct pdf_obj **ret)
{
	const struct pdf_obj *o = pdf_key(dict, key);

	if (o)
		TRY(pdf_resolve(p, o, &o));
	*ret = o && o->kind != PDF_NULL ? o : NULL;
	return OK;
}

enum err
pdf_stream_data(struct pdf *p, const struct pdf_obj *stream, struct str *ret)
{
	return pdf_filter(p, stream, ret);
}

bool
pdf_name_is(const struct pdf_obj *o, const char *name)
{
	return o && o->kind == PDF_NAME && str_eq(o->u.text, str_c(name));
}

bool
pdf_number(const struct pdf_obj *o, double *ret)
{
	if (!o || (o->kind != PDF_INT && o->kind != PDF_REAL))
		return false;
	*ret = o->kind == PDF_INT ? (double)o->u.integer : o->u.real;
	return true;
}
