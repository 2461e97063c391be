/* Errors: one enum for the whole product, generated from err.def.  OK is 0; every function that can fail
 * returns enum err and the compiler insists that it is looked at. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
	OK = 0,
#define ERR(code, family, http, api, ja, en) code,
#include "err.def"
#undef ERR
	ERR_COUNT
};

enum err_family { ERR_FAMILY_NONE, ERR_FAMILY_REFUSED, ERR_FAMILY_FAULT, ERR_FAMILY_BUG };

struct err_info {
	const char *name; /* "ERR_STALE" */
	enum err_family family;
	int http_status;
	const char *api; /* stable string for programs */
	const char *ja;
	const char *en;
};

/* What is known about an error; never NULL, also for OK and for numbers out of range (answered as ERR_BUG).
 */
const struct err_info *
err_info(enum err e);

#define MUST_CHECK __attribute__((warn_unused_result))
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Return from the calling function when the expression did not answer OK. */
#define TRY(expr)                                                                                            \
	do {                                                                                                 \
		enum err try_err_ = (expr);                                                                  \
		if (try_err_ != OK)                                                                          \
			return try_err_;                                                                     \
	} while (0)

/* A state that only a mistake of ours can reach: logged with its place; debug builds abort. */
#define BUG(what) err_bug(__FILE__, __LINE__, what)
enum err
err_bug(const char *file, int line, const char *what);

#endif
