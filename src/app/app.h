/* The use cases of Keiin: what pages, the API and jobs may ask for.  One use case a file.  Every change of
 * state is one transaction holding the compare-and-swap, its audit row and its job rows; it answers after
 * COMMIT.  Views change nothing. All text from outside is checked here (utf8_line and friends); results live
 * in a->arena. */
#ifndef APP_APP_H
#define APP_APP_H

#include "arena.h"
#include "authority.h"
#include "blob.h"
#include "certificate.h"
#include "documents.h"
#include "envelope.h"
#include "mailer.h"
#include "outbox.h"
#include "package.h"
#include "participant.h"
#include "sealer.h"
#include "store.h"

#include <stdint.h>

struct app_config {
	struct str base_url;         /* "https://localhost:8443", no slash at the end */
	struct str product_name;     /* 契印 Keiin */
	struct str mail_from;        /* no-reply@... */
	int64_t archive_after_ms;    /* from the conclusion to the archive timestamp */
	int64_t checkpoint_every_ms; /* of the log of all events */
	int64_t timestamp_alarm_ms;  /* a conclusion that waits longer for its timestamp is told of loudly */
	struct str root_pem;         /* certificate of the platform's own root */
	enum certificate_language certificate_language;
	const char *temp_dir;       /* for files without a name */
	unsigned char link_key[32]; /* links are HMACs under this key: the database holds only their hashes */
};

struct origin {                              /* who is at the other end, for the audit trail */
	struct str ip, user_agent, language; /* "ja" or "en" */
};

struct app {
	struct store *store;
	struct blobs *blobs;
	struct pdfd *documents;
	struct sealer *sealer;       /* role jobs only */
	struct mailer *mailer;       /* role jobs only */
	struct authority *authority; /* role web only */
	struct outbox *outbox;       /* NULL when mails are really sent */
	const struct app_config *config;
	struct arena *arena;
	int64_t now_ms;
	struct origin origin;
	void (*kick)(
	    void *self); /* wakes the role jobs; called by use cases after a commit that added jobs */
	void *kick_self;
};

/* Which field of a form was wrong, for the error summary. Filled by use cases that answer ERR_INVALID. */
struct field_fault {
	struct str field, message_ja, message_en;
};
struct faults {
	struct field_fault v[16];
	unsigned n;
};

/* ---- first run, users, sessions (app/setup.c, app/login.c) ---- */
struct user {
	struct str id, organisation, name, mail;
};
MUST_CHECK enum err
app_setup_needed(struct app *a, bool *ret);
struct setup_cmd {
	struct str organisation, name, mail, password; /* password: 10 to 256 bytes */
};
MUST_CHECK enum err
app_setup(struct app *a, const struct setup_cmd *cmd, struct faults *faults);
/* 5 wrong tries on one address lock it for 15 minutes (ERR_LOCKED). ret_token goes into the cookie; the
 * database keeps its hash. */
MUST_CHECK enum err
app_login(struct app *a, struct str mail, struct str password, struct str *ret_token);
/* ERR_LOGIN when unknown, idle for 30 min or older than 12 h. */
MUST_CHECK enum err
app_session(struct app *a, struct str token, struct user *ret);
MUST_CHECK enum err
app_logout(struct app *a, struct str token);

/* ---- the sender's side (app/envelope_*.c) ---- */
struct str
app_state_label(enum envelope_state s,
    bool english); /* 下書き 送信準備中 先方確認中 署名中 締結処理中 締結済 差し戻し 差し替え済み 取消 */

struct place {
	unsigned page; /* 1 = first */
	double x_mm, y_mm, size_mm;
};
enum {
	PARTICIPANTS_MAX = 10,
	PLACES_MAX = 8,
	REQUESTS_MAX = 10,
	PARTICIPANT_ROWS_MAX = 30
}; /* rows: with those who forwarded */
struct document_request {
	struct str id, name, note;
	bool required;
};
struct draft_participant {
	struct str company, name, mail;
	unsigned order; /* equal numbers sign in parallel; lower ones first */
	unsigned entry; /* ENTRY_MAIL | ENTRY_URL */
	bool seal_required, handwriting_allowed;
	struct place places[PLACES_MAX];
	unsigned places_n;
	struct document_request requests[REQUESTS_MAX];
	unsigned requests_n;
};

/* A PDF becomes a draft; the file name is its first title. Intake errors as documents_intake(). */
MUST_CHECK enum err
app_draft_create(
    struct app *a, const struct user *u, struct str file_name, struct str pdf, struct str *ret_envelope);
