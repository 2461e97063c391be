/* What the templates of the signer's screens are given.  A handler fills one of these and names its template;
 * all text is escaped by the template, all of it lives in the request's arena. */
#ifndef WEB_PAGE_PAGES_H
#define WEB_PAGE_PAGES_H

#include "app.h"

/* ---- every screen ---- */
enum page_step {
	PAGE_STEP_IDENTIFY,
	PAGE_STEP_REVIEW,
	PAGE_STEP_DOCUMENTS,
	PAGE_STEP_SEAL,
	PAGE_STEP_CONFIRM
};
enum { PAGE_STEPS_MAX = 5 };
struct page_step_row {
	enum page_step step;
	bool done, now;
	unsigned number; /* from 1, closed up */
};
struct page_top {
	struct str product;          /* 契印 Keiin */
	struct str path;             /* where the language switch returns to; empty = no switch */
	struct str sender, contract; /* empty when the screen belongs to no contract */
	struct str guide;            /* path of the guide, branded where a link token is known */
	struct page_step_row steps[PAGE_STEPS_MAX];
	unsigned steps_n; /* 0 = no indicator */
	unsigned version; /* 第n版, shown from 2 on */
};
struct page_fault { /* one line of the error summary; field is the id of an input, empty if none */
	struct str field, message;
};
struct page_faults {
	struct page_fault v[16];
	unsigned n;
};
/* The message of a field, empty if it is fine. */
struct str
page_fault_of(const struct page_faults *f, const char *field);

/* ---- errors and ends of the road (error.html, state.html) ---- */
struct error_page {
	struct page_top top;
	enum err code;
	int status;
	struct str message; /* err_info() in the reader's language */
	bool done;          /* 転送 or 差し戻し was just carried out by the reader */
};

/* ---- links (link_*.html) ---- */
struct link_page {
	struct page_top top;
	struct str token;
	struct link_view link;
};
struct link_identify_page {
	struct page_top top;
	struct str token;
	struct link_view link;
	struct page_faults faults;
	struct identify_cmd cmd;
	struct str company_fault, title_fault, name_fault, mail_fault;
};
struct link_code_page {
	struct page_top top;
	struct str token, mail;
	struct page_faults faults;
	struct str code_fault;
	unsigned wait_s; /* until 「コードを再送する」 works */
	bool resent;
	bool dead; /* no tries left: only a new code helps */
};
struct forward_page {
	struct page_top top;
	struct str action, back; /* paths */
	struct page_faults faults;
	struct forward_cmd cmd;
	struct str company_fault, name_fault, mail_fault, mail_again_fault, message_fault, authority_fault;
};

/* ---- signing (sign_*.html) ---- */
struct page_mark { /* an impression on a page, millimetres from the top left of the page as displayed */
	struct str id;
	double x_mm, y_mm, size_mm;
	struct str version;    /* changes with the chosen impression: no stale image */
	unsigned number, page; /* number: from 1, over all pages */
};
struct page_row {
	struct str id; /* participant; or link token on the keep page */
	unsigned number, of;
	double width_mm, height_mm;
	unsigned height_px; /* for a width of 720 */
	bool first;         /* not lazy */
	struct page_mark marks[PLACES_MAX];
	unsigned marks_n;
};
struct sign_page { /* review, confirm, done, return */
	struct page_top top;
	struct sign_view view;
	struct str id;   /* of the participant: /s/{id}/... */
	struct str back; /* path of the step before */
	struct page_faults faults;
	struct page_row *pages; /* review: the first; all when seen */
	size_t pages_n;
	struct page_row *rest; /* review: what 「すべて見る」 adds */
	size_t rest_n;
	bool rest_inline;        /* few enough to come along, hidden */
	struct page_mark *marks; /* confirm: jump list */
	size_t marks_n;
	struct str authentication, consent;
	struct str reason, reason_fault;
	int64_t now_ms;
	bool has_submissions;
};
struct sign_text_page {
	struct page_top top;
	struct str id, text, back;
	unsigned number, of, previous, next; /* 0 = none */
};
struct sign_document_row {
	struct str id, request, name, note, field;
	bool required, submitted;
	struct str file_name, fault;
	size_t size;
	int64_t at_ms;
};
struct sign_documents_page {
	struct page_top top;
	struct str id;
	struct page_faults faults;
	struct sign_document_row *rows;
	size_t rows_n;
};
struct sign_face {
	struct str id, text, value; /* value of the radio button */
	unsigned face;
	bool full, checked; /* full: 姓名 in one seal */
	unsigned label;     /* enum sign_face_label */
};
enum { SIGN_FACES_MAX = 6 };
enum sign_face_label {
	FACE_LABEL_KOINTAI,
	FACE_LABEL_GYOSHO,
	FACE_LABEL_KAISHO,
	FACE_LABEL_MINCHO,
	FACE_LABEL_FULL
};
struct sign_seal_page {
	struct page_top top;
	struct str id, back;
	struct page_faults faults;
	bool handwriting_allowed, has_seal, by_text, by_image, by_ink;
	struct str family, given, text;
	struct str family_fault, image_fault, ink_fault;
	struct sign_face faces[SIGN_FACES_MAX];
	unsigned faces_n;
	struct page_mark *marks;
	size_t marks_n;
	struct str places; /* "3ページ（直径12 mm）、8ページ（直径12 mm）" in the reader's language */
	struct str chosen; /* changes with the chosen impression, so that its image is not a stale one */
};

/* ---- keeping (keep.html, resend.html) ---- */
struct keep_page {
	struct page_top top;
	struct str base; /* "l" or "s": the first segment of the paths below */
	struct str id;   /* token or participant */
	struct keep_view view;
	struct page_row *pages;
	size_t pages_n;
};
struct resend_page {
	struct page_top top;
	struct page_faults faults;
	struct str mail, mail_fault;
	bool sent;
};
/* ---- 確かめ方, a page inside 証拠一式 (package_guide.html, package_body.html, package_end.html) ---- */
struct package_guide_seal {
	struct str file, of, command; /* of: the file whose bytes it is over */
	int64_t at_ms;
	bool is_timestamp;
};
struct package_guide {
	struct str title, product, root_url;
	struct package_guide_seal *seals;
	size_t seals_n;
	struct str *revocation; /* names of files */
	size_t revocation_n;
	struct str *missing; /* authorities whose roots are not among the certificates */
	size_t missing_n;
	bool has_documents;
};
/* ---- 契約書を検証 (verify.html, verify_file.html) ---- */
struct verify_file {
	const struct verify_view *view; /* NULL: nothing was judged yet */
	struct str name;
	bool contract, certificate; /* what it is in a pair */
	bool sound;
};
struct verify_page {
	struct page_top top;
	struct page_faults faults;
	struct str file_fault, anchors_fault;
	struct verify_file file, other;           /* the one file; or contract and certificate */
	const struct verify_pair_view *pair;      /* NULL: not two files */
	bool judged, sound, ours, given, unknown; /* of the file, or of both */
	struct str asked;                         /* SHA-256 that a certificate's code led here with */
	bool asked_known;
};

struct guide_page {
	struct page_top top;
	struct str mail_from;
};

#endif
