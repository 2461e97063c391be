#include "sha256_prefix.h"

#include <openssl/evp.h>
#include <stdlib.h>

/* Nothing here fails but for want of memory, after which no document can be trusted to be hashed. */
static void
must(int ok)
{
	if (ok != 1)
		abort();
}

void
sha256_prefix_free(struct sha256_prefix *p)
{
	EVP_MD_CTX_free(p->state);
	*p = (struct sha256_prefix){0};
}

void
sha256_prefix_extend(struct sha256_prefix *p, struct str bytes)
{
	struct str news = str_slice(bytes, p->n, bytes.n);

	if (!p->state) {
		p->state = EVP_MD_CTX_new();
		must(p->state && EVP_DigestInit_ex(p->state, EVP_sha256(), NULL));
	}
	must(EVP_DigestUpdate(p->state, news.p, news.n));
	p->n += news.n;
}

struct sha256
sha256_prefix_digest(const struct sha256_prefix *p, struct str then, struct str last)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct sha256 d;

	must(ctx != NULL);
	must(p->state ? EVP_MD_CTX_copy_ex(ctx, p->state) : EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
	must(EVP_DigestUpdate(ctx, then.p, then.n));
	must(EVP_DigestUpdate(ctx, last.p, last.n));
	must(EVP_DigestFinal_ex(ctx, d.b, NULL));
	EVP_MD_CTX_free(ctx);
	return d;
}
