/* Every handler that routes.def names. */
#ifndef WEB_HANDLERS_H
#define WEB_HANDLERS_H

#include "http.h"

#define ROUTE(method, path, name, who, body, limit, rate) http_handler page_##name;
#include "routes.def"
#undef ROUTE

/* The page of an error; res->status is set. */
void
page_error(struct http_ctx *c, enum err e);

#endif
