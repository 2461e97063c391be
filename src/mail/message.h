/* One mail as bytes: RFC 5322, MIME (RFC 2045 to 2047), UTF-8, multipart/alternative, Auto-Submitted (RFC
 * 3834). */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "buf.h"
#include "mailer.h"

/* A plain addr-spec (dot-atom @ domain) of at most 254 bytes: safe in a header and in an SMTP command. */
bool
message_address_ok(struct str address);
/* Lines end in CRLF, none is longer than 76 bytes but those whose address or id alone is; the same mail gives
 * the same bytes. Control characters in names and subject become spaces, so that nothing can add a header.
 * ERR_INVALID: text that is not UTF-8, an address or a message id that could be something else. */
MUST_CHECK enum err
message_build(struct arena *a, const struct mail *m, struct str from_address, struct buf *ret);

#endif
