/* Port: the 合意証明書 as PDF (product.md section 4, blocks C1-C5; C6, C7, C9 where there is something to
 * say). Unsigned yet. */
#ifndef PORT_CERTIFICATE_H
#define PORT_CERTIFICATE_H

#include "arena.h"
#include "buf.h"

#include <stdint.h>

struct certificate_party {
	struct str role, order;                        /* 署名者, 1 */
	struct str sent_company, sent_name, sent_mail; /* as entered by the sender */
	struct str company, name, title, mail;         /* as entered or confirmed by the signer */
	struct str entry;                              /* メール / 締結用URL */
	struct str authentication; /* e.g. 署名依頼メールのリンク（1要素） */
	int64_t code_sent_ms, code_verified_ms, opened_ms, viewed_all_ms,
	    consented_ms; /* 0 = did not happen */
	struct str pages_viewed, ip, user_agent;
	struct str seal_method;  /* 作成 / アップロード / 手書き / なし */
	struct str impression;   /* inkan_encode() form or empty */
	struct str consent_text; /* the sentence shown */
	struct str event_hash;   /* hexadecimal */
};

struct certificate_line { /* history and delegations */
	int64_t at_ms;
	struct str what, who, detail;
};

struct certificate {
	struct str number, document_id, title, contract_number;
	struct str issuer, operator_url, seal_subject, seal_serial, seal_fingerprint, tsa_name;
	unsigned pages, version; /* 第n版 */
	struct str sent_sha256, concluded_sha256;
	size_t sent_bytes,
	    concluded_bytes; /* so many bytes from the beginning of the file: it grows at its end */
	struct certificate_line *files; /* submitted documents: what = name, who = by, detail = SHA-256 */
	size_t files_n;
	int64_t sent_ms, concluded_ms, issued_ms; /* concluded: TSA time */
	struct certificate_party *parties;
	size_t parties_n;
	struct certificate_line *delegations, *history;
	size_t delegations_n, history_n;
	struct str audit_head; /* hash of the audit chain at issue */
	struct str audit_json; /* attached as associated file */
};

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
