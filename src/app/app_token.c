#include "app_token.h"

#include "hex.h"

static struct sha256
derive(struct app *a, const char *purpose, struct str id, int64_t generation)
{
	struct str text = arena_printf(a->arena, "%s|%.*s|%lld", purpose, STR_ARG(id), (long long)generation);
	return hmac_sha256(a->config->link_key, text);
}

struct str
token_link(struct app *a, enum link_kind kind, struct str id, int64_t generation)
{
	static const char *const purposes[] = {
	    [LINK_MAIL] = "mail", [LINK_SHARED] = "shared", [LINK_KEEP] = "keep"};
	struct sha256 d = derive(a, purposes[kind], id, generation);
	return base64url_encode(a->arena, str_make(d.b, sizeof(d.b)));
}

struct str
token_keep_sender(struct app *a, struct str envelope)
{
	struct sha256 d = derive(a, "keep-sender", envelope, 0);
	return base64url_encode(a->arena, str_make(d.b, sizeof(d.b)));
}

struct str
token_random(struct arena *a)
{
	unsigned char b[32];
	random_bytes(b, sizeof(b));
	return base64url_encode(a, str_make(b, sizeof(b)));
}

struct str
token_hash(struct arena *a, struct str token)
{
	struct sha256 d = sha256_of(token);
	return sha256_hex(a, &d);
}

struct str
token_url(struct app *a, struct str token)
{
	return arena_printf(a->arena, "%.*s/l/%.*s", STR_ARG(a->config->base_url), STR_ARG(token));
}

struct str
token_code(struct app *a, struct str challenge)
{
	struct sha256 d = derive(a, "code", challenge, 0);
	uint64_t v = 0;
	for (size_t i = 0; i < 8; i++) /* 64 bits modulo a million: the bias is below 1e-13 */
		v = v << 8 | d.b[i];
	return arena_printf(a->arena, "%06llu", (unsigned long long)(v % 1000000));
}
