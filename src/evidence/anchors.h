#ifndef EVIDENCE_ANCHORS_H
#define EVIDENCE_ANCHORS_H

#include "ossl.h"
#include "err.h"
#include "str.h"

/* Trust anchors from PEM text; NULL when there is no certificate in it. */
X509_STORE *
anchors_read(struct str pem);
void
anchors_free(X509_STORE **s);

#endif
