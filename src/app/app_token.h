/* Links, sessions and codes. Only SHA-256 values of tokens are stored. */
#ifndef APP_APP_TOKEN_H
#define APP_APP_TOKEN_H

#include "app.h"

/* A link's token: made again from the ids whenever a mail is written, never kept. */
struct str
token_link(struct app *a, enum link_kind kind, struct str id, int64_t generation);
/* The keep link of the sending user. */
struct str
token_keep_sender(struct app *a, struct str envelope);
/* 256 random bits. */
struct str
token_random(struct arena *a);
struct str
token_hash(struct arena *a, struct str token);
/* Where a link leads: base_url/l/token. */
struct str
token_url(struct app *a, struct str token);
/* The six digits of a challenge; like links they are made when needed and never stored. */
struct str
token_code(struct app *a, struct str challenge);

#endif
