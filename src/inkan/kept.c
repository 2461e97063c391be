/* The compact form an impression is kept in, and its way back, where nothing is believed.
 * "inkan1 WIDTH HEIGHT RRGGBB SUBSTITUTED P\n" and a path, or "... M W H\n" and the deflated coverage in
 * base64. */
#include "hex.h"
#include "inkan.h"
#include "path.h"

#include <zlib.h>

enum { MASK_SIDE_MAX = 1024, MASK_TEXT_MAX = 600 * 1024 };

static struct str
deflated(struct arena *a, struct str s)
{
	uLongf n = compressBound((uLong)s.n);
	unsigned char *p = arena_alloc(a, n);

	if (compress2(p, &n, (const unsigned char *)s.p, (uLong)s.n, 9) != Z_OK)
		return STR_NONE;
	return str_make(p, n);
}

struct str
inkan_encode(struct arena *a, const struct inkan *k)
{
	struct str head = arena_printf(
	    a, "inkan1 %.3f %.3f %06x %d ", k->width_mm, k->height_mm, k->rgb & 0xFFFFFF, k->substituted);

	if (k->path.n)
		return arena_printf(a, "%.*sP\n%.*s", STR_ARG(head), STR_ARG(k->path));
	struct str text = base64_encode(a, deflated(a, k->mask), 0);
	return arena_printf(a, "%.*sM %u %u\n%.*s", STR_ARG(head), k->mask_w, k->mask_h, STR_ARG(text));
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static enum err
base64_bytes(struct arena *a, struct str s, struct str *ret)
{
	void *room;
	size_t n = 0;
	unsigned bits = 0, held = 0;

	if (s.n == 0 || s.n % 4)
		return ERR_INVALID;
	for (int i = 0; i < 2 && s.p[s.n - 1] == '='; i++)
		s.n--;
	TRY(arena_try(a, s.n, 1, &room));
	for (size_t i = 0; i < s.n; i++) {
		int v = base64_value(s.p[i]);
		if (v < 0)
			return ERR_INVALID;
		bits = (bits << 6 | (unsigned)v) & 0xFFFFFF;
		held += 6;
		if (held >= 8) {
			held -= 8;
			((unsigned char *)room)[n++] = (unsigned char)(bits >> held);
		}
	}
	*ret = str_make(room, n);
	return OK;
}

static enum err
decode_mask(struct arena *a, struct str head, struct str body, struct inkan *k)
{
	struct str w, h, packed;
	unsigned long long mask_w, mask_h;
	void *mask;

	if (!str_split(&head, ' ', &w) || !str_split(&head, ' ', &h) || head.n || body.n > MASK_TEXT_MAX ||
	    !str_to_u64(w, MASK_SIDE_MAX, &mask_w) || !str_to_u64(h, MASK_SIDE_MAX, &mask_h) || mask_w == 0 ||
	    mask_h == 0)
		return ERR_INVALID;
	TRY(base64_bytes(a, body, &packed));
	TRY(arena_try(a, mask_w, mask_h, &mask));
	uLongf n = (uLongf)(mask_w * mask_h);
	if (uncompress(mask, &n, (const unsigned char *)packed.p, (uLong)packed.n) != Z_OK ||
	    n != mask_w * mask_h)
		return ERR_INVALID;
	k->mask_w = (unsigned)mask_w;
	k->mask_h = (unsigned)mask_h;
	k->mask = str_make(mask, n);
	return OK;
}

static bool
read_rgb(struct str s, unsigned *ret)
{
	unsigned char b[3];

	if (s.n != 6 || !hex_decode(s, b, sizeof b))
		return false;
	*ret = (unsigned)b[0] << 16 | (unsigned)b[1] << 8 | b[2];
	return true;
}

enum err
inkan_decode(struct arena *a, struct str s, struct inkan *ret)
{
	struct inkan k = {0};
	struct str head, word, kind;

	if (s.n > PATH_BYTES_MAX + MASK_TEXT_MAX || !str_split(&s, '\n', &head))
		return ERR_INVALID;
	if (!str_split(&head, ' ', &word) || !str_eq(word, STR("inkan1")) || !str_split(&head, ' ', &word) ||
	    !str_to_double(word, &k.width_mm) || !str_split(&head, ' ', &word) ||
	    !str_to_double(word, &k.height_mm) || !str_split(&head, ' ', &word) || !read_rgb(word, &k.rgb) ||
	    !str_split(&head, ' ', &word) || !(str_eq(word, STR("0")) || str_eq(word, STR("1"))) ||
	    !str_split(&head, ' ', &kind))
		return ERR_INVALID;
	k.substituted = word.p[0] == '1';
	if (!(k.width_mm >= 1 && k.width_mm <= 120 && k.height_mm >= 1 && k.height_mm <= 120))
		return ERR_INVALID;
	if (str_eq(kind, STR("P")) && head.n == 0) {
		TRY(path_check(s, k.width_mm, k.height_mm));
		k.path = arena_str(a, s);
	} else if (str_eq(kind, STR("M"))) {
		TRY(decode_mask(a, head, s, &k));
	} else {
		return ERR_INVALID;
	}
	*ret = k;
	return OK;
}
