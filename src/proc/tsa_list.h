/* The timestamp authorities that the settings name: the file tsa.list with a section each, in the order in
 * which they are asked, or the one of tsa.url, or else the embedded one. */
#ifndef PROC_TSA_LIST_H
#define PROC_TSA_LIST_H

#include "config.h"
#include "store.h"
#include "tsa.h"

enum { TSA_LIST_MAX = 8 };

struct tsa_entry {
	struct str name;
	bool embedded;
	struct tsa_settings settings; /* unless embedded */
	double cost;                  /* of a token, in whatever currency */
};
struct tsa_list {
	struct tsa_entry entries[TSA_LIST_MAX];
	size_t n; /* at least one */
};

/* Reads the files that are named, too. Mistakes are told on stderr. ERR_CONFIG. */
MUST_CHECK enum err
tsa_list_read(struct arena *a, const struct config *c, struct tsa_list *ret);
/* All of them as one authority, whose tokens are counted in the store. */
MUST_CHECK enum err
tsa_list_open(struct arena *a, const struct tsa_list *list, struct signer signer,
    const struct certificates *certs, struct store *store, int64_t rest_ms, struct tsa **ret);
/* The anchors of all, DER. */
MUST_CHECK enum err
tsa_list_anchors(struct arena *a, const struct tsa_list *list, struct str **ret, size_t *ret_n);

#endif
