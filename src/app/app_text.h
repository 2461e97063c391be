/* Text from forms, checked; and small pieces of text that are kept in the database. */
#ifndef APP_APP_TEXT_H
#define APP_APP_TEXT_H

#include "app.h"

enum { TITLE_MAX = 200, NAME_MAX = 100, MESSAGE_MAX = 2000, REASON_MAX = 2000 };

/* Adds a fault and answers ERR_INVALID. */
enum err
fault_add(struct faults *f, struct str field, const char *ja, const char *en);
/* One line; a fault on the field when it is not fit to keep, or empty although needed. *ret is empty then. */
void
check_line(struct app *a, struct faults *f, struct str field, struct str s, size_t max, bool needed,
    struct str *ret);
void
check_text(struct app *a, struct faults *f, struct str field, struct str s, size_t max, struct str *ret);
void
check_mail(struct app *a, struct faults *f, struct str field, struct str s, struct str *ret);
/* OK, or ERR_INVALID when there are faults. */
MUST_CHECK enum err
faults_result(const struct faults *f);

/* What was uploaded under this name: the last part of a path, checked; otherwise fallback. */
struct str
file_name_clean(struct arena *a, struct str name, struct str fallback);

/* "page x y size;" and back. Damaged text gives the places before the damage. */
struct str
places_encode(struct arena *a, const struct place *p, unsigned n);
unsigned
places_decode(struct str s, struct place ret[PLACES_MAX]);
/* "width height" a line, and back. */
struct str
sizes_encode(struct arena *a, const struct document_page *p, unsigned n);
void
sizes_decode(struct arena *a, struct str s, unsigned n, double **ret_width_mm, double **ret_height_mm);

/* "株式会社○○ 山田 太郎", without the part that is empty. */
struct str
who_words(struct arena *a, struct str company, struct str name);
/* What the audit trail's detail tells a reader: digests and ids are for programs, who find them in the export
 * and in the certificate's JSON. */
struct str
audit_detail(struct str event, struct str detail);
/* Lower-case hexadecimal to a digest. ERR_BUG when it is none: such text comes from our own database. */
MUST_CHECK enum err
digest_read(struct str hex, struct sha256 *ret);

#endif
