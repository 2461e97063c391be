#include "cover.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum { PAGES_MAX = 400 };

static void
free_bytes(unsigned char **bytes)
{
	free(*bytes);
}

static enum err
make_mark(qpdf_data q, qpdf_data from, qpdf_oh page, qpdf_oh *ret)
{
	unsigned char *bytes CLEANUP(free_bytes) = NULL;
	size_t n = 0;
	if (qpdf_oh_get_page_content_data(from, page, &bytes, &n) & QPDF_ERRORS)
		return ERR_PDF_BROKEN;
	qpdf_oh mark = stream_of(q, str_make(bytes, n)), dict = qpdf_oh_get_dict(q, mark);
	char box[40];
	snprintf(box, sizeof(box), "[0 0 %d %d]", COVER_MARK_WIDTH, COVER_MARK_HEIGHT);
	qpdf_oh_replace_key(q, dict, "/Type", qpdf_oh_new_name(q, "/XObject"));
	qpdf_oh_replace_key(q, dict, "/Subtype", qpdf_oh_new_name(q, "/Form"));
	qpdf_oh_replace_key(q, dict, "/BBox", qpdf_oh_parse(q, box));
	qpdf_oh resources = qpdf_oh_get_key(from, page, "/Resources");
	if (!qpdf_oh_is_indirect(from, resources)) /* only those are copied from one document to another */
		resources = qpdf_make_indirect_object(from, resources);
	qpdf_oh_replace_key(q, dict, "/Resources", qpdf_oh_copy_foreign_object(q, from, resources));
	*ret = mark;
	return OK;
}

enum err
cover_pages(qpdf_data q, qpdf_data from, struct str pages, int *ret_n, qpdf_oh *ret_mark)
{
	qpdf_silence_errors(from);
	qpdf_set_suppress_warnings(from, QPDF_TRUE);
	if (qpdf_read_memory(from, "cover", pages.p, pages.n, "") & QPDF_ERRORS)
		return ERR_PDF_BROKEN;
	int n = qpdf_get_num_pages(from);
	if (n < 2 || n > PAGES_MAX)
		return ERR_PDF_BROKEN;
	TRY(make_mark(q, from, qpdf_get_page_n(from, (size_t)n - 1), ret_mark));
	for (int i = n - 2; i >= 0; i--)
		if (qpdf_add_page(q, from, qpdf_get_page_n(from, (size_t)i), QPDF_TRUE) & QPDF_ERRORS)
			return ERR_PDF_BROKEN;
	*ret_n = n - 1;
	return OK;
}

/* Packed, so that whoever searches the bytes of the document for its parts finds none of the other's. */
static enum err
embedded_file(qpdf_data q, struct arena *a, struct str pdf, qpdf_oh *ret)
{
	uLongf n = compressBound((uLong)pdf.n);
	void *packed;
	TRY(arena_try(a, n, 1, &packed));
	if (compress2(packed, &n, (const unsigned char *)pdf.p, (uLong)pdf.n, Z_BEST_SPEED) != Z_OK)
		return ERR_NOMEM;
	qpdf_oh file = qpdf_oh_new_stream(q), dict = qpdf_oh_get_dict(q, file);
	qpdf_oh_replace_stream_data(
	    q, file, packed, n, qpdf_oh_new_name(q, "/FlateDecode"), qpdf_oh_new_null(q));
	qpdf_oh_replace_key(q, dict, "/Type", qpdf_oh_new_name(q, "/EmbeddedFile"));
	qpdf_oh_replace_key(q, dict, "/Subtype", qpdf_oh_new_name(q, "/application/pdf"));
	qpdf_oh parameters = qpdf_oh_new_dictionary(q);
	qpdf_oh_replace_key(q, parameters, "/Size", qpdf_oh_new_integer(q, (long long)pdf.n));
	qpdf_oh_replace_key(q, dict, "/Params", parameters);
	*ret = file;
	return OK;
}

enum err
cover_attach(qpdf_data q, struct arena *a, qpdf_oh root, struct str pdf, struct str name)
{
	static const char *const plain_name = "original.pdf"; /* for readers that know no other letters */
	qpdf_oh file;
	TRY(embedded_file(q, a, pdf, &file));
	qpdf_oh specification = qpdf_make_indirect_object(
	    q, qpdf_oh_parse(q, "<< /Type /Filespec /AFRelationship /Source /EF << >> >>"));
	qpdf_oh embedded = qpdf_oh_get_key(q, specification, "/EF");
	qpdf_oh_replace_key(q, embedded, "/F", file);
	qpdf_oh_replace_key(q, embedded, "/UF", file);
	qpdf_oh_replace_key(q, specification, "/F", qpdf_oh_new_string(q, plain_name));
	qpdf_oh_replace_key(q, specification, "/UF", qpdf_oh_new_unicode_string(q, arena_cstr(a, name)));
	qpdf_oh_replace_key(
	    q, specification, "/Desc", qpdf_oh_new_unicode_string(q, "原本 / Signed original"));
	qpdf_oh files = qpdf_oh_new_array(q), names = qpdf_oh_new_array(q);
	qpdf_oh_append_item(q, files, specification);
	qpdf_oh_append_item(q, names, qpdf_oh_new_string(q, plain_name));
	qpdf_oh_append_item(q, names, specification);
	qpdf_oh tree = qpdf_oh_parse(q, "<< /EmbeddedFiles << >> >>");
	qpdf_oh_replace_key(q, qpdf_oh_get_key(q, tree, "/EmbeddedFiles"), "/Names", names);
	qpdf_oh_replace_key(q, root, "/AF", files);
	qpdf_oh_replace_key(q, root, "/Names", tree);
	return OK;
}
