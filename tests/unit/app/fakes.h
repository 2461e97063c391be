/* Stand-ins for the sandbox, the keys, the certificate's drawing and the mail server, linked in place of the
 * real ones. */
#ifndef TEST_FAKES_H
#define TEST_FAKES_H

#include "certificate.h"
#include "mailer.h"

#include <stddef.h>

/* The n-th mail to this address whose subject holds the word, from the newest; NULL when there are fewer. */
const struct mail *
fake_mail(const char *to, const char *word, unsigned back);
size_t
fake_mails_n(const char *to, const char *word);
/* Mails to this address answer that error from now on; "" = none. */
void
fake_mail_refuse(const char *to, enum err e);
/* What the certificate of that title was last drawn from; NULL when it was not. Texts are copies. */
const struct certificate *
fake_certificate(struct str title);
/* How often the n-th kind of seal was asked for. */
enum fake_seal { FAKE_CERTIFY, FAKE_APPROVE, FAKE_TIMESTAMP, FAKE_ARCHIVE, FAKE_SEAL, FAKE_SEALS };
/* When archived files are to be renewed. */
void
fake_renew_at(int64_t ms);
unsigned
fake_seals(enum fake_seal kind);
/* The next n timestamps fail with ERR_TSA. */
void
fake_tsa_fail(unsigned n);
void
fakes_free(void);

#endif
