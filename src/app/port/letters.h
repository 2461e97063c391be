/* Port: what the mails say (screens.md section 6). Pure text making; implemented by src/mail. */
#ifndef PORT_LETTERS_H
#define PORT_LETTERS_H

#include "mailer.h"

enum letter_kind {
	LETTER_REQUEST,        /* 1 【署名依頼】 with 「確認する」 */
	LETTER_CODE,           /* 2 【認証コード】 */
	LETTER_RETURNED,       /* 4 【差し戻し】 to the sender */
	LETTER_RETURN_RECEIPT, /* 5 to the signer who returned */
	LETTER_REVISED,        /* 6 【修正版】 with 「確認する」 */
	LETTER_FORWARDED,      /* 7 to the new signer */
	LETTER_FORWARD_NOTICE, /* 8 to the sender */
	LETTER_SIGNED,         /* 9 to the sender */
	LETTER_COMPLETED,      /* 10 【締結完了】 to all */
	LETTER_WITHDRAWN,      /* 11 */
	LETTER_RESEND          /* 17 */
};

/* The facts a letter may need; those that do not apply are empty. */
struct letter {
	enum letter_kind kind;
	struct str product_name, base_url;
	struct str title, message, document_id;
	struct str sender_company, sender_name, sender_mail;
	struct str to_company, to_name, to_mail;
	struct str who,
	    who_before; /* the party this is about (乙 山田 太郎 様); before: whom it was forwarded from */
	struct str reason, code, url; /* url: the button's target, complete */
	struct str guide_url;         /* the counterparties' guide */
	struct str *parties;          /* 締結完了: company and name of each */
	unsigned parties_n, done_n, total_n, version;
	int64_t concluded_ms, at_ms;
	bool english;
};

/* Fills subject, text and html (and from_name, to_*, reply_to*, language) of ret; message_id and at_ms are
 * the caller's. */
MUST_CHECK enum err
letter_compose(struct arena *a, const struct letter *l, struct mail *ret);

#endif
