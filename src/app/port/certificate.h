/* Port: the 合意証明書 as PDF (product.md section 4, blocks C1 to C9 and C11). Unsigned yet. */
#ifndef PORT_CERTIFICATE_H
#define PORT_CERTIFICATE_H

#include "arena.h"
#include "buf.h"

#include <stdint.h>

/* What is printed beside the values; BOTH is Japanese with English beneath it. */
enum certificate_language { CERTIFICATE_JA, CERTIFICATE_EN, CERTIFICATE_BOTH };
/* "ja", "en", "both"; false for anything else. */
bool
certificate_language_read(struct str name, enum certificate_language *ret);

/* The platform's own words, where values are not what somebody wrote. */
struct certificate_words {
	struct str ja, en;
};

struct certificate_party {
	struct certificate_words role;                 /* 署名者 */
	struct str order;                              /* 1 */
	struct str sent_company, sent_name, sent_mail; /* as entered by the sender */
	struct str company, name, title, mail;         /* as entered or confirmed by the signer */
	struct certificate_words entry;                /* メール / 締結用URL */
	struct certificate_words authentication; /* e.g. 署名依頼メールのリンク（1要素） */
	int64_t code_sent_ms, code_verified_ms, opened_ms, viewed_all_ms,
	    consented_ms; /* 0 = did not happen */
	struct certificate_words pages_viewed;
	struct str ip, user_agent;
	struct certificate_words seal_method; /* 作成 / アップロード / 手書き / なし */
	struct str impression;                /* inkan_encode() form or empty */
	struct str consent_text;              /* the sentence shown */
	struct str event_hash;                /* hexadecimal */
};

/* History, mails, submitted documents. */
struct certificate_line {
	int64_t at_ms;
	struct certificate_words what;
	struct str who, detail;
};

struct certificate_delegation {
	int64_t at_ms;
	struct str from, to, reason;
	struct certificate_words authentication; /* of who handed it on */
};

/* A signature or timestamp of the concluded contract. */
struct certificate_seal {
	struct certificate_words kind;
	struct str field, signer, level, digest;   /* kp-1-1, 株式会社…, B-T, SHA-256 */
	int64_t at_ms;                             /* of a timestamp genTime, of a signature its claim */
	struct str tsa, token_serial, certificate; /* certificate: SHA-256 of the signer's */
};

struct certificate {
	enum certificate_language language;
	struct str number, document_id, title, contract_number, sender;
	struct str issuer, operator_url, qr_url, seal_subject, seal_serial, seal_fingerprint, tsa_name;
	unsigned pages, version; /* 第n版 */
	struct str sent_sha256, concluded_sha256;
	size_t sent_bytes,
	    concluded_bytes; /* so many bytes from the beginning of the file: it grows at its end */
	struct certificate_line *files; /* submitted documents: what = name, who = by, detail = SHA-256 */
	size_t files_n;
	int64_t sent_ms, concluded_ms, issued_ms; /* concluded: TSA time */
	struct certificate_party *parties;
	size_t parties_n;
	struct certificate_delegation *delegations;
	size_t delegations_n;
	struct certificate_line *history, *mails;
	size_t history_n, mails_n;
	struct certificate_seal *seals;
	size_t seals_n;
	struct str audit_head; /* hash of the audit chain at issue */
	size_t audit_n;        /* events up to there */
	/* the newest checkpoint of the log of all events; size 0: none yet */
	int64_t checkpoint_ms, checkpoint_size;
	struct str checkpoint_root;
	struct str audit_json; /* attached as associated file: docs/certificate-json.md */
};

/* Characters that no typeface has are written out in values, as [U+1F600]. ERR_GLYPH: not even that could be
 * drawn; the log names character and field. */
MUST_CHECK enum err
certificate_draw(struct arena *a, const struct certificate *c, struct buf *ret);

/* The sample contract of three pages (第1条 ... 甲・乙), for 「サンプル契約書で試す」; ret_x/y: where 甲 and
 * 乙 stamp on page 3. */
struct sample_place {
	unsigned page;
	double x_mm, y_mm; /* the middle of ㊞, from the top left corner */
};
MUST_CHECK enum err
sample_contract_draw(struct arena *a, struct str company_ko, struct str company_otsu, struct buf *ret,
    struct sample_place ret_places[2]);

#endif
