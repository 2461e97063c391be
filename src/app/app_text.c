#include "app_text.h"

#include "audit.h"
#include "buf.h"
#include "hex.h"
#include "utf8.h"

enum err
fault_add(struct faults *f, struct str field, const char *ja, const char *en)
{
	if (f->n < sizeof(f->v) / sizeof(f->v[0]))
		f->v[f->n++] = (struct field_fault){field, str_c(ja), str_c(en)};
	return ERR_INVALID;
}

enum err
faults_result(const struct faults *f)
{
	return f->n ? ERR_INVALID : OK;
}

void
check_line(
    struct app *a, struct faults *f, struct str field, struct str s, size_t max, bool needed, struct str *ret)
{
	*ret = STR_NONE;
	if (utf8_line(a->arena, s, max, ret) != OK) {
		*ret = STR_NONE;
		fault_add(f, field,
		    arena_printf(a->arena, "%zu文字以内で、使える文字だけを入力してください。", max).p,
		    arena_printf(a->arena, "Please use at most %zu ordinary characters.", max).p);
	} else if (needed && ret->n == 0) {
		fault_add(f, field, "入力してください。", "Please fill this in.");
	}
}

void
check_text(struct app *a, struct faults *f, struct str field, struct str s, size_t max, struct str *ret)
{
	*ret = STR_NONE;
	if (utf8_text(a->arena, s, max, ret) != OK) {
		*ret = STR_NONE;
		fault_add(f, field,
		    arena_printf(a->arena, "%zu文字以内で、使える文字だけを入力してください。", max).p,
		    arena_printf(a->arena, "Please use at most %zu ordinary characters.", max).p);
	}
}

void
check_mail(struct app *a, struct faults *f, struct str field, struct str s, struct str *ret)
{
	*ret = STR_NONE;
	if (str_trim(s).n == 0)
		fault_add(f, field, "メールアドレスを入力してください。", "Please enter a mail address.");
	else if (utf8_mail(a->arena, s, ret) != OK) {
		*ret = STR_NONE;
		fault_add(
		    f, field, "メールアドレスの形式が正しくありません。", "That is not a mail address.");
	}
}

struct str
file_name_clean(struct arena *a, struct str name, struct str fallback)
{
	struct str line;
	ptrdiff_t slash = str_find_last(name, STR("/")), back = str_find_last(name, STR("\\"));
	ptrdiff_t cut = slash > back ? slash : back;
	if (cut >= 0)
		name = str_slice(name, (size_t)cut + 1, name.n);
	return utf8_line(a, name, TITLE_MAX, &line) == OK && line.n ? line : fallback;
}

struct str
places_encode(struct arena *a, const struct place *p, unsigned n)
{
	struct buf b CLEANUP(buf_free) = {0};
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "%u %.3f %.3f %.3f;", p[i].page, p[i].x_mm, p[i].y_mm, p[i].size_mm);
	return arena_str(a, buf_str(&b));
}

unsigned
places_decode(struct str s, struct place ret[PLACES_MAX])
{
	struct str one, part[4];
	unsigned n = 0;
	while (n < PLACES_MAX && str_split(&s, ';', &one)) {
		unsigned long long page;
		for (unsigned i = 0; i < 4; i++)
			if (!str_split(&one, ' ', &part[i]))
				return n;
		struct place *p = &ret[n];
		if (!str_to_u64(part[0], 100000, &page) || !str_to_double(part[1], &p->x_mm) ||
		    !str_to_double(part[2], &p->y_mm) || !str_to_double(part[3], &p->size_mm))
			return n;
		p->page = (unsigned)page;
		n++;
	}
	return n;
}

struct str
sizes_encode(struct arena *a, const struct document_page *p, unsigned n)
{
	struct buf b CLEANUP(buf_free) = {0};
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "%.3f %.3f\n", p[i].width_mm, p[i].height_mm);
	return arena_str(a, buf_str(&b));
}

void
sizes_decode(struct arena *a, struct str s, unsigned n, double **ret_width_mm, double **ret_height_mm)
{
	struct str line, width;
	*ret_width_mm = ARENA_ARRAY(a, double, n + 1);
	*ret_height_mm = ARENA_ARRAY(a, double, n + 1);
	for (unsigned i = 0; i < n && str_split(&s, '\n', &line); i++)
		if (!str_split(&line, ' ', &width) || !str_to_double(width, &(*ret_width_mm)[i]) ||
		    !str_to_double(line, &(*ret_height_mm)[i]))
			return;
}

struct str
who_words(struct arena *a, struct str company, struct str name)
{
	if (company.n == 0)
		return name;
	return arena_printf(a, "%.*s%s%.*s", STR_ARG(company), name.n ? " " : "", STR_ARG(name));
}

enum err
digest_read(struct str hex, struct sha256 *ret)
{
	if (hex.n != 2 * SHA256_LENGTH || !hex_decode(hex, ret->b, sizeof(ret->b)))
		return BUG("a digest in the database is none");
	return OK;
}

struct str
audit_detail(struct str event, struct str detail)
{
	unsigned char digest[SHA256_LENGTH];
	if (str_eq(event, audit_name(AUDIT_SEAL_MADE)) || str_eq(event, audit_name(AUDIT_SUPERSEDED)))
		return STR_NONE;
	if (detail.n < 2 * SHA256_LENGTH ||
	    !hex_decode(str_slice(detail, detail.n - 2 * SHA256_LENGTH, detail.n), digest, sizeof(digest)))
		return detail;
	return str_trim(str_slice(detail, 0, detail.n - 2 * SHA256_LENGTH));
}
