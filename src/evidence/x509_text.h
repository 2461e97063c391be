/* What a certificate says, in words. */
#ifndef EVIDENCE_X509_TEXT_H
#define EVIDENCE_X509_TEXT_H

#include "arena.h"

struct X509_name_st; /* X509_NAME */

/* Common name, organisation of the subject, UTF-8; empty when there is none. */
MUST_CHECK enum err
x509_common_name(struct arena *a, struct str der, struct str *ret);
MUST_CHECK enum err
x509_organisation(struct arena *a, struct str der, struct str *ret);
/* A distinguished name as text (RFC 4514), UTF-8; empty when there is none. */
struct str
x509_name_text(struct arena *a, const struct X509_name_st *name);
/* Serial number in hexadecimal. */
MUST_CHECK enum err
x509_serial(struct arena *a, struct str der, struct str *ret);

#endif
