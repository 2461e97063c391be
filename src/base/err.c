#include "err.h"
#include "log.h"

#include <stdlib.h>

#define REFUSED ERR_FAMILY_REFUSED
#define FAULT ERR_FAMILY_FAULT
#define BUGFAMILY ERR_FAMILY_BUG

static const struct err_info table[] = {
    [OK] = {"OK", ERR_FAMILY_NONE, 200, "ok", "", ""},
#undef BUG
#define BUG ERR_FAMILY_BUG
#define ERR(code, family, http, api, ja, en) [code] = {#code, family, http, api, ja, en},
#include "err.def"
#undef ERR
};

const struct err_info *
err_info(enum err e)
{
	if ((unsigned)e >= ERR_COUNT)
		e = ERR_BUG;
	return &table[e];
}

enum err
err_bug(const char *file, int line, const char *what)
{
	log_event(LOG_ERROR, "bug", "file=%s line=%d what=\"%s\"", file, line, what);
#ifdef KEIIN_DEBUG
	abort();
#endif
	return ERR_BUG;
}