/* 「サンプル契約書で試す」: three pages, two participants (the user; and a second one at the user's address),
 * ready to send. */
MUST_CHECK enum err
app_draft_sample(struct app *a, const struct user *u, struct str *ret_envelope);
struct draft_cmd {
	struct str envelope, title, message;
	struct draft_participant *participants;
	unsigned participants_n;
};
MUST_CHECK enum err
app_draft_save(struct app *a, const struct user *u, const struct draft_cmd *cmd, struct faults *faults);
/* Draft -> preparing, with the job that certifies R0 and then notifies. ERR_INVALID + faults when something
 * is missing. */
MUST_CHECK enum err
app_envelope_send(struct app *a, const struct user *u, struct str envelope, struct faults *faults);
/* 差し戻し -> 第n+1版: a new draft in the same thread with the same participants and places, from a new PDF.
 */
MUST_CHECK enum err
app_envelope_revise(struct app *a, const struct user *u, struct str envelope, struct str file_name,
    struct str pdf, struct str *ret_envelope);
MUST_CHECK enum err
app_envelope_withdraw(struct app *a, const struct user *u, struct str envelope, struct str reason);

struct envelope_row {
	struct str id, title, counterparties; /* "株式会社○○ 山田 様、…" */
	enum envelope_state state;
	unsigned version, confirmed_n, participants_n;
	bool awaits_timestamp, timestamp_late;
	int64_t updated_ms;
};
struct envelope_list {
	struct envelope_row *rows;
	size_t n;
	struct str next; /* cursor of the next page, empty at the end */
};
/* Newest first, 50 a page; superseded versions are left out. */
MUST_CHECK enum err
app_envelope_list(struct app *a, const struct user *u, struct str after, struct envelope_list *ret);

struct timeline_row {
	int64_t at_ms;
	struct str what_ja, what_en, who, detail, ip;
};
struct submission {
	struct str id, name, file_name, sha256;
	size_t size;
	int64_t at_ms;
};
struct participant_view {
	struct str id;
	unsigned position; /* 1.. in the envelope */
	struct draft_participant draft;
	enum participant_state state;
	struct str state_ja, state_en;
	struct str shared_url; /* 締結用URL, only if ENTRY_URL and sent */
	struct str signer_company, signer_title, signer_name,
	    signer_mail;                         /* as entered by the signer, else empty */
	struct str forwarded_to, forwarded_from; /* names, empty if not */
	struct submission *submissions;
	size_t submissions_n;
	struct str mail_problem; /* why the request did not arrive, empty if fine */
};
struct envelope_view {
	struct str id, title, message, document_id; /* document id printed in the footer */
	enum envelope_state state;
	unsigned version, pages;
	double *page_width_mm, *page_height_mm; /* pages of them */
	unsigned notes;                         /* of what intake removed: bits 1 << enum document_note */
	struct str document_sha256, concluded_sha256;               /* hexadecimal, empty until there */
	struct participant_view participants[PARTICIPANT_ROWS_MAX]; /* forwarded ones stay */
	unsigned participants_n;
	struct timeline_row *timeline;
	size_t timeline_n;
	struct str return_reason, returned_by; /* 差し戻し */
	struct str superseded_by;              /* envelope id */
	struct str problem_ja, problem_en;     /* a job that is stuck, in words */
	struct place proposed;                 /* sensible default place for the last participant */
	int64_t created_ms, sent_ms, concluded_ms;
	bool downloadable, certificate_ready, package_ready; /* package: 証拠一式 */
	bool awaits_timestamp; /* no authority has answered yet; everything else is done */
	bool timestamp_late;   /* for so long that the administrator should look */
};
/* ERR_NOT_FOUND also for other organisations' envelopes. */
MUST_CHECK enum err
app_envelope_view(struct app *a, const struct user *u, struct str envelope, struct envelope_view *ret);
/* Page image of the newest revision before conclusion (the bytes that are agreed to). Cached by content. */
MUST_CHECK enum err
app_envelope_page(struct app *a, const struct user *u, struct str envelope, unsigned page, unsigned width_px,
    struct str *ret_png);
/* 証拠一式, with the first checkpoint of the log that holds all its events. ERR_WRONG_STATE while there is
 * none, or no certificate yet. The caller closes it (app/package_make.c). */
