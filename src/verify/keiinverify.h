/* libkeiinverify: is a signed PDF still what was signed, by whom and when?
 *
 * It judges PAdES signatures and document timestamps (EN 319 142-1, ISO 32000-2 12.8) and whether a contract
 * and its 合意証明書 belong together. Everything happens in memory and offline: nothing is fetched, written
 * or printed.
 *
 * Threads: functions may be called at the same time from any number of threads. A result never changes once
 * it was made, so that threads may share it until it is freed.
 *
 * Memory: every text is UTF-8 with a NUL at its end, never NULL (empty when there is nothing to say), and
 * lives as long as its result. Text from the file has its control characters replaced by U+FFFD. One file
 * costs 1 GiB at most, whatever it holds; only where the system itself has no memory left, the process is
 * ended.
 *
 * Hostile files: sizes, depth and counts are bounded. What passes a bound is unreadable, never sound.
 *
 * Compatibility: within one soname, structures and enumerations only grow at their end. */
#ifndef KEIINVERIFY_H
#define KEIINVERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KEIINVERIFY_VERSION "0.1.0"

/* The version of the library that is loaded, such as "0.1.0". KEIINVERIFY_VERSION is that of this header. */
const char *
keiinverify_version(void);

enum keiinverify_error {
	KEIINVERIFY_OK,
	KEIINVERIFY_NO_ANCHOR, /* there is no certificate among the trust anchors */
	KEIINVERIFY_NO_MEMORY  /* nothing was judged */
};

enum keiinverify_verdict {
	KEIINVERIFY_SOUND,     /* every signature fits, and nothing but signatures was added */
	KEIINVERIFY_UNSOUND,   /* forged, changed, not signed, or something in it cannot be judged */
	KEIINVERIFY_UNREADABLE /* no PDF, broken, encrypted, or past a bound (64 MiB, 1,000 pages, ...) */
};

enum keiinverify_language { KEIINVERIFY_JAPANESE, KEIINVERIFY_ENGLISH, KEIINVERIFY_LANGUAGES };

enum keiinverify_kind {
	KEIINVERIFY_CERTIFICATION, /* says which later changes are allowed (ISO 32000-2 12.8.2.2) */
	KEIINVERIFY_APPROVAL,
	KEIINVERIFY_TIMESTAMP /* of the document (RFC 3161, EN 319 142-1 5.4.3) */
};

struct keiinverify_signature {
	enum keiinverify_kind kind;
	bool sound;
	bool trusted;                                   /* its chain of certificates ends in a given anchor */
	const char *problem[KEIINVERIFY_LANGUAGES];     /* the first; empty when sound */
	const char *followed_by[KEIINVERIFY_LANGUAGES]; /* what later revisions did */
	const char *field;                              /* its name in the form */
	const char *signer, *reason;                    /* as the file claims: /Name and /Reason */
	const char *certificate_subject, *certificate_issuer; /* RFC 2253 */
	const char *certificate_sha256;                       /* of the DER, hexadecimal */
	const char *level;       /* "B-B", "B-T", "B-LT", "B-LTA"; "DTS" of a document timestamp */
	const char *valid_until; /* when a document timestamp's certificate ends, ISO 8601 */
	int64_t claimed_ms;      /* /M, as the file claims; Unix time in milliseconds, 0 if none */
	int64_t timestamp_ms;    /* of the timestamp in it or over it (RFC 3161 genTime); 0 if none */
	size_t revision;         /* 1 = first; 0 when it covers none */
	size_t covered_bytes;    /* from the beginning of the file */
};

/* What was found out about one file. */
struct keiinverify;

/* Judges the n bytes of a file; they may be freed afterwards. trust_pem: NULL, or one or more certificates in
 * PEM; then every signature and timestamp has to lead to one of them. Without anchors "sound" says nothing
 * about who signed, since anybody can make certificates in any name. On KEIINVERIFY_OK *ret belongs to the
 * caller, who frees it; else it is not touched. Junk and forgeries are verdicts, not errors. */
enum keiinverify_error
keiinverify_check(const void *bytes, size_t n, const char *trust_pem, struct keiinverify **ret);
/* NULL is allowed. */
void
keiinverify_free(struct keiinverify *v);

enum keiinverify_verdict
keiinverify_verdict(const struct keiinverify *v);
/* The verdict and its reason in one plain sentence. */
const char *
keiinverify_sentence(const struct keiinverify *v, enum keiinverify_language language);
/* The whole result, as `keiin verify --json` writes it. */
const char *
keiinverify_json(const struct keiinverify *v);
/* Of the file, hexadecimal. */
const char *
keiinverify_sha256(const struct keiinverify *v);

/* In the order in which they were made. */
size_t
keiinverify_signatures_n(const struct keiinverify *v);
/* 0 = the first. NULL past the end. */
const struct keiinverify_signature *
keiinverify_signature(const struct keiinverify *v, size_t i);

/* What a reader should know although it makes no signature unsound: scripts, layers, attached files and the
 * like. */
size_t
keiinverify_remarks_n(const struct keiinverify *v);
/* In words; 0 = the first. NULL past the end. */
const char *
keiinverify_remark(const struct keiinverify *v, size_t i, enum keiinverify_language language);

/* The first that applies. */
enum keiinverify_pair_verdict {
	KEIINVERIFY_PAIR_FITS,
	KEIINVERIFY_PAIR_NO_CERTIFICATE, /* neither file is a 合意証明書 */
	KEIINVERIFY_PAIR_NO_CONTRACT,    /* both are */
	KEIINVERIFY_PAIR_CERTIFICATE_UNSOUND,
	KEIINVERIFY_PAIR_CONTRACT_UNSOUND,
	KEIINVERIFY_PAIR_OTHER_VERSION, /* the document ID fits, the bytes do not */
	KEIINVERIFY_PAIR_OTHER_CONTRACT
};

/* What was found out about a contract and a 合意証明書. */
struct keiinverify_pair;

/* Two files in either order; all else as for keiinverify_check(). */
enum keiinverify_error
keiinverify_pair_check(const void *first, size_t first_n, const void *second, size_t second_n,
    const char *trust_pem, struct keiinverify_pair **ret);
/* With what was found out about either file. NULL is allowed. */
void
keiinverify_pair_free(struct keiinverify_pair *p);

enum keiinverify_pair_verdict
keiinverify_pair_verdict(const struct keiinverify_pair *p);
const char *
keiinverify_pair_sentence(const struct keiinverify_pair *p, enum keiinverify_language language);
/* Either file by itself; they belong to the pair and are not freed. Where it cannot be told which file is
 * which, the first counts as the contract. */
const struct keiinverify *
keiinverify_pair_contract(const struct keiinverify_pair *p);
const struct keiinverify *
keiinverify_pair_certificate(const struct keiinverify_pair *p);

#ifdef __cplusplus
}
#endif

#endif
