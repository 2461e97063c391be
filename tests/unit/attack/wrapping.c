/* Signature wrapping: the signed bytes are moved, or something is put beside them. */
#include "attack.h"

#include <stdio.h>

static void
set_range(struct target *t, const struct pdf_signature *s, size_t c, size_t d)
{
	ptrdiff_t at = str_find_last(str_slice(buf_str(&t->file), 0, s->contents_at), STR("/ByteRange["));
	char text[128];

	snprintf(text, sizeof(text), "[0 %zu %zu %zu]", (size_t)s->range[1], c, d);
	overwrite_at(t, (size_t)at + strlen("/ByteRange"), s->contents_at - strlen("/Contents"), text);
}

static void
insert(struct target *t, size_t at, struct str what)
{
	struct buf b = {0};

	buf_put(&b, str_slice(buf_str(&t->file), 0, at));
	buf_put(&b, what);
	buf_put(&b, str_slice(buf_str(&t->file), at, t->file.n));
	buf_free(&t->file);
	t->file = b;
}

/* The second part is moved back; objects stand between container and it. */
static void
second_part_moved(struct target *t, const struct attack *how)
{
	struct pdf_signature s = forge_newest(t->f, &t->file);
	struct str more = str_c(how->text);

	insert(t, s.contents_end, more);
	set_range(t, &s, (size_t)s.range[2] + more.n, (size_t)s.range[3]);
}

/* The container ends early, and what is left of the hole holds an object. */
static void
hole_with_object(struct target *t, const struct attack *how)
{
	struct pdf_signature s = forge_newest(t->f, &t->file);
	size_t at = s.contents_end - strlen(how->text) - 1;

	t->file.p[at] = '>';
	memcpy(t->file.p + at + 1, how->text, strlen(how->text));
}

/* A copy of the signature dictionary at another place, with the numbers of the original, takes its place. */
static void
dictionary_copied(struct target *t, const struct attack *how)
{
	struct pdf_signature s = forge_newest(t->f, &t->file);
	struct str contents =
	    arena_str(&t->f->a, str_slice(buf_str(&t->file), s.contents_at, s.contents_end));
	struct doc d;

	doc_append(&d, &t->file);
	doc_plain(&d, s.dict_num,
	    "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 %zu %zu "
	    "%zu]/Contents%.*s>>",
	    (size_t)s.range[1], (size_t)s.range[2], (size_t)s.range[3], STR_ARG(contents));
	amend_in(t, &d, CATALOG, "/Lang <FEFF006A0061>=>/Lang(en)");
	doc_end(&d, "/Info 9 0 R");
}

#define OBJECT "\n3 0 obj\n<</Type/Page/Parent 2 0 R/Rotate 180>>\nendobj\n"
static const struct attack attacks[] = {
    {"second part moved", second_part_moved, "", 0, 0, OBJECT},
    {"second part moved by white space", second_part_moved, "", 0, 0, "  "},
    {"hole with an object", hole_with_object, "leaves out more than the container", 0, 0, "/B/C/D(evil)"},
    {"hole with white space", hole_with_object, "leaves out more than the container", 0, 0, "   "},
    {"dictionary copied", dictionary_copied, "an earlier signature was taken out", 0, 0, 0},
};
const struct attack_table WRAPPING = ATTACK_TABLE("signature wrapping", attacks);
