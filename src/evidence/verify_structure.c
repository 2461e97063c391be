#include "verify_impl.h"

static size_t
revision_ending_at(struct pdf *p, size_t end)
{
	const struct pdf_revision *r;
	size_t n = pdf_revisions(p, &r);

	for (size_t i = 0; i < n; i++)
		if (r[i].end == end)
			return i + 1;
	return 0;
}

/* The container fills the hole from its first digit; what is left of the hole is zeros. Digits are of one
 * case, so that no byte of the file can change without notice. ret_n: bytes of the container. */
static bool
hole_is_clean(struct str bytes, const struct pdf_signature *s, size_t *ret_n)
{
	const char *hex = bytes.p + s->contents_at + 1;
	size_t digits = s->contents_end - s->contents_at - 2, n = 0, head = 2;
	bool upper = false, lower = false;

	for (size_t i = 0; i < digits; i++) {
		upper = upper || (hex[i] >= 'A' && hex[i] <= 'F');
		lower = lower || (hex[i] >= 'a' && hex[i] <= 'f');
		if (!((hex[i] >= '0' && hex[i] <= '9') || (hex[i] >= 'A' && hex[i] <= 'F') ||
		        (hex[i] >= 'a' && hex[i] <= 'f')))
			return false;
	}
	if ((upper && lower) || digits % 2 || s->contents.n != digits / 2 || s->contents.n < 4 ||
	    s->contents.p[0] != 0x30)
		return false;
	n = (unsigned char)s->contents.p[1];
	if (n >= 0x80) {
		size_t bytes_n = n & 0x7F;

		if (bytes_n < 1 || bytes_n > 3 || s->contents.n < 2 + bytes_n)
			return false;
		n = 0;
		for (size_t i = 0; i < bytes_n; i++)
			n = n << 8 | (unsigned char)s->contents.p[2 + i];
		head += bytes_n;
	}
	if (n > s->contents.n - head)
		return false;
	*ret_n = head + n;
	for (size_t i = *ret_n; i < s->contents.n; i++)
		if (s->contents.p[i])
			return false;
	return true;
}

/* ISO 32000-2 12.8.1, EN 319 142-1 5.2: everything from the first byte to the end of a revision but the
 * container itself. */
void
verify_structure(
    struct verifying *w, const struct pdf_signature *s, struct verified_signature *r, size_t *ret_container)
{
	*ret_container = 0;
	if (s->range_n != 4 || s->contents_end <= s->contents_at + 2) {
		verify_problem(r, "the byte range or the container is missing or malformed");
		return;
	}
	for (int i = 0; i < 4; i++)
		if (s->range[i] < 0 || s->range[i] > (int64_t)w->bytes.n) {
			verify_problem(r, "the byte range leaves the file");
			return;
		}
	if (s->range[0] != 0 || (size_t)s->range[1] != s->contents_at ||
	    (size_t)s->range[2] != s->contents_end) {
		verify_problem(r, "the byte range leaves out more than the container");
		return;
	}
	r->covered_bytes = (size_t)(s->range[2] + s->range[3]);
	if (r->covered_bytes > w->bytes.n) {
		verify_problem(r, "the byte range leaves the file");
		return;
	}
	r->revision = revision_ending_at(w->pdf, r->covered_bytes);
	if (!r->revision) {
		verify_problem(r, "the signature does not cover a whole revision");
		return;
	}
	if (!hole_is_clean(w->bytes, s, ret_container))
		verify_problem(r, "the container is malformed or followed by other bytes");
}
