/* An authority that is not ours: a root, an authority under it that issued the certificates of a forge, and a
 * server that answers about them over HTTP on this machine, and can be told to misbehave. */
#ifndef TEST_FOREIGN_H
#define TEST_FOREIGN_H

#include "forge.h"

#include <pthread.h>

enum answering {
	ANSWER_GOOD,      /* by an appointed responder */
	ANSWER_BY_ISSUER, /* by the issuer itself */
	ANSWER_WITHOUT_NONCE,
	ANSWER_REVOKED_BEFORE,
	ANSWER_REVOKED_AFTER,
	ANSWER_UNKNOWN,
	ANSWER_NOT_APPOINTED, /* signed with a certificate that is not for this */
	ANSWER_BY_STRANGER,
	ANSWER_WRONG_NONCE,
	ANSWER_OLD,     /* thisUpdate an hour ago */
	ANSWER_EXPIRED, /* nextUpdate an hour ago */
	ANSWER_ABOUT_ANOTHER,
	ANSWER_HUGE,
	ANSWER_SILENCE,
	ANSWER_NOTHING /* 404 */
};

struct foreign {
	struct forge f; /* its authority is the intermediate one; containers do not hold the root */
	EVP_PKEY *root_key, *ca_key, *responder_key, *stranger_key;
	X509 *root, *ca, *responder, *plain, *stranger;
	int listener;
	char url[64];
	pthread_t thread;
	enum answering answers, lists; /* how questions, and requests for lists, are answered */
	bool issuers;                  /* whether the root's certificate is to be had */
	const char *list_extension; /* of the authority's lists: what X509V3_EXT_nconf() reads; NULL: none */
	int list_extension_nid;
	unsigned asked, listed;
};

bool
foreign_open(struct foreign *w);
void
foreign_close(struct foreign *w);
/* The root, PEM. */
struct str
foreign_anchor(struct foreign *w);

#endif
