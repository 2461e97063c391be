/* The form's fields (ISO 32000-2 12.7), as far as signatures need them. */
#ifndef PDF_FORM_H
#define PDF_FORM_H

#include "pdf_impl.h"

struct pdf_field {
	struct str name; /* fully qualified, UTF-8 */
	uint32_t num;
	uint16_t gen;
	const struct pdf_obj *dict;
	const struct pdf_obj *type;  /* /FT, own or inherited; NULL when absent */
	bool is_signature;           /* /FT /Sig, own or inherited */
	bool has_kids;               /* widgets of its own */
	const struct pdf_obj *value; /* /V as it stands in the dictionary, NULL when absent or null */
};

/* The form dictionary; ret_num is 0 when it is direct, *ret NULL when there is none. */
MUST_CHECK enum err
pdf_form(struct pdf *p, const struct pdf_obj **ret, uint32_t *ret_num);
/* Terminal fields in the order of the form. Fields that are no references are not listed. */
MUST_CHECK enum err
pdf_form_fields(struct pdf *p, struct pdf_field **ret, size_t *ret_n);
/* P of the certification's DocMDP transform: 1 to 3, 0 when the document is not certified (12.8.2.2). */
MUST_CHECK enum err
pdf_docmdp(struct pdf *p, int *ret);
/* The same of one signature dictionary. */
MUST_CHECK enum err
pdf_docmdp_of(struct pdf *p, const struct pdf_obj *signature, int *ret);

#endif
