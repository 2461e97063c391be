/* DER (X.690): what we write of it. Every function answers a whole encoded value in the arena. */
#ifndef EVIDENCE_DER_H
#define EVIDENCE_DER_H

#include "arena.h"

#include <stdint.h>

enum der_tag {
	DER_INTEGER = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0A,
	DER_UTF8 = 0x0C,
	DER_TIME = 0x18,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xA0, /* constructed [0] */
	DER_CONTEXT_1 = 0xA1,
	DER_CONTEXT_2 = 0xA2
};

/* The parts, in this order, under one tag. */
struct str
der_wrap(struct arena *a, enum der_tag tag, const struct str *parts, size_t n);
#define DER(a, tag, ...)                                                                                     \
	der_wrap((a), (tag), (const struct str[]){__VA_ARGS__},                                              \
	    sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))
/* SET OF: the parts in ascending order of their bytes (X.690 11.6). At most 8. */
struct str
der_set_of(struct arena *a, enum der_tag tag, const struct str *parts, size_t n);
/* Unsigned big-endian bytes as INTEGER. */
struct str
der_integer(struct arena *a, struct str bytes);
struct str
der_small(struct arena *a, unsigned char v);
/* GeneralizedTime in UTC with milliseconds, no trailing zeros (RFC 3161 2.4.2). */
struct str
der_time(struct arena *a, int64_t ms);

#endif
