#include "fonts.h"

/* The fonts that every viewer brings along (ISO 32000-1 9.6.2.2). */
static bool
is_standard(qpdf_data q, qpdf_oh font)
{
	static const char *const names[] = {"/Helvetica", "/Helvetica-Bold", "/Helvetica-Oblique",
	    "/Helvetica-BoldOblique", "/Times-Roman", "/Times-Bold", "/Times-Italic", "/Times-BoldItalic",
	    "/Courier", "/Courier-Bold", "/Courier-Oblique", "/Courier-BoldOblique", "/Symbol",
	    "/ZapfDingbats", NULL};
	if (!is_named(q, qpdf_oh_get_key(q, font, "/Subtype"), "/Type1"))
		return false;
	qpdf_oh base = qpdf_oh_get_key(q, font, "/BaseFont");
	for (const char *const *n = names; *n; n++)
		if (is_named(q, base, *n))
			return true;
	return false;
}

/* A font's program stands in its descriptor (ISO 32000-2 9.9), which a composite font has one level below. */
static qpdf_oh
descriptor_of(qpdf_data q, qpdf_oh font)
{
	if (is_named(q, qpdf_oh_get_key(q, font, "/Subtype"), "/Type0")) {
		qpdf_oh below = qpdf_oh_get_key(q, font, "/DescendantFonts");
		bool one = qpdf_oh_is_array(q, below) && qpdf_oh_get_array_n_items(q, below) == 1;
		font = one ? qpdf_oh_get_array_item(q, below, 0) : qpdf_oh_new_null(q);
	}
	return qpdf_oh_get_key_if_dict(q, font, "/FontDescriptor");
}

enum err
note_font(qpdf_data q, qpdf_oh font, unsigned *notes)
{
	static const char *const programs[] = {"/FontFile", "/FontFile2", "/FontFile3"};
	qpdf_oh d = descriptor_of(q, font);
	bool embedded = is_named(q, qpdf_oh_get_key(q, font, "/Subtype"), "/Type3") || is_standard(q, font);
	for (int i = 0; i < 3; i++) {
		qpdf_oh program = qpdf_oh_get_key_if_dict(q, d, programs[i]);
		if (!qpdf_oh_is_stream(q, program))
			continue;
		embedded = true;
		if (qpdf_oh_has_key(q, qpdf_oh_get_dict(q, program), "/F"))
			return ERR_PDF_ACTIVE;
	}
	if (!embedded)
		NOTED(notes, DOCUMENT_FONTS);
	return OK;
}
