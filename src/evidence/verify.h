/* Verification of signed PDFs, offline, by our own reader and whitelist; OpenSSL does the arithmetic. */
#ifndef EVIDENCE_VERIFY_H
#define EVIDENCE_VERIFY_H

#include "arena.h"

#include <stdint.h>

enum verdict {
	VERDICT_SOUND,
	VERDICT_UNSOUND,
	VERDICT_UNREADABLE
}; /* exit codes 0, 1, 2 of `keiin verify` */

/* How a problem begins that names what a later revision did. */
#define VERIFY_CHANGED "changed after signing: "

struct verified_signature {
	struct str field, kind;    /* kind: "certification", "approval", "timestamp" */
	struct str signer, reason; /* /Name and /Reason: what the platform states about the party */
	struct str certificate_subject, issuer, fingerprint_sha256;
	struct str claimed_time; /* /M as ISO 8601 */
	struct str timestamp; /* RFC 3161 genTime as ISO 8601, of the token in it or over it; empty if none */
	struct str level;     /* "B-B", "B-T", "B-LT", "B-LTA", or "DTS" of a document timestamp */
	struct str
	    valid_until; /* DTS: when its certificate ends, ISO 8601; the newest must be renewed before */
	int64_t claimed_ms, timestamp_ms; /* the same as numbers; 0 if none */
	bool has_own_timestamp;           /* in the signature itself, not only over it */
	size_t revision, covered_bytes;   /* 1 = first revision */
	struct str
	    followed_by; /* what later revisions did: "nothing", "signatures", "timestamps", or the offence */
	bool sound, trusted; /* trusted: chain ends in the given trust anchors */
	struct str problem;  /* empty when sound */
};

struct verification {
	enum verdict verdict;
	struct str problem; /* first problem in words */
	bool anchored;      /* anchors were given: every chain ends in one of them, or there is a problem */
	struct verified_signature *signatures;
	size_t signatures_n;
	size_t revisions, bytes;
	struct str sha256;
	struct str *remarks; /* what a reader should know although it makes nothing unsound; in words */
	size_t remarks_n;
};

/* ERR_INVALID when trust_pem holds no certificate. trust_pem: PEM text of trust anchors (then
 * every signature and timestamp must lead to one of them) or empty (then self-consistency is judged,
 * `trusted` stays false, and the report says that it does not know whose certificates they are). Answers OK
 * whenever a verdict could be formed, also for forgeries and junk. */
MUST_CHECK enum err
verify_pdf(struct arena *a, struct str bytes, struct str trust_pem, struct verification *ret);
/* The verdict in one plain sentence. */
struct str
verify_headline(struct arena *a, const struct verification *v, bool english);
/* A word of the verifier (kind, followed_by, problem, remark) in the reader's language; what is no such word
 * (text of the file) stays as it is. */
struct str
verify_words(struct arena *a, struct str s, bool english);
/* Text of the file without what could command a terminal or hide: control and formatting characters and bytes
 * that are no UTF-8 become U+FFFD. */
struct str
verify_plain(struct arena *a, struct str s);
/* A line for whoever gave no anchors: what was not checked, and how to have it checked. */
struct str
verify_advice(bool english);
/* Report for people (Japanese or English) and for programs (JSON). */
struct str
verify_report(struct arena *a, const struct verification *v, bool english);
struct str
verify_json(struct arena *a, const struct verification *v);

#endif
