#include "handlers.h"
#include "route.h"

const struct route routes[] = {
#define ROUTE(method, path, name, who, body, limit, rate)                                                    \
	{HTTP_##method, path, #name, page_##name, ROUTE_##who, ROUTE_##body, limit, RATE_##rate},
#include "routes.def"
#undef ROUTE
};
const size_t routes_n = sizeof(routes) / sizeof(routes[0]);