MUST_CHECK enum err
app_envelope_package(struct app *a, const struct user *u, struct str envelope, struct package *ret);
/* The ZIP file with this guide, in a file without a name; the caller closes it. */
MUST_CHECK enum err
app_package_file(struct app *a, const struct package *p, struct str guide, int *ret_fd, size_t *ret_size);
void
app_package_close(struct package *p);
enum download { DOWNLOAD_CONTRACT, DOWNLOAD_CERTIFICATE };
struct file_ref {
	struct sha256 blob;
	struct str file_name, mime; /* file_name UTF-8, for RFC 6266; the size is the blob's */
};
MUST_CHECK enum err
app_envelope_download(
    struct app *a, const struct user *u, struct str envelope, enum download what, struct file_ref *ret);
MUST_CHECK enum err
app_submission_download(struct app *a, const struct user *u, struct str submission, struct file_ref *ret);

/* 契約書を検証: for anybody, about any file; nothing of it is kept. */
enum verify_issuer {
	VERIFY_ISSUER_UNKNOWN, /* sound in itself: whose certificates they are was not checked */
	VERIFY_ISSUER_OURS,    /* every signature leads to this installation's root */
	VERIFY_ISSUER_GIVEN    /* ... to the certificates the reader gave */
};
struct verify_view {
	struct document_verdict verdict;
	enum verify_issuer issuer;     /* of a sound file */
	bool known, known_certificate; /* byte for byte a file that this installation issued: a contract, or a
	                                  certificate */
};
/* anchors_pem: the reader's own trust anchors, or empty. ERR_INVALID: there is no certificate in them;
 * ERR_NOT_PDF: there is no file. */
MUST_CHECK enum err
app_verify(struct app *a, struct str pdf, struct str anchors_pem, bool english, struct verify_view *ret);

/* A contract and its certificate, in either order: whether they belong together. Errors as app_verify(). */
struct verify_pair_view {
	bool fits, swapped;        /* swapped: the first file is the certificate */
	enum verify_issuer issuer; /* of both, when they fit */
	struct str sentence, document_id;
	struct verify_view contract, certificate;
};
MUST_CHECK enum err
app_verify_pair(struct app *a, struct str first, struct str second, struct str anchors_pem, bool english,
    struct verify_pair_view *ret);
/* Whether this SHA-256 (hexadecimal) is that of a contract concluded here, in any form it had. */
MUST_CHECK enum err
app_verify_known(struct app *a, struct str sha256, bool *ret);

/* ---- 一括検証 (app/bulk_verify*.c) ---- */
enum bulk_verify_state { BULK_VERIFY_RUNNING, BULK_VERIFY_DONE, BULK_VERIFY_CANCELLED };
struct bulk_verify_run {
	struct str id;
	int64_t from_ms, to_ms; /* days in Japan, both within the period */
	int64_t created_ms, ended_ms;
	enum bulk_verify_state state;
	unsigned total, done, problems; /* contracts */
};
struct bulk_verify_problem {
	struct str envelope, title, counterparties, problem;
	int64_t concluded_ms;
	bool is_certificate;
};
struct bulk_verify_view {
	struct bulk_verify_run run;
	struct bulk_verify_problem *problems; /* the first of them */
	size_t problems_n;
};
struct bulk_verify_cmd {
	struct str from, to; /* "2026-11-25" */
};
/* Every contract concluded in the period and its certificate are judged in the background. */
MUST_CHECK enum err
app_bulk_verify_start(struct app *a, const struct user *u, const struct bulk_verify_cmd *cmd,
    struct faults *faults, struct str *ret_id);
/* Newest first. */
MUST_CHECK enum err
app_bulk_verify_list(struct app *a, const struct user *u, struct bulk_verify_run **ret, size_t *ret_n);
/* ERR_NOT_FOUND also for other organisations' runs; so below. */
MUST_CHECK enum err
app_bulk_verify_view(struct app *a, const struct user *u, struct str id, struct bulk_verify_view *ret);
/* Of a run that has ended nothing changes. */
MUST_CHECK enum err
app_bulk_verify_cancel(struct app *a, const struct user *u, struct str id);
/* The CSV file, or the sealed PDF. ERR_WRONG_STATE before the end. */
MUST_CHECK enum err
app_bulk_verify_file(struct app *a, const struct user *u, struct str id, bool csv, struct file_ref *ret);

/* Local outbox: what would have been mailed, until SMTP is configured. */
MUST_CHECK enum err
app_outbox_list(struct app *a, const struct user *u, struct outbox_row **ret, size_t *ret_n);
MUST_CHECK enum err
app_outbox_mail(struct app *a, const struct user *u, struct str id, struct outbox_mail *ret);

