/* Reads the path operators an impression is kept as. What is read may be hostile. */
#ifndef INKAN_PATH_H
#define INKAN_PATH_H

#include "err.h"
#include "str.h"

enum { PATH_BYTES_MAX = 96 * 1024, PATH_OPERATORS_MAX = 12000 };

struct path_op {
	char op; /* m l c h f; 0 at the end */
	double v[6];
};

/* Takes the next operator off *s. ERR_INVALID on anything but plain numbers and m, l, c, h, f with their
 * operands. */
MUST_CHECK enum err
path_next(struct str *s, struct path_op *ret);
/* A whole path: begins with m, ends with its only f, every coordinate within reach of the page, bounded. */
MUST_CHECK enum err
path_check(struct str s, double width_mm, double height_mm);

#endif
