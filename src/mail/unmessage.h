/* Reads back the mails that message.c writes; anything else gives ERR_INVALID or empty fields, never a fault.
 */
#ifndef MAIL_UNMESSAGE_H
#define MAIL_UNMESSAGE_H

#include "arena.h"

/* The decoded text of a header; empty when there is none. */
MUST_CHECK enum err
unmessage_header(struct arena *a, struct str mail, struct str name, struct str *ret);
/* The decoded part of a type ("text/plain"), with LF. */
MUST_CHECK enum err
unmessage_part(struct arena *a, struct str mail, struct str type, struct str *ret);

#endif