/* ---- the signer's side (app/sign_*.c) ---- */
enum link_kind { LINK_MAIL, LINK_SHARED, LINK_KEEP };
struct link_view { /* the landing page: nothing of the contract but its title and sender */
	enum link_kind kind;
	struct str title, sender_company, sender_name, message;
	struct str participant_name; /* LINK_MAIL */
	enum err blocked; /* OK, or why it cannot be opened: ERR_RETURNED, ERR_SUPERSEDED, ERR_DELEGATED,
	                     ERR_NOT_YOUR_TURN, ERR_WRONG_STATE */
	bool concluded;   /* everything is done: the link leads to the keep page */
	unsigned version;
};
/* GET of a link: changes nothing. ERR_NOT_FOUND for unknown tokens. */
MUST_CHECK enum err
app_link_view(struct app *a, struct str token, struct link_view *ret);
/* 「契約書を開く」 on a mail link: a signer session (token for the cookie). Records the opening. */
MUST_CHECK enum err
app_link_open(struct app *a, struct str token, struct str *ret_session);
struct identify_cmd {
	struct str company, title, name, mail;
};
/* Shared link: who are you -> a code is mailed. ret_challenge goes into the cookie/form. Resend: call again
 * (60 s apart, ERR_RATE). */
MUST_CHECK enum err
app_code_request(struct app *a, struct str token, const struct identify_cmd *cmd, struct faults *faults,
    struct str *ret_challenge);
/* 6 digits (full-width and spaces forgiven), 10 min, 5 tries counted before comparing. ret_left: tries left.
 */
MUST_CHECK enum err
app_code_verify(struct app *a, struct str token, struct str challenge, struct str code,
    struct str *ret_session, unsigned *ret_left);
/* challenge -> the masked address and when a resend is possible; for the code page. */
struct challenge_view {
	struct str mail;
	int64_t resend_at_ms, expires_ms;
};
MUST_CHECK enum err
app_code_view(struct app *a, struct str token, struct str challenge, struct challenge_view *ret);

struct sign_view {
	struct str envelope, participant, title, message, sender_company, sender_name, document_id,
	    document_sha256;
	unsigned version, pages;
	double *page_width_mm, *page_height_mm; /* pages of them */
	struct str company, signer_title, name,
	    mail; /* as recorded: the signer's own words if entered, else the sender's */
	struct str authentication_ja, authentication_en;
	bool has_documents_step, has_seal_step, handwriting_allowed, seen_all;
	enum sign_step reached; /* furthest step that may be shown */
	struct document_request requests[REQUESTS_MAX];
	struct submission submitted[REQUESTS_MAX]; /* by request; empty id = none yet */
	unsigned requests_n;
	struct place places[PLACES_MAX];
	unsigned places_n;
	struct str seal;        /* inkan_encode() form of the chosen impression, empty = none yet */
	struct str seal_method; /* "text", "image", "ink" */
	struct str seal_text;   /* what was typed */
	unsigned seal_face;     /* enum inkan_face */
	struct str consent_ja, consent_en; /* the sentence agreed to with 締結を確定 */
	unsigned confirmed_n, participants_n;
	bool confirmed, concluded; /* this signer; everybody */
	bool awaits_timestamp;     /* everybody has agreed, and no authority has answered yet */
	struct str return_reason;
};
/* ERR_LOGIN unknown or old session; ERR_RETURNED, ERR_SUPERSEDED, ERR_DELEGATED when the road ended
 * meanwhile. */
MUST_CHECK enum err
app_sign_view(struct app *a, struct str session, struct sign_view *ret);
MUST_CHECK enum err
app_sign_page(struct app *a, struct str session, unsigned page, unsigned width_px, struct str *ret_png);
MUST_CHECK enum err
app_sign_pdf(struct app *a, struct str session, struct file_ref *ret); /* R0: PDFで開く */
MUST_CHECK enum err
app_sign_text(struct app *a, struct str session, unsigned page, struct str *ret_text); /* 文字で読む */
MUST_CHECK enum err
app_sign_seen_all(struct app *a, struct str session); /* すべて見る */
MUST_CHECK enum err
app_sign_reviewed(struct app *a, struct str session); /* 次へ */
MUST_CHECK enum err
app_sign_return(
    struct app *a, struct str session, struct str reason); /* 差し戻し: 1..2,000 characters, not blank */
