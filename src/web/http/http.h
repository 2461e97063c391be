/* The seam between pages and the HTTP library: a request fully read, a response to fill.  Only mhd.c knows
 * microhttpd. */
#ifndef WEB_HTTP_HTTP_H
#define WEB_HTTP_HTTP_H

#include "arena.h"
#include "app.h"
#include "buf.h"

enum http_method { HTTP_GET, HTTP_POST };

struct http_field {
	struct str name, value;
};

/* One part of a form: application/x-www-form-urlencoded, or multipart/form-data with a file spooled to
 * memory or an unlinked temporary file. */
struct http_part {
	struct str name, value;     /* value: of ordinary fields */
	struct str file_name, mime; /* files: as the client said; never trusted */
	int fd; /* files: open for reading from 0; -1 otherwise. Closed by the server after the handler. */
	size_t size;
};

struct http_request {
	enum http_method method;
	struct str path;    /* percent-decoded, valid UTF-8, starts with / */
	struct str args[4]; /* the {..} of the route's path, in order */
	struct http_field *query;
	size_t query_n;
	struct http_part *form;
	size_t form_n;
	struct str body; /* of routes that take it as it is */
	struct str content_type;
	struct str ip, user_agent, accept_language, if_none_match, range;
	struct str
	    session; /* value of the user's or signer's cookie as the route's `who` asks for, empty if none */
	struct str csrf;  /* token to put into every form of this session */
	bool english;     /* language chosen: cookie, else Accept-Language, else Japanese */
	struct user user; /* routes for users: who is logged in */
};

struct http_response {
	int status;      /* 200 unless set */
	struct str mime; /* "text/html; charset=utf-8" unless set */
	struct buf body; /* freed by the server */
	int fd;          /* or a file to send: >= 0; closed by the server */
	size_t fd_size;
	struct str location;          /* status 303 */
	struct http_field headers[8]; /* further ones; values are checked for CR and LF */
	unsigned headers_n;
	bool immutable;            /* cacheable for ever (hashed assets); otherwise no-store */
	struct str cacheable_etag; /* private, revalidated by this tag (page images) */
};

struct http_ctx {
	struct app *app; /* its arena is the request's */
	const struct http_request *req;
	struct http_response *res;
};

/* A page or API endpoint. On an error the router shows the error page of that error (and nothing of res). */
typedef enum err
http_handler(struct http_ctx *c);

/* Form and query fields; STR_NONE when absent. */
struct str
http_form(const struct http_request *r, const char *name);
struct str
http_query(const struct http_request *r, const char *name);
const struct http_part *
http_file(const struct http_request *r, const char *name);
/* The whole of a file part in the arena, at most max bytes: ERR_TOO_LARGE. */
MUST_CHECK enum err
http_file_bytes(struct http_ctx *c, const struct http_part *part, size_t max, struct str *ret);

/* 303 See Other to a path of our own (printf). */
MUST_CHECK enum err
http_redirect(struct http_ctx *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A __Host- cookie (Secure, HttpOnly, SameSite=Lax, Path=/); empty value deletes it. Names: "user", "signer",
 * "lang", "challenge". */
void
http_set_cookie(struct http_ctx *c, const char *name, struct str value, int64_t max_age_s);
/* The signer's session, in a cookie of its own for each participant: one browser may hold several contracts
 * side by side. Routes for SIGNER under /s/{participant}/ find it in req->session. */
void
http_set_signer(struct http_ctx *c, struct str participant, struct str session);
struct str
http_cookie(const struct http_request *r, const char *name);
/* Content-Disposition: attachment with the UTF-8 file name (RFC 6266), or inline. */
void
http_disposition(struct http_ctx *c, struct str file_name, bool attachment);
/* Sends a blob, honouring one Range. */
MUST_CHECK enum err
http_send_file(struct http_ctx *c, const struct file_ref *f, bool attachment);

#endif
