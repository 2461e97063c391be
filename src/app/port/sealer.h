/* Port: how a contract's PDF grows (evidence.md section 0). Implemented over evidence/ by proc/sealer.c, in
 * the role jobs only. */
#ifndef PORT_SEALER_H
#define PORT_SEALER_H

#include "buf.h"
#include "sha256_prefix.h"

struct sealer;

struct seal_place {
	struct str field; /* "kp-<participant position>-<n>" */
	unsigned page;
	double x_mm, y_mm, w_mm, h_mm; /* w_mm 0: an invisible field */
};

struct seal_approval {
	struct str field;      /* as made at certification */
	struct str impression; /* inkan_encode() form; empty = none */
	struct str name;       /* the participant */
	struct str reason;     /* 合意 + mail + how authenticated */
	int64_t at_ms;         /* time of consent */
};

/* R0: certification signature (DocMDP P=2) over the empty fields. *file grows by one revision, or stays as it
 * was on error. */
MUST_CHECK enum err
sealer_certify(struct sealer *s, struct str job, const struct seal_place *places, size_t n, int64_t at_ms,
    struct buf *file);
/* R1..Rn: one approval signature. hashed: of a beginning of *file, {0} at first; given from one to the next,
 * no byte is hashed twice. */
MUST_CHECK enum err
sealer_approve(struct sealer *s, struct str job, const struct seal_approval *what,
    struct sha256_prefix *hashed, struct buf *file);
/* Rc: document timestamp; hashed as above. authority: the one that is to make it, or empty: the first that
 * can. ERR_TSA: try again later. */
struct seal_stamp {
	int64_t time_ms; /* genTime */
	struct str by;   /* who made it, as its certificate says */
};
MUST_CHECK enum err
sealer_timestamp(struct sealer *s, struct str job, struct str authority, struct sha256_prefix *hashed,
    struct buf *file, struct arena *a, struct seal_stamp *ret);
/* Rl, Rk, first: what is needed to judge every signature and timestamp in the file, as of now. ERR_TSA: an
 * authority does not say yet what is needed, try again later; ERR_CONFIG: the root's key, which signs the
 * lists of revoked certificates, is not there. */
MUST_CHECK enum err
sealer_material(struct sealer *s, struct str job, struct buf *file);
/* Rl, Rk, then: a document timestamp over that (B-LTA). ret_renew_ms: when this has to be done again, well
 * before the timestamp's certificate ends. ERR_TSA: try again later. */
MUST_CHECK enum err
sealer_archive(
    struct sealer *s, struct str job, struct str authority, struct buf *file, int64_t *ret_renew_ms);
/* A document of our own (the certificate): one B-T signature. */
MUST_CHECK enum err
sealer_seal(struct sealer *s, struct str job, struct str authority, struct str reason, int64_t at_ms,
    struct buf *file);
/* A detached CAdES-B-T signature over a text, DER: `openssl cms -verify -content TEXT` reads it, too.
 * ERR_TSA. */
MUST_CHECK enum err
sealer_note(struct sealer *s, struct str job, struct str text, struct arena *a, struct str *ret);
/* A signature or timestamp in a file that this sealer made, as the file says: nothing is verified. */
enum seal_mark_kind { SEAL_MARK_CERTIFICATION, SEAL_MARK_APPROVAL, SEAL_MARK_TIMESTAMP };
struct seal_mark {
	enum seal_mark_kind kind;
	struct str field, signer;
	struct str level, digest; /* "B-B", "B-T"; "RFC 3161" of a timestamp; "SHA-256" */
	int64_t at_ms;            /* /M of a signature, genTime (RFC 3161 2.4.2) of a timestamp */
	struct str tsa,
	    serial; /* of the timestamp in it or that it is: the authority's name, the token's number */
	struct str certificate; /* SHA-256 of the signer's, hexadecimal */
};
/* Oldest first. */
MUST_CHECK enum err
sealer_marks(struct arena *a, struct str file, struct seal_mark **ret, size_t *ret_n);
/* For the certificate's block C1. */
struct sealer_identity {
	struct str subject, serial, fingerprint_sha256;
};
MUST_CHECK enum err
sealer_identity(struct sealer *s, struct arena *a, struct sealer_identity *ret);

#endif
