/* What the templates of the sender's screens are given. */
#ifndef WEB_PAGE_SENDER_PAGES_H
#define WEB_PAGE_SENDER_PAGES_H

#include "http.h"
#include "pages.h"

enum sender_nav { NAV_NONE, NAV_HOME, NAV_NEW, NAV_VERIFICATION, NAV_OUTBOX };
struct sender_top {
	struct page_top top;
	struct str user_name, organisation;
	enum sender_nav nav; /* NAV_NONE with an empty user_name: nobody is logged in */
};

struct setup_page {
	struct sender_top top;
	struct page_faults faults;
	struct setup_cmd cmd; /* never the password */
	struct str organisation_fault, name_fault, mail_fault, password_fault;
};
struct login_page {
	struct sender_top top;
	struct page_faults faults;
	struct str mail, next;
};

struct home_row {
	struct str id, title, counterparties, state, tone; /* tone: class of the label */
	unsigned version, confirmed_n, participants_n;
	int64_t updated_ms;
};
struct home_page {
	struct sender_top top;
	struct home_row *rows;
	size_t rows_n;
	unsigned late_n; /* that have waited long for a timestamp */
	unsigned returned_n, drafts_n, waiting_n, concluded_n;
	struct str next; /* cursor, percent-safe; empty at the end */
	bool first_page;
};

/* ---- 一括検証 (bulk_verify_list.html, bulk_verify.html) ---- */
struct bulk_verify_row {
	const struct bulk_verify_run *run;
	struct str id, period, state, tone;
	bool running, done;
	unsigned percent;
};
struct bulk_verify_list_page {
	struct sender_top top;
	struct page_faults faults;
	struct bulk_verify_cmd cmd;
	struct str from_fault, to_fault;
	struct bulk_verify_row *rows;
	size_t rows_n;
};
struct bulk_verify_page {
	struct sender_top top;
	const struct bulk_verify_view *view;
	struct bulk_verify_row row;
};

struct new_page {
	struct sender_top top;
	struct page_faults faults;
	struct str revises,
	    revises_title; /* 第n版: the envelope that is replaced; empty for a new contract */
	struct str return_reason, returned_by;
};

struct edit_place {
	struct str prefix; /* "p1-place1" */
	unsigned number, page;
	double x_mm, y_mm, size_mm;
	bool empty;
};
struct edit_request {
	struct str prefix, name;
	unsigned number;
	bool required;
};
struct edit_participant {
	struct str prefix; /* "p1" */
	unsigned number, order;
	struct draft_participant draft;
	bool by_mail, by_url, removable;
	struct edit_place places[PLACES_MAX];
	unsigned places_n;
	struct edit_request requests[REQUESTS_MAX];
	unsigned requests_n;
	struct str company_fault, name_fault, mail_fault, places_fault;
};
struct edit_mark {
	double x_mm, y_mm, radius_mm, label_y_mm;
	unsigned number; /* of the participant */
};
struct edit_sheet { /* a page of the contract with the impression places on it */
	struct str id;
	unsigned number, of;
	double width_mm, height_mm;
	struct edit_mark *marks;
	size_t marks_n;
	bool first;
};
struct edit_page {
	struct sender_top top;
	struct page_faults faults;
	struct str id, title, message, title_fault, message_fault;
	unsigned version;
	struct edit_participant *participants;
	unsigned participants_n;
	bool may_add, saved;
	const struct str *notes; /* what intake changed */
	size_t notes_n;
	struct edit_sheet *sheets;
	size_t sheets_n;
};

struct detail_participant {
	const struct participant_view *view;
	struct str state, tone, entry, needs, signer;
	unsigned number, order;
};
struct detail_line {
	int64_t at_ms;
	struct str what, who, detail, ip;
};
struct detail_page {
	struct sender_top top;
	const struct envelope_view *view;
	struct str id, state, tone, advice; /* advice: what happens next, or what to do */
	struct str problem, withdraw_fault;
	struct page_faults faults;
	struct detail_participant *participants;
	size_t participants_n;
	struct detail_line *timeline;
	size_t timeline_n;
	struct edit_sheet *sheets;
	size_t sheets_n;
	unsigned confirmed_n, parties_n;
	bool returned, superseded, withdrawable, sealing, refresh;
};

struct outbox_page {
	struct sender_top top;
	struct outbox_row *rows;
	size_t rows_n;
};
struct outbox_paragraph { /* a paragraph of the mail's text, or the address its button leads to */
	struct str text, href;
	bool button; /* the first address: shown as the mail shows it, as a button */
};
struct outbox_mail_page {
	struct sender_top top;
	struct outbox_mail mail;
	struct str button; /* its label */
	struct outbox_paragraph *paragraphs;
	size_t paragraphs_n;
};

/* Fills top for a logged-in user. */
void
sender_top_fill(struct http_ctx *c, enum sender_nav nav, struct sender_top *ret);
/* Takes the application's field faults over, in the reader's language. */
void
sender_faults_take(struct http_ctx *c, const struct faults *from, struct page_faults *ret);
/* What a state is called; one that waits for its timestamp is called that. */
struct str
sender_state_label(const struct http_ctx *c, enum envelope_state s, bool awaits_timestamp);
/* Class of the label that shows a state: success, progress, warning, error or nothing. */
struct str
sender_state_tone(enum envelope_state s);
/* Pages of an envelope with the places of its participants. */
void
sender_sheets(struct http_ctx *c, const struct envelope_view *v,
    const struct draft_participant *const *participants, size_t n, struct edit_sheet **ret, size_t *ret_n);

#endif
