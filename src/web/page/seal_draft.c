#include "seal_draft.h"

#include "utf8.h"

enum { NAME_MAX = 40 };

/* "山田 太郎" at its first space, also U+3000; without one all of it is the family name. */
static void
name_split(struct arena *a, struct str name, struct str *ret_family, struct str *ret_given)
{
	struct str wide = STR("\xe3\x80\x80");
	ptrdiff_t at = str_find(name, wide);
	size_t gap = wide.n;

	if (at < 0) {
		at = str_chr(name, ' ');
		gap = 1;
	}
	if (at < 0) {
		*ret_family = name;
		*ret_given = STR_NONE;
		return;
	}
	*ret_family = str_slice(name, 0, (size_t)at);
	if (utf8_line(a, str_slice(name, (size_t)at + gap, name.n), NAME_MAX, ret_given) != OK)
		*ret_given = STR_NONE;
}

void
seal_draft_start(struct arena *a, const struct sign_view *v, struct seal_draft *ret)
{
	*ret = (struct seal_draft){.method = v->seal_method.n > 0 ? v->seal_method : STR("text")};
	name_split(a, v->name, &ret->family, &ret->given);
	if (!str_eq(v->seal_method, STR("text")) || v->seal_text.n == 0)
		return;
	ret->choice = v->seal_face <= INKAN_MINCHO ? v->seal_face : 0;
	if (str_eq(v->seal_text, seal_draft_text(a, ret, SEAL_CHOICE_FULL)) && ret->given.n > 0)
		ret->choice = SEAL_CHOICE_FULL;
	else if (!str_eq(v->seal_text, ret->family)) {
		ret->family = v->seal_text;
		ret->given = STR_NONE;
	}
}

void
seal_draft_typed(struct arena *a, struct str method, struct str family, struct str given, struct str face,
    struct seal_draft *ret)
{
	unsigned long long choice;

	*ret = (struct seal_draft){.method = STR("text")};
	if (str_eq(method, STR("image")) || str_eq(method, STR("ink")))
		ret->method = method;
	if (utf8_line(a, family, NAME_MAX, &ret->family) != OK)
		ret->family = STR_NONE;
	if (utf8_line(a, given, NAME_MAX, &ret->given) != OK)
		ret->given = STR_NONE;
	if (str_to_u64(face, SEAL_CHOICES - 1, &choice))
		ret->choice = (unsigned)choice;
}

struct str
seal_draft_text(struct arena *a, const struct seal_draft *d, unsigned choice)
{
	if (choice == SEAL_CHOICE_FULL || d->family.n == 0)
		return arena_printf(a, "%.*s%.*s", STR_ARG(d->family), STR_ARG(d->given));
	return d->family;
}

enum inkan_face
seal_choice_face(unsigned choice)
{
	return choice <= INKAN_MINCHO ? (enum inkan_face)choice : INKAN_KOINTAI;
}

double
seal_clamp_mm(double size_mm)
{
	return size_mm < 10 ? 10 : size_mm > 18 ? 18 : size_mm;
}
