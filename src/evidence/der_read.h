/* DER from outside (X.690 10): definite, shortest lengths, single-byte tags. Nothing is copied. */
#ifndef EVIDENCE_DER_READ_H
#define EVIDENCE_DER_READ_H

#include "str.h"

struct der_value {
	unsigned char tag;
	struct str content, whole; /* without and with tag and length */
};

/* Cuts the first value off *in; false and *in unmoved when there is no well-formed one. */
bool
der_next(struct str *in, struct der_value *ret);
/* The same, of that tag only. */
bool
der_expect(struct str *in, unsigned char tag, struct der_value *ret);
/* Content of the only value in `in`. */
bool
der_only(struct str in, unsigned char tag, struct str *ret);

#endif
