/* Which files make up a package, and how they are called. */
#include "buf.h"
#include "hex.h"
#include "package_names.h"
#include "parts.h"
#include "utf8.h"

enum { NAME_CHARACTERS_MAX = 60, EXTENSION_MAX = 8 };

/* Characters that some file system, shell or unpacker takes for something else. */
static bool
is_plain(int c)
{
	return c >= 0x20 && c != 0x7F && !(c < 0x80 && strchr("\"*/:<>?\\|", c));
}

static void
put_plain(struct buf *b, struct str s, size_t most)
{
	for (size_t at = 0, n = 0; at < s.n && n < most; n++) {
		size_t from = at;
		int c = utf8_next(s, &at);
		if (is_plain(c))
			buf_put(b, str_slice(s, from, at));
		else
			buf_put_byte(b, '_');
	}
}

/* "documents/01_name.pdf": numbered, so that no two are the same, none is a device, and none begins with a
 * dot. */
static struct str
document_name(struct arena *a, size_t number, struct str name)
{
	struct buf b CLEANUP(buf_free) = {0};
	ptrdiff_t dot = str_find_last(name, STR("."));
	size_t stem = dot > 0 && name.n - (size_t)dot <= EXTENSION_MAX ? (size_t)dot : name.n;
	buf_printf(&b, PACKAGE_DOCUMENTS "%02zu_", number);
	put_plain(&b, str_slice(name, 0, stem), NAME_CHARACTERS_MAX);
	put_plain(&b, str_slice(name, stem, name.n), EXTENSION_MAX);
	while (b.n && (b.p[b.n - 1] == ' ' || b.p[b.n - 1] == '.'))
		b.n--;
	return arena_str(a, buf_str(&b));
}

static enum err
add_documents(struct parts *t)
{
	struct package *p = t->p;
	for (size_t i = 0; i < p->documents_n; i++) {
		TRY(parts_add_file(t, document_name(t->a, i + 1, p->documents[i].name), STR_NONE));
		struct package_file *f = &p->files[p->files_n - 1];
		struct str name = f->name;
		*f = p->documents[i];
		f->name = name;
	}
	return OK;
}

static enum err
add_all(struct parts *t)
{
	struct package *p = t->p;
	TRY(parts_add_file(t, STR(PACKAGE_CONTRACT), p->contract));
	TRY(parts_add_file(t, STR(PACKAGE_CERTIFICATE), p->certificate));
	TRY(add_documents(t));
	TRY(parts_add_file(t, STR(PACKAGE_EVENTS), p->events));
	TRY(parts_add_file(t, STR(PACKAGE_PROOFS), p->proofs));
	TRY(parts_add_file(t, STR(PACKAGE_NOTE), p->note));
	TRY(parts_add_signature(t, "checkpoint", STR(PACKAGE_NOTE), p->note.n, p->note_signature));
	TRY(parts_add_pdf(t, "contract", STR(PACKAGE_CONTRACT), p->contract));
	TRY(parts_add_pdf(t, "certificate", STR(PACKAGE_CERTIFICATE), p->certificate));
	return parts_add_certificates(t);
}

enum err
package_plan(struct arena *a, struct package *p)
{
	struct parts *t = ARENA_NEW(a, struct parts);
	size_t total = 0;
	*t = (struct parts){.a = a, .p = p};
	p->files = ARENA_ARRAY(a, struct package_file, PACKAGE_FILES_MAX);
	p->seals = ARENA_ARRAY(a, struct package_seal, PACKAGE_FILES_MAX);
	p->revocation = ARENA_ARRAY(a, struct str, PACKAGE_FILES_MAX);
	p->missing = ARENA_ARRAY(a, struct str, PARTS_CERTIFICATES_MAX);
	p->files_n = p->seals_n = p->revocation_n = p->missing_n = 0;
	TRY(add_all(t));
	for (size_t i = 0; i < p->files_n; i++) {
		if (p->files[i].size > PACKAGE_BYTES_MAX - total)
			return ERR_TOO_LARGE;
		total += p->files[i].size;
	}
	return OK;
}

struct str
package_proof_line(
    struct arena *a, uint64_t position, struct str event_hash, const struct str *path, size_t path_n)
{
	struct buf b CLEANUP(buf_free) = {0};
	buf_printf(&b, "%llu %.*s", (unsigned long long)position, STR_ARG(event_hash));
	for (size_t i = 0; i < path_n; i++) {
		buf_put_byte(&b, ' ');
		buf_put(&b, base64_encode(a, path[i], 0));
	}
	buf_put_byte(&b, '\n');
	return arena_str(a, buf_str(&b));
}
