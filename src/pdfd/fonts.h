/* Which fonts look the same everywhere. */
#ifndef PDFD_FONTS_H
#define PDFD_FONTS_H

#include "handle.h"

/* Notes a font that is not embedded, but for the fourteen that every viewer has. ERR_PDF_ACTIVE: its program
 * is another file. */
MUST_CHECK enum err
note_font(qpdf_data q, qpdf_oh font, unsigned *notes);

#endif
