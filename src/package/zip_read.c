#include "zip_read.h"

#include "utf8.h"

#include <zip.h>

enum { RATIO_MAX = 1100 }; /* deflate's own is 1,032 */

static void
discard(zip_t **z)
{
	if (*z)
		zip_discard(*z);
}

static zip_t *
open_archive(struct str bytes)
{
	zip_source_t *source = zip_source_buffer_create(bytes.p, bytes.n, 0, NULL);
	zip_t *z = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, NULL) : NULL;
	if (!z && source)
		zip_source_free(source);
	return z;
}

/* A relative path that means the same everywhere. */
static bool
name_is_safe(struct str name)
{
	struct str rest = name, part;
	if (name.n == 0 || name.n > ZIP_NAME_MAX || !utf8_valid(name) || str_ends(name, STR("/")))
		return false;
	for (size_t at = 0; at < name.n;) {
		int c = utf8_next(name, &at);
		if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c < 0x80 && strchr("\"*:<>?\\|", c)))
			return false;
	}
	while (str_split(&rest, '/', &part))
		if (part.n == 0 || str_eq(part, STR(".")) || str_eq(part, STR("..")))
			return false;
	return true;
}

static enum err
read_entry(struct arena *a, zip_t *z, zip_uint64_t i, size_t *left, struct zip_entry *ret)
{
	const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
	                            ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
	zip_stat_t st;
	void *p;
	if (zip_stat_index(z, i, ZIP_FL_ENC_RAW, &st) || (st.valid & needed) != needed ||
	    (st.comp_method != ZIP_CM_STORE && st.comp_method != ZIP_CM_DEFLATE) ||
	    st.encryption_method != ZIP_EM_NONE || !name_is_safe(str_c(st.name)))
		return ERR_INVALID;
	if (st.size > *left || st.size / RATIO_MAX > st.comp_size)
		return ERR_TOO_LARGE;
	*left -= (size_t)st.size;
	TRY(arena_try(a, (size_t)st.size + 1, 1, &p));
	zip_file_t *f = zip_fopen_index(z, i, 0);
	if (!f)
		return ERR_INVALID;
	/* one byte more than it says, so that its checksum is looked at */
	zip_int64_t n = zip_fread(f, p, st.size + 1);
	if (zip_fclose(f) || n < 0 || (zip_uint64_t)n != st.size)
		return ERR_INVALID;
	*ret = (struct zip_entry){arena_str(a, str_c(st.name)), str_make(p, (size_t)st.size)};
	return OK;
}

static bool
is_folder(zip_t *z, zip_uint64_t i)
{
	zip_stat_t st;
	return zip_stat_index(z, i, ZIP_FL_ENC_RAW, &st) == 0 && st.valid & ZIP_STAT_NAME &&
	       st.valid & ZIP_STAT_SIZE && st.size == 0 && str_ends(str_c(st.name), STR("/"));
}

struct zip_entry *
zip_find(struct zip_entry *all, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(all[i].name, name))
			return &all[i];
	return NULL;
}

/* Names that differ only in case or form of letters are one file on some systems. */
static enum err
check_unique(struct arena *a, const struct zip_entry *all, size_t n)
{
	struct str *keys = ARENA_ARRAY(a, struct str, n + 1);
	for (size_t i = 0; i < n; i++) {
		TRY(utf8_key(a, all[i].name, &keys[i]));
		for (size_t k = 0; k < i; k++)
			if (str_eq(keys[k], keys[i]))
				return ERR_INVALID;
	}
	return OK;
}

enum err
zip_read(struct arena *a, struct str bytes, struct zip_entry **ret, size_t *ret_n)
{
	zip_t *z CLEANUP(discard) = open_archive(bytes);
	size_t left = ZIP_BYTES_MAX, n = 0;
	int comment_n = 0;
	if (!z)
		return ERR_INVALID;
	zip_int64_t entries = zip_get_num_entries(z, 0);
	if (entries < 0 || entries > ZIP_ENTRIES_MAX)
		return ERR_TOO_LARGE;
	zip_get_archive_comment(z, &comment_n, ZIP_FL_ENC_RAW);
	if (comment_n > 0)
		return ERR_INVALID;
	struct zip_entry *all = ARENA_ARRAY(a, struct zip_entry, (size_t)entries + 1);
	for (zip_int64_t i = 0; i < entries; i++)
		if (!is_folder(z, (zip_uint64_t)i))
			TRY(read_entry(a, z, (zip_uint64_t)i, &left, &all[n++]));
	TRY(check_unique(a, all, n));
	*ret = all;
	*ret_n = n;
	return OK;
}
