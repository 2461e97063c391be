/* A timestamp authority over HTTP on this machine, made of OpenSSL's responder, that can be told to
 * misbehave. */
#ifndef TEST_AUTHORITY_H
#define TEST_AUTHORITY_H

#include "scratch.h"

#include <stdint.h>

enum behaviour {
	GOOD,
	GOOD_ESS_V1,      /* names its certificate by SHA-1 (RFC 2634), as old authorities do */
	GOOD_BUT_FLIPPED, /* one bit of the answer is changed, see flip */
	WRONG_NONCE,
	NO_NONCE,
	WRONG_IMPRINT,
	WRONG_POLICY,  /* answers under its other policy, whatever was asked for */
	WRONG_PURPOSE, /* signed with the certificate for seals */
	WITHOUT_CERTIFICATES,
	LATE,  /* says it is two minutes earlier */
	EARLY, /* or later */
	REJECTED,
	REJECTED_WITH_TOKEN, /* a good token under a status that refuses */
	TRAILING_BYTES,
	TRUNCATED,
	GARBAGE,
	EMPTY,
	OVERSIZED, /* a body of more than a mebibyte */
	ENDLESS,   /* the same without a length, until the client hangs up */
	NOT_FOUND, /* 404 with a good answer */
	REDIRECT,
	SILENT /* reads the question and says nothing until the client hangs up */
};

struct authority {
	struct scratch *s;
	int listener;
	char url[64];
	/* of the next answer */
	enum behaviour behaviour;
	size_t flip; /* which bit; taken modulo the length of the answer */
	/* of the last question */
	char head[1024];
	unsigned char question[512];
	size_t question_n;
	bool answered;
};

bool
authority_open(struct authority *t, struct scratch *s);
void
authority_close(struct authority *t);
/* Takes one connection and behaves; for pthread_create. */
void *
authority_serve_one(void *authority);

#endif