struct forward_cmd {
	struct str company, name, mail, mail_again, message;
	bool authority; /* 「適切な署名権限者であることを確認しました」 */
};
/* 転送 by a signer in a session, or (session empty) by whoever holds a shared link that is not used yet. */
MUST_CHECK enum err
app_sign_forward(struct app *a, struct str session, struct str shared_token, const struct forward_cmd *cmd,
    struct faults *faults);
/* PDF, JPEG, PNG up to 10 MB; replaces an earlier one for the request. */
MUST_CHECK enum err
app_sign_submit(
    struct app *a, struct str session, struct str request, struct str file_name, struct str bytes);
MUST_CHECK enum err
app_sign_unsubmit(struct app *a, struct str session, struct str request);
MUST_CHECK enum err
app_sign_documents_done(struct app *a, struct str session); /* ERR_DOCUMENT_MISSING */
/* seal: inkan_encode() form; method "text", "image", "ink" ("ink" only if allowed: ERR_FORBIDDEN). */
MUST_CHECK enum err
app_sign_seal(
    struct app *a, struct str session, struct str seal, struct str method, struct str text, unsigned face);
/* 締結を確定, the single act of consent; document_sha256 as shown. Pressing again answers the same and
 * changes nothing. ret_concluded: this was (or had been) the last one. */
MUST_CHECK enum err
app_sign_confirm(struct app *a, struct str session, struct str document_sha256, bool *ret_concluded);

struct keep_view {
	struct str title, document_id, sender_company, concluded_sha256, document_sha256;
	unsigned pages;
	double *page_width_mm, *page_height_mm; /* pages of them */
	int64_t concluded_ms;
	struct str parties[PARTICIPANTS_MAX]; /* "株式会社○○　山田 太郎" */
	unsigned parties_n;
	bool contract_ready, certificate_ready, package_ready, awaits_timestamp;
	unsigned confirmed_n, participants_n;
};
/* By the keep link in 【締結完了】 (token) or by a signer session that has confirmed. Never expires. */
MUST_CHECK enum err
app_keep_view(struct app *a, struct str token, struct str session, struct keep_view *ret);
MUST_CHECK enum err
app_keep_page(struct app *a, struct str token, struct str session, unsigned page, unsigned width_px,
    struct str *ret_png);
MUST_CHECK enum err
app_keep_download(
    struct app *a, struct str token, struct str session, enum download what, struct file_ref *ret);
MUST_CHECK enum err
app_keep_package(struct app *a, struct str token, struct str session, struct package *ret);
/* 「リンクを再送」: mails the links of concluded contracts to that address if it is a party's; always answers
 * OK. */
MUST_CHECK enum err
app_keep_resend(struct app *a, struct str mail);

/* ---- jobs (app/job_*.c), called by src/job for leased rows ---- */
/* Each is idempotent: run again after a kill at any point it ends in the same state. payload is the row's. */
MUST_CHECK enum err
app_job_certify(struct app *a, struct str job, struct str payload); /* R0, then mails */
MUST_CHECK enum err
app_job_approve(struct app *a, struct str job,
    struct str payload); /* Rn of one consent; the last one also orders conclusion */
MUST_CHECK enum err
app_job_conclude(struct app *a, struct str job, struct str payload); /* Rc */
MUST_CHECK enum err
app_job_certificate(struct app *a, struct str job, struct str payload); /* 合意証明書, then mails 締結完了 */
MUST_CHECK enum err
app_job_archive(
    struct app *a, struct str job, struct str payload); /* level B-LTA, and its renewal when due */
/* Orders the renewal, now, of every archive timestamp that is planned for until_ms or earlier. */
MUST_CHECK enum err
app_archive_order(struct app *a, int64_t until_ms, int64_t *ret_n);
MUST_CHECK enum err
app_job_checkpoint(struct app *a, struct str job, struct str payload); /* of the log of all events */
/* Orders the next checkpoint; each orders the one after it. */
MUST_CHECK enum err
app_checkpoint_plan(struct app *a);
/* All events and checkpoints, a JSON object a line, in pieces; an error of put ends it. */
MUST_CHECK enum err
app_ledger_export(struct app *a, enum err (*put)(void *self, struct str text), void *self);
MUST_CHECK enum err
app_job_bulk_verify(struct app *a, struct str job, struct str payload); /* a step of it, or its end */
MUST_CHECK enum err
app_job_mail(struct app *a, struct str job, struct str payload);

#endif
