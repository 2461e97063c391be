#ifndef PDFD_MUPDF_CONTEXT_H
#define PDFD_MUPDF_CONTEXT_H

#include "str.h"
#include "err.h"

#include <mupdf/fitz.h>

/* The context made by pdfd_warm(), inherited by every child. */
fz_context *
mupdf_context(void);
/* Opens the bytes; the caller drops both. */
MUST_CHECK enum err
mupdf_open(fz_context *ctx, struct str pdf, fz_document **ret);

#endif
