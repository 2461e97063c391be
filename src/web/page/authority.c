/* The embedded authority: timestamps, and what is asked about its certificates. */
#include "handlers.h"
#include "hex.h"

static enum err
answer(struct http_ctx *c, struct str mime, struct str der)
{
	c->res->mime = mime;
	buf_put(&c->res->body, der);
	return OK;
}

/* The media type alone; parameters are of no matter. */
static enum err
expect(const struct http_ctx *c, struct str mime)
{
	struct str rest = c->req->content_type, type = STR_NONE;

	str_split(&rest, ';', &type);
	return str_ieq(str_trim(type), mime) ? OK : ERR_FILE_TYPE;
}

enum err
page_authority_tsa(struct http_ctx *c)
{
	struct str reply;

	TRY(expect(c, STR("application/timestamp-query")));
	TRY(authority_timestamp(c->app->authority, c->req->body, c->app->arena, &reply));
	return answer(c, STR("application/timestamp-reply"), reply);
}

static enum err
ocsp(struct http_ctx *c, struct str request)
{
	struct str response;

	TRY(authority_ocsp(c->app->authority, request, c->app->arena, &response));
	return answer(c, STR("application/ocsp-response"), response);
}

enum err
page_authority_ocsp(struct http_ctx *c)
{
	TRY(expect(c, STR("application/ocsp-request")));
	return ocsp(c, c->req->body);
}

enum err
page_authority_ocsp_get(struct http_ctx *c)
{
	struct str request;

	TRY(base64_decode(c->app->arena, c->req->args[0], &request));
	return ocsp(c, request);
}

enum err
page_authority_crl(struct http_ctx *c)
{
	struct str list;

	TRY(authority_crl(c->app->authority, c->app->arena, &list));
	return answer(c, STR("application/pkix-crl"), list);
}
