/* The authority of the port, over whoever holds the keys. */
#ifndef EVIDENCE_AUTHORITY_NEW_H
#define EVIDENCE_AUTHORITY_NEW_H

#include "authority.h"
#include "crl.h"
#include "tsa.h"

/* What may be asked by a role that strangers talk to: nothing that could be taken for something else. */
struct authority_keeper {
	enum err (*stamp)(void *self, const struct stamp *what, struct arena *a, struct str *ret);
	enum err (*ocsp)(void *self, const struct ocsp_subject *about, struct arena *a, struct str *ret);
	enum err (*crl)(void *self, struct arena *a, struct str *ret);
	void *self;
};

/* Lives in the arena. root_pem: the root's certificate; timestamps: strangers may have some. */
MUST_CHECK enum err
authority_new(struct arena *a, struct authority_keeper keeper, struct str root_pem, bool timestamps,
    struct authority **ret);

#endif
