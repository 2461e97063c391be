/* Dispatch by routes.def. */
#ifndef WEB_HTTP_ROUTE_H
#define WEB_HTTP_ROUTE_H

#include "http.h"
#include "rate.h"

enum route_who { ROUTE_ANYONE, ROUTE_USER, ROUTE_SIGNER, ROUTE_LINK };
enum route_body { ROUTE_NONE, ROUTE_FORM, ROUTE_UPLOAD, ROUTE_RAW };

struct route {
	enum http_method method;
	const char *path, *name;
	http_handler *handler;
	enum route_who who;
	enum route_body body;
	size_t limit;
	enum rate_class rate;
};

extern const struct route routes[];
extern const size_t routes_n;

/* ERR_NOT_FOUND, or ERR_METHOD when the path exists for the other method. args point into path. */
MUST_CHECK enum err
route_find(enum http_method method, struct str path, const struct route **ret, struct str args[4]);

#endif
